"""The money flows: how each begins, what a client, a queue or a clock would repeat, and where orders may end."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from marketplace.kit.errors import DomainError, Unavailable
from marketplace.orders.model import Order
from marketplace.solvency.model import SolvencyMissing
from tests.crash.aftersales_deeds import AFTERSALES_FLOWS
from tests.crash.authorisation_deeds import AUTHORISATION_FLOWS
from tests.crash.beside_deeds import BESIDE_FLOWS
from tests.crash.chargeback_deeds import CHARGEBACK_FLOWS
from tests.crash.collection_deeds import COLLECTION_FLOWS
from tests.crash.correction_deeds import CORRECTION_FLOWS
from tests.crash.cost_deeds import COST_FLOWS
from tests.crash.dispute_deeds import DISPUTE_FLOWS
from tests.crash.money_back_deeds import MONEY_BACK_FLOWS
from tests.crash.owner_deeds import OWNER_FLOWS
from tests.crash.part_deeds import PART_FLOWS
from tests.crash.payout_deeds import PAYOUT_FLOWS, sent_to_bank
from tests.crash.process_deeds import PROCESS_FLOWS
from tests.crash.refund_deeds import REFUND_FLOWS
from tests.crash.return_deeds import RETURN_FLOWS
from tests.crash.stop_deeds import STOP_FLOWS
from tests.crash.unclaimed_deeds import UNCLAIMED_FLOWS, late_flows
from tests.crash.write_off_deeds import WRITE_OFF_FLOWS
from tests.fakes.trade import Trade

PAYMENT = "the-one-attempt"  # the buyer's idempotency key


@dataclass(frozen=True)
class Flow:
    """`prepare` brings the world to where the flow begins and returns what it acts on; `act` is the flow.

    `ends` are the states in which every order of the world may be, after the flow and after any recovery.
    `act` must be what a client or a queue would repeat: it is run once with the fault and once more in recovery.
    """

    prepare: Callable[[Trade], Any]
    act: Callable[[Trade, Any], object]
    ends: frozenset[str]
    may_park: bool = False  # whether Stripe may refuse for good, so that a person decides
    may_lapse: bool = False  # whether a day's outage before the payment may end it as an unpaid cart


def prepare_checkout(trade: Trade) -> tuple:
    listing = trade.listing(trade.seller(), stock=1)
    return trade.person("Buyer"), listing


def act_checkout(trade: Trade, made: tuple) -> None:
    buyer_id, listing = made
    trade.place(buyer_id, (listing, 1), key=PAYMENT)
    trade.world.drain()


def prepare_two_sellers(trade: Trade) -> tuple:
    return trade.person("Buyer"), trade.listing(trade.seller()), trade.listing(trade.seller(), price_minor=3_333)


def act_two_sellers(trade: Trade, made: tuple) -> None:
    buyer_id, one, other = made
    placed = trade.place(buyer_id, (one, 2), (other, 1), key=PAYMENT)
    with suppress(Exception):
        trade.pay(placed)
    trade.world.drain()


def prepare_placed(trade: Trade) -> object:
    buyer_id, listing = prepare_checkout(trade)
    placed = trade.place(buyer_id, (listing, 1), key=PAYMENT)
    trade.world.drain()
    return placed


def prepare_paid_at_stripe(trade: Trade) -> object:
    placed = prepare_placed(trade)
    trade.pay(placed)
    return placed


def act_deliver_webhooks(trade: Trade, made: object) -> None:
    trade.world.drain()


def act_client_completes(trade: Trade, made) -> None:
    trade.services.checkout.complete(made.payment.buyer_id, made.payment.payment_id)
    trade.world.drain()


def act_confirm(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


def act_cancel(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    trade.world.drain()


def act_time_is_up(trade: Trade, order: Order) -> None:
    trade.world.clock.set(max(trade.world.clock.now(), order.due_at))
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()


def prepare_unpaid(trade: Trade) -> object:
    placed = prepare_placed(trade)
    trade.world.clock.set(placed.payment.due_at)
    return placed


def act_sweep(trade: Trade, placed) -> None:
    trade.world.sweep()


def prepare_late(trade: Trade) -> object:
    """Stripe takes the money although we had given the order up: records were restored, or it broke its word."""
    placed = prepare_placed(trade)
    services = trade.services
    given_up = [services.payment_store.expired(services.payment_store.read(placed.payment.payment_id))]
    for order in placed.orders:
        given_up += services.mover.plan(order, "expire", "system").writes
    services.transactions.commit(given_up)
    trade.world.drain()
    trade.pay(placed)
    return placed


def prepare_late_at_bank(*, won: bool) -> Callable[[Trade], Any]:
    """Such a payment, of which Stripe refused the refund, as a bank had the money; it has decided, and nobody knows."""

    def prepared(trade: Trade) -> Any:
        placed, stripe = prepare_late(trade), trade.world.stripe
        stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
        with suppress(Unavailable):
            trade.services.payments.complete(placed.payment.payment_id)
        case = stripe.open_dispute(stripe.objects("charge")[0]["id"])
        trade.world.drain()
        trade.world.clock.advance(minutes=3)
        trade.world.sweep()
        stripe.close_dispute(case["id"], won=won)
        return placed

    return prepared


def prepare_reviewed_dispute(trade: Trade) -> Order:
    return trade.reviewed(trade.delivered(price_minor=9_999))


def in_first_process(prepare: Callable[[Trade], Any]) -> Callable[[Trade], Any]:
    """Begin with an order that was placed under the first version of the process."""

    def prepared(trade: Trade) -> Any:
        trade.world.place_under(1)
        return prepare(trade)

    return prepared


def act_decide_split(trade: Trade, order: Order) -> None:
    """Decide, and let nobody appeal where that is waited for."""
    with suppress(DomainError):
        trade.services.disputes.decide(order.dispute_id, "acc_operator", 3_333, "5.2", "Both are a little right.")
    trade.world.drain()
    found = trade.order(order.order_id)
    if found.state == "decided":
        act_time_is_up(trade, found)


def prepare_held(trade: Trade) -> Order:
    """Dear enough for a first purchase that a person must look before the release."""
    order = trade.delivered(price_minor=200_000)
    assert order.risk_receipt
    trade.world.clock.set(order.due_at)
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()
    return trade.order(order.order_id)


def act_clear(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.trust.clear(order.order_id, "acc_operator", "The buyer answered the telephone.")
    trade.world.drain()


def dispute_charge(trade: Trade) -> None:
    charge = next(each for each in trade.world.stripe.objects("charge"))
    trade.world.stripe.open_dispute(charge["id"])


def close_charge(trade: Trade, *, won: bool) -> None:
    dispute = next(each for each in trade.world.stripe.objects("dispute"))
    trade.world.stripe.close_dispute(dispute["id"], won=won)


def prepare_chargeback(trade: Trade) -> Order:
    order = trade.shipped()
    dispute_charge(trade)
    return order


def prepare_lost_chargeback(trade: Trade) -> Order:
    order = prepare_chargeback(trade)
    trade.world.drain()
    close_charge(trade, won=False)
    return order


def prepare_won_chargeback(trade: Trade) -> Order:
    order = prepare_chargeback(trade)
    trade.world.drain()
    close_charge(trade, won=True)
    return order


def prepare_chargeback_after_release(trade: Trade) -> Order:
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    dispute_charge(trade)
    trade.world.drain()
    close_charge(trade, won=False)
    return order


def act_state_solvency(trade: Trade, _made: Any) -> None:
    try:
        trade.services.solvency.statement()
    except SolvencyMissing:  # a schedule repeats until there is one
        trade.services.solvency.run()


CORE_FLOWS = {
    "checkout": Flow(prepare_checkout, act_checkout, frozenset({"awaiting_payment", "cancelled"})),
    "two sellers, one payment": Flow(prepare_two_sellers, act_two_sellers, frozenset({"paid"}), may_lapse=True),
    "payment by webhook": Flow(prepare_paid_at_stripe, act_deliver_webhooks, frozenset({"paid"})),
    "payment by client": Flow(prepare_paid_at_stripe, act_client_completes, frozenset({"paid"})),
    "reservation expires": Flow(prepare_unpaid, act_sweep, frozenset({"cancelled"})),
    "late payment": Flow(prepare_late, act_deliver_webhooks, frozenset({"cancelled"})),
    "late payment kept by a bank": Flow(
        prepare_late_at_bank(won=False), act_deliver_webhooks, frozenset({"cancelled"})
    ),
    "late payment given back by a bank": Flow(
        prepare_late_at_bank(won=True), act_deliver_webhooks, frozenset({"cancelled"})
    ),
    "seller cancels": Flow(lambda trade: trade.bought(), act_cancel, frozenset({"refunded"})),
    "buyer confirms": Flow(lambda trade: trade.shipped(), act_confirm, frozenset({"released"})),
    "released by the clock": Flow(lambda trade: trade.delivered(), act_time_is_up, frozenset({"released"})),
    "refunded by the clock": Flow(lambda trade: trade.bought(), act_time_is_up, frozenset({"refunded"})),
    "decided by the clock": Flow(prepare_reviewed_dispute, act_time_is_up, frozenset({"refunded"})),
    "hold cleared": Flow(prepare_held, act_clear, frozenset({"released"})),
    "split award": Flow(prepare_reviewed_dispute, act_decide_split, frozenset({"split"})),
    "solvency stated": Flow(lambda trade: trade.shipped(), act_state_solvency, frozenset({"shipped"})),
    "balances stated": Flow(sent_to_bank, act_state_solvency, frozenset({"released"})),
    "chargeback opened": Flow(prepare_chargeback, act_deliver_webhooks, frozenset({"charged_back"})),
    "chargeback lost": Flow(prepare_lost_chargeback, act_deliver_webhooks, frozenset({"lost_to_chargeback"})),
    "chargeback won": Flow(prepare_won_chargeback, act_deliver_webhooks, frozenset({"dispute_review"})),
    "chargeback after release": Flow(prepare_chargeback_after_release, act_deliver_webhooks, frozenset({"released"})),
}

# What the first version of the process does otherwise than the latest, or to the money of orders still under way.
FIRST_PROCESS_FLOWS = {
    "split award, first process": Flow(
        in_first_process(prepare_reviewed_dispute), act_decide_split, frozenset({"split"})
    ),
    "decided by the clock, first process": Flow(
        in_first_process(prepare_reviewed_dispute), act_time_is_up, frozenset({"refunded"})
    ),
    "released by the clock, first process": Flow(
        in_first_process(lambda trade: trade.delivered()), act_time_is_up, frozenset({"released"})
    ),
    "refunded by the clock, first process": Flow(
        in_first_process(lambda trade: trade.bought()), act_time_is_up, frozenset({"refunded"})
    ),
    "chargeback won, first process": Flow(
        in_first_process(prepare_won_chargeback), act_deliver_webhooks, frozenset({"dispute_review"})
    ),
}

OF_DEEDS: tuple[Mapping[str, tuple[Any, ...]], ...] = (
    CHARGEBACK_FLOWS, DISPUTE_FLOWS, BESIDE_FLOWS, OWNER_FLOWS, MONEY_BACK_FLOWS, PAYOUT_FLOWS, WRITE_OFF_FLOWS,
    CORRECTION_FLOWS, COLLECTION_FLOWS, STOP_FLOWS, PROCESS_FLOWS, REFUND_FLOWS, UNCLAIMED_FLOWS,
    late_flows(prepare_late), RETURN_FLOWS, AFTERSALES_FLOWS, AUTHORISATION_FLOWS, COST_FLOWS, PART_FLOWS,
)  # fmt: skip
FLOWS = {
    **CORE_FLOWS,
    **FIRST_PROCESS_FLOWS,
    **{name: Flow(*parts) for flows in OF_DEEDS for name, parts in flows.items()},
}
