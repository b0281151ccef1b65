"""Money of one balance that is asked back while it is sent; part of races.py and flows.py.

A refund after the release takes a transfer back; a payout of the same balance leaves at the same moment. The seller
keeps one of the two: what left with the payout becomes their debt, what came back does not leave.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from tests.crash.payout_deeds import RELEASED, account_of, due, next_date, pay_out, released, second
from tests.crash.refund_deeds import ask
from tests.fakes.scheduler import Outcome
from tests.fakes.trade import Trade
from tests.fakes.world import World


def asked_back(trade: Trade, *, part: bool = False) -> Order:
    """A payout is due, and the seller gave the order's price (or a part of it) back; nobody was called yet."""
    order = due(trade)
    ask(trade.services, order, 3_000 if part else order.total_minor, "money-back")
    return order


def asked_back_of_two(trade: Trade) -> Order:
    """The same, of a seller with another order in the balance, so that the reversal finds money at Stripe."""
    order = released(trade)
    second(trade, order)
    next_date(trade, order)
    ask(trade.services, order, order.total_minor, "money-back")
    return order


def begun_and_asked_back(trade: Trade) -> Order:
    """A payout that was promised and not sent, and a refund of the money in it."""
    order = due(trade)
    assert trade.services.paying.begin(order.seller_id, order.currency)
    ask(trade.services, order, order.total_minor, "money-back")
    return order


def _refund(services: Any, _trade: Trade, order: Order) -> None:
    [found] = services.refunds.of_order(order.order_id, order.buyer_id).refunds
    services.refund_legs.advance(order.order_id, found.refund.refund_id)


def _run(services: Any, _trade: Trade, _order: Order) -> None:
    services.payout_run.run()


def never_both(world: World, order: Order, _outcome: Outcome) -> Iterator[str]:
    """Recover, and compare what the seller has, at the bank and at Stripe, with what they may have."""
    for _ in range(2):
        with suppress(DomainError):
            world.drain()
            world.sweep()
    view = world.view()
    account = view.seller_accounts[order.seller_id]
    at_bank = sum(
        each.amount_minor
        for each in view.stripe_payouts
        if each.account_id == account and each.status not in {"failed", "canceled"}
    )
    at_stripe = view.stripe_connected_minor.get((account, order.currency), 0)
    moved = {"transfer": 0, "reversal": 0}
    for each in view.stripe:
        if each.kind in moved:
            moved[each.kind] += each.amount_minor
    debt = max(0, view.debts.get((order.seller_id, order.currency), 0))
    left = sum(each.left_minor - each.commission_minor - each.commission_vat_minor for each in view.orders)
    if at_bank + at_stripe != moved["transfer"] - moved["reversal"]:
        yield f"{at_bank} at the bank and {at_stripe} at Stripe of {moved}"
    if moved["transfer"] - moved["reversal"] - debt > left:
        yield f"the seller has {at_bank + at_stripe} with a debt of {debt}, and earned {left} at most"


MONEY_BACK_CONTESTS = {
    "payout x refund of its money": (
        asked_back,
        {"payout": _run, "refund": _refund},
        RELEASED,
        False,
        never_both,
    ),
    "begun payout x refund of its money": (
        begun_and_asked_back,
        {"payout": _run, "refund": _refund},
        RELEASED,
        False,
        never_both,
    ),
    "payout of two orders x refund of one": (
        asked_back_of_two,
        {"payout": _run, "refund": _refund},
        RELEASED,
        False,
        never_both,
    ),
}


def refund_and_pay_out(trade: Trade, order: Order) -> None:
    """The refund is on its way, and the run comes round."""
    with suppress(DomainError):
        _refund(trade.services, trade, order)
    pay_out(trade, order)


def bank_in_another_currency(trade: Trade) -> Order:
    """The buyer confirmed, and no bank account of the seller takes the order's currency any more."""
    order = trade.shipped()
    account = account_of(trade, order)
    trade.world.stripe.change_banks(account, currencies=["usd"])
    trade.world.stripe.world.store.any(account).data["default_currency"] = "usd"
    trade.world.drain()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    return trade.order(order.order_id)


def add_bank_and_settle(trade: Trade, order: Order) -> None:
    """The transfer waits; the seller adds a bank account; it goes on by itself."""
    services = trade.services
    with suppress(DomainError):
        services.settlement.settle(order.order_id)
    account = trade.world.stripe.world.store.any(account_of(trade, order))
    if account.data["default_currency"] != order.currency:
        account.data["default_currency"] = order.currency
        trade.world.stripe.change_banks(account.id, currencies=[order.currency])
    trade.world.drain()
    services.settlement.settle(order.order_id)
    trade.world.drain()


MONEY_BACK_FLOWS = {
    "payout while its money is asked back": (asked_back_of_two, refund_and_pay_out, RELEASED),
    "transfer waits for a bank account": (bank_in_another_currency, add_bank_and_settle, RELEASED),
}
