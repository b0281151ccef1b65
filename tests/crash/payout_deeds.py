"""Payouts: how their flows and races begin, and what is done in them; part of flows.py and races.py."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from marketplace.accounts.table_store import AccountsItem, change
from marketplace.factors.model import Passkey, passkey_id
from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from marketplace.payouts.model import MINIMUM_MINOR, Cause
from marketplace.payouts.switch import EVERYTHING, SwitchMissing
from tests.fakes.trade import Trade

ARRIVAL = timedelta(hours=26)  # the local Stripe's day, and some
RELEASED = frozenset({"released"})


def with_factor(trade: Trade, seller_id: str) -> None:
    """Give a seller a second factor, without which nothing is paid out."""
    services = trade.services
    name = services.vault.seal(seller_id, f"passkey#{passkey_id('key of ' + seller_id)}/name", "Phone")
    made = Passkey(seller_id, f"key of {seller_id}", "public", name, trade.world.clock.now())
    counted = change(seller_id, [AccountsItem.passkeys.set(1)])
    services.transactions.commit([counted, *services.factor_store.add_passkey(made)])


def released(trade: Trade) -> Order:
    """A released order whose seller may be paid out."""
    order = trade.shipped()
    with_factor(trade, order.seller_id)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def due(trade: Trade) -> Order:
    """The same, on the seller's payout date, with everything cleared at Stripe."""
    order = released(trade)
    next_date(trade, order)
    return order


def next_date(trade: Trade, order: Order) -> None:
    """Go to the date on which the balance is paid next, where there is something to pay."""
    clock = trade.world.clock
    purse, _ = trade.services.payout_table.purse(order.seller_id, order.currency)
    if purse.due_at is not None and purse.available_minor >= MINIMUM_MINOR[order.currency]:
        clock.set(max(clock.now(), purse.due_at))
    trade.world.drain()


def account_of(trade: Trade, order: Order) -> str:
    return str(trade.services.sellers.of(order.seller_id).stripe_account_id)


def pay_out(trade: Trade, order: Order) -> None:
    """The run comes round, and the bank has what was sent, if anything was."""
    trade.services.payout_run.run()
    trade.world.drain()
    trade.world.stripe.tick()  # a day may have passed since
    trade.world.drain()
    at_stripe = trade.world.stripe.objects("payout", account_of(trade, order))
    if any(each["status"] in {"pending", "in_transit"} for each in at_stripe):
        arrive(trade)


def arrive(trade: Trade) -> None:
    trade.world.drain()
    trade.world.clock.advance(seconds=ARRIVAL.total_seconds())
    trade.world.stripe.tick()  # what time alone does at Stripe
    trade.world.drain()


def sent_to_bank(trade: Trade) -> Order:
    """A balance of which a part is reserved and the rest is on its way."""
    order = due(trade)
    trade.services.payout_run.run()
    trade.world.drain()
    return order


def refused_by_bank(trade: Trade) -> Order:
    order = due(trade)
    trade.world.stripe.bank_refuses(account_of(trade, order))
    return order


def fail_and_retry(trade: Trade, order: Order) -> None:
    """The bank sends it back; the seller puts it right; the next date pays."""
    pay_out(trade, order)
    trade.world.stripe.bank_refuses(account_of(trade, order), code=None)
    next_date(trade, order)
    pay_out(trade, order)


def left_unheard(trade: Trade) -> Order:
    """Stripe made the payout, neither its answer nor a look arrived, and its account refuses us since."""
    order, stripe = due(trade), trade.world.stripe
    stripe.inject(fault="answer_lost", method="POST", path_prefix="/v1/payouts", times=2)
    stripe.inject(fault="error_500", method="GET", path_prefix="/v1/payouts", times=2)
    trade.services.payout_run.run()
    stripe.faults.clear()
    stripe.disconnect(account_of(trade, order))
    return order


def shown_again(trade: Trade, order: Order) -> None:
    """A run meets the refusal; later the account is shown to us again, and the bank has what had left."""
    trade.services.payout_run.run()
    trade.world.stripe.disconnect(account_of(trade, order), gone=False)
    pay_out(trade, order)


def held(trade: Trade) -> Order:
    order = due(trade)
    until = trade.world.clock.now() + timedelta(days=30)
    trade.services.payout_decisions.hold(order.seller_id, "A document is missing.", until, by="acc_finance")
    trade.world.drain()
    return order


def release_and_pay(trade: Trade, order: Order) -> None:
    """A run finds the hold; it is lifted; the next date pays."""
    services = trade.services
    services.payout_run.run()
    for hold in services.payout_table.holds(order.seller_id):
        if hold.cause is Cause.MANUAL:
            with suppress(DomainError):
                services.transactions.commit(
                    services.payout_table.end(order.seller_id, hold, services.clock.now(), "acc_finance")
                )
    next_date(trade, order)
    pay_out(trade, order)


def reserve_due(trade: Trade) -> Order:
    """The first payout is made, and the reserve's date has come."""
    order = due(trade)
    pay_out(trade, order)
    second(trade, order)
    trade.world.clock.advance(days=35)
    trade.world.drain()
    return order


def second(trade: Trade, first: Order) -> None:
    """Another sale of the same seller, so that what the reserve frees is worth a payout."""
    listing = trade.listing(first.seller_id)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    trade.world.drain()
    order = trade.order(placed.orders[0].order_id)
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK2")
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


def paid(trade: Trade) -> Order:
    order = due(trade)
    pay_out(trade, order)
    return order


def comes_back_late(trade: Trade) -> Order:
    """The bank sends back what it seemed to have taken."""
    order = paid(trade)
    trade.world.stripe.fail_payout(trade.services.payouts.history(order.seller_id, None, 1).items[0].stripe_payout_id)
    return order


def bank_changed(trade: Trade) -> Order:
    order = due(trade)
    trade.world.stripe.change_banks(account_of(trade, order))
    return order


def deliver_and_run(trade: Trade, _order: Order) -> None:
    trade.world.drain()
    trade.services.payout_run.run()
    trade.world.drain()


def stopped(trade: Trade) -> Order:
    order = trade.shipped()
    with_factor(trade, order.seller_id)
    trade.services.switch.stop(EVERYTHING, "manual", "Something looks wrong.", by="acc_finance")
    trade.world.drain()
    return order


def confirm_and_resume(trade: Trade, order: Order) -> None:
    """The buyer confirms while payments are stopped; the transfer waits; two people resume, and it goes on."""
    services = trade.services
    with suppress(DomainError):
        services.orders.confirm(order.order_id, order.buyer_id)
    with suppress(DomainError):
        services.order_clock.settle(order.order_id)
    with suppress(SwitchMissing):
        resumed = services.switch.resume(EVERYTHING, "All is well.", by="acc_finance", approved_by="acc_admin")
        services.transactions.commit(resumed)
    trade.world.drain()
    services.order_clock.settle(order.order_id)
    trade.world.drain()


PAYOUT_FLOWS = {
    "payout": (due, pay_out, RELEASED),
    "payout refused by the bank": (refused_by_bank, fail_and_retry, RELEASED),
    "payout of an account that refuses": (left_unheard, shown_again, RELEASED),
    "payout sent back late": (comes_back_late, deliver_and_run, RELEASED),
    "payout held and released": (held, release_and_pay, RELEASED),
    "reserve set free": (reserve_due, pay_out, RELEASED),
    "bank account changed": (bank_changed, deliver_and_run, RELEASED),
    "payments stopped and resumed": (stopped, confirm_and_resume, RELEASED),
}


def _run(services: Any, _trade: Trade, order: Order) -> None:
    services.payout_run.pay(order.seller_id, order.currency)


def _run_all(services: Any, _trade: Trade, _order: Order) -> None:
    services.payout_run.run()


def _charged_back(services: Any, trade: Trade, _order: Order) -> None:
    dispute = next(each for each in trade.world.stripe.objects("dispute"))
    services.chargebacks.follow(dispute["id"])


def _stop(services: Any, _trade: Trade, order: Order) -> None:
    services.switch.stop(f"seller:{order.seller_id}", "manual", "Something looks wrong.", by="acc_finance")


def _hold(services: Any, trade: Trade, order: Order) -> None:
    until = trade.world.clock.now() + timedelta(days=30)
    services.payout_decisions.hold(order.seller_id, "A document is missing.", until, by="acc_finance")


def _disputed_at_bank(trade: Trade) -> Order:
    order = due(trade)
    charge = next(each for each in trade.world.stripe.objects("charge"))
    trade.world.stripe.open_dispute(charge["id"])
    return order


PAYOUT_CONTESTS = {
    "payout x payout run": (due, {"one": _run, "other": _run_all}, RELEASED),
    "payout x chargeback": (_disputed_at_bank, {"payout": _run, "bank": _charged_back}, RELEASED),
    "payout x stop": (due, {"payout": _run, "stop": _stop}, RELEASED),
    "payout x hold": (due, {"payout": _run, "hold": _hold}, RELEASED),
}
