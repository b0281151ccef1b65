"""Refunds for the crash suite: how each flow begins and what repeats it, and who may meet a refund.

Parts of a Flow (flows.py) and of a Contest (races.py), as tuples, because those modules import this one.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import stripe

from marketplace.kit.errors import Conflict, DomainError
from marketplace.kit.principal import FINANCE, Idempotency, Principal
from marketplace.orders.model import Order
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.model import refund_leg_id
from tests.fakes.faults import Failures
from tests.fakes.trade import Trade

PART = 3_000
FRESH = timedelta(minutes=1)


def ask(services: Any, order: Order, amount_minor: int, key: str) -> None:
    """Refund a part as the seller's client would, under a key of its own."""
    now = services.clock.now()
    seller = Principal(order.seller_id, "ses_1", True, "en", seller_active=True, proved_at=now - FRESH)
    attempt = Idempotency(key, f"fingerprint-{key}-{amount_minor}")
    services.refunds.ask(order.order_id, seller, amount_minor, "A scratch.", attempt)


def released(trade: Trade, order: Order | None = None) -> Order:
    order = order or trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def pay_out(trade: Trade, order: Order) -> None:
    """Let what the seller was paid settle and leave their Stripe account, so that nothing of it can be reversed."""
    trade.world.clock.advance(days=10)
    account = trade.services.sellers.of(order.seller_id).stripe_account_id
    money = trade.world.stripe.balances()[account]["eur"]["available"]
    client = trade.world.stripe_client()
    with suppress(stripe.StripeError):  # paid out already
        client.v1.payouts.create({"amount": money, "currency": "eur"}, {"stripe_account": account})
    trade.world.drain()


def prepare_paid_out(trade: Trade) -> Order:
    order = released(trade)
    pay_out(trade, order)
    return order


def prepare_in_debt(trade: Trade) -> Order:
    """A seller who owes for a refund, and whose next order is on its way."""
    first = prepare_paid_out(trade)
    ask(trade.services, first, PART, "in-debt")
    trade.world.drain()
    listing = trade.listing(first.seller_id)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    trade.world.drain()
    order = placed.orders[0]
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK2")
    trade.world.drain()
    return trade.order(order.order_id)


def prepare_beyond_balance(trade: Trade) -> Order:
    """Two orders whose money the seller took to the bank past us, and goodwill that became debt for one of them."""
    trade.bought(price_minor=30_000)  # somebody else's money at Stripe
    first = released(trade)
    placed = trade.place(trade.person("Buyer"), (trade.listing(first.seller_id), 1))
    trade.pay(placed)
    trade.world.drain()
    [second] = placed.orders
    trade.services.orders.ship(second.order_id, second.seller_id, "correos", "PK3")
    trade.services.orders.attest_delivery(second.order_id, trade.operator(), "signed")
    trade.world.drain()
    second = released(trade, trade.order(second.order_id))
    pay_out(trade, first)
    ask(trade.services, first, first.total_minor, "in-debt")
    trade.world.drain()
    return second


def prepare_came_back(trade: Trade) -> Order:
    """A refund that the buyer's bank sends back; Stripe's webhooks about it wait."""
    order = trade.shipped()
    ask(trade.services, order, PART, "comes-back")
    trade.world.drain()
    [refund] = trade.world.stripe.objects("refund")
    trade.world.stripe.fail_refund(refund["id"])
    return order


def prepare_parked(trade: Trade) -> tuple[Order, str, list[str]]:
    """The same, parked, with a proposal of what to do with it for each way."""
    order = prepare_came_back(trade)
    trade.world.drain()
    trade.world.clock.advance(minutes=3)
    staff = [trade.staff(FINANCE), trade.staff(FINANCE)]
    [refund] = trade.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    return order, refund_leg_id(order.order_id, refund.refund.refund_id), staff


def of_finance(trade: Trade, account_id: str) -> Principal:
    now = trade.world.clock.now()
    roles = frozenset({FINANCE})
    return Principal(account_id, f"ses_{account_id}", True, "en", roles=roles, factor_at=now, proved_at=now)


def decide(trade: Trade, made: tuple[Order, str, list[str]], kind: str) -> None:
    """Propose and approve, as two people do who repeat whatever fails; what another decided meanwhile stands."""
    _, intent_id, (one, other) = made
    services = trade.services
    intent = services.payment_store.intent(intent_id)
    if intent.state.value == "parked" and not intent.attempt:
        with suppress(Conflict):
            proposal = services.approvals.propose(
                kind=kind,
                subject=intent_id,
                facts={"intent_id": intent_id, "attempt": 0, "amount_minor": PART},
                principal=of_finance(trade, one),
                reasons="The buyer wrote.",
                once="the-one-proposal",
            )
            services.approvals.approve(proposal.proposal_id, of_finance(trade, other), "So I read it too.")
    trade.world.sweep()


def act_refund(trade: Trade, order: Order) -> None:
    with suppress(Conflict):
        ask(trade.services, order, PART, "one")
    trade.world.drain()


def act_refund_whole(trade: Trade, order: Order) -> None:
    with suppress(Conflict):
        ask(trade.services, order, order.total_minor, "whole")
    trade.world.drain()


def act_refunds_then_release(trade: Trade, order: Order) -> None:
    for key in ("one", "two"):
        with suppress(Conflict):
            ask(trade.services, order, PART, key)
    trade.world.drain()
    with suppress(Conflict):
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


def act_confirm(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


def act_deliver(trade: Trade, _made: Any) -> None:
    trade.world.drain()


RUNNING, RELEASED = frozenset({"shipped"}), frozenset({"released"})
# prepare, act, ends, may_park
REFUND_FLOWS: dict[str, tuple[Any, ...]] = {
    "refund of a part before the release": (lambda trade: trade.shipped(), act_refund, RUNNING),
    "refund of all before the release": (lambda trade: trade.shipped(), act_refund_whole, frozenset({"refunded"})),
    "two refunds, then the release": (lambda trade: trade.shipped(), act_refunds_then_release, RELEASED),
    "refund after the release": (released, act_refund, RELEASED),
    "refund that becomes debt": (prepare_paid_out, act_refund, RELEASED),
    "goodwill beyond the balance": (prepare_beyond_balance, act_refund_whole, RELEASED | RUNNING | {"paid"}, True),
    "debt netted from the next order": (prepare_in_debt, act_confirm, RELEASED),
    "refund that comes back": (prepare_came_back, act_deliver, RUNNING, True),
    "parked refund sent again": (prepare_parked, lambda trade, made: decide(trade, made, RETRY), RUNNING),
    "parked refund closed": (prepare_parked, lambda trade, made: decide(trade, made, CLOSE), RUNNING),
}


def _refund(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, services.order_store.read(order.order_id), PART, "one")


def _refund_most(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, services.order_store.read(order.order_id), order.total_minor - PART + 1, "most")


def _refund_and_send(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, services.order_store.read(order.order_id), PART, "one")
    [made] = services.refund_store.of_order(order.order_id)
    services.refund_legs.advance(order.order_id, made.refund_id)


def _release(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


def _charge_back(services: Any, trade: Trade, _order: Order) -> None:
    """The bank takes the money at some moment, and we are told at some later one."""
    nothing = Failures(TimeoutError, lambda: None)
    charge = next(iter(trade.world.stripe.objects("charge")))
    with suppress(stripe.StripeError):
        trade.world.faults.cross("bank.withdraws", lambda: trade.world.stripe.open_dispute(charge["id"]), nothing)
    [dispute] = trade.world.stripe.objects("dispute")
    services.chargebacks.follow(dispute["id"])


# prepare, actors, ends, may_park
REFUND_CONTESTS: dict[str, tuple[Any, ...]] = {
    "part refund x release": (
        lambda trade: trade.shipped(),
        {"refund": _refund, "release": _release},
        frozenset({"shipped", "released"}),
    ),
    "refund x refund, more than there is": (
        lambda trade: trade.shipped(),
        {"one": _refund, "other": _refund_most},
        frozenset({"shipped"}),
    ),
    "refund x refund after the release": (
        released,
        {"one": _refund, "other": _refund_most},
        RELEASED,
    ),
    "refund x chargeback": (
        lambda trade: trade.shipped(),
        {"refund": _refund_and_send, "bank": _charge_back},
        frozenset({"charged_back"}),
        True,
    ),
}
