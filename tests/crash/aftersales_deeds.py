"""Exchanges, claims and parcels on their way back in the crash suite: their flows, and who contends with them."""

from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any

from marketplace.kit.errors import Conflict
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import Order
from marketplace.returns.guarantee import Claimed
from marketplace.returns.rules import Wanted
from marketplace.returns.steps import Steps
from marketplace.wiring import Services
from marketplace.withdrawals.model import Statement
from tests.crash.return_deeds import RELEASED, ask, prepare_delivered, prepare_released, prepare_sent, return_id_of
from tests.fakes.trade import Trade
from tests.unit.shipping.making import event, signed

FROZEN = frozenset({"return_open"})


def _wanted(order: Order) -> Wanted:
    return Wanted(order.lines[0].listing_id, 1)


def _ask_exchange(services: Any, order: Order) -> None:
    services.returns.ask_exchange(order.order_id, order.buyer_id, (_wanted(order),), "", Idempotency("one", "one"))


def _ask_claim(services: Any, order: Order, remedy: str = "repair", amount_minor: int = 0) -> None:
    said = Claimed("It does not work.", remedy, "serious" if amount_minor else "", amount_minor)
    services.returns.ask_claim(order.order_id, order.buyer_id, _wanted(order), said, Idempotency("one", "one"))


def _agree(services: Any, order: Order) -> None:
    services.returns.answer_exchange(return_id_of(order), order.seller_id, accept=True)


def prepare_asked(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    _ask_exchange(trade.services, order)
    trade.world.drain()
    return order


def prepare_agreed(trade: Trade) -> Order:
    order = prepare_asked(trade)
    _agree(trade.services, order)
    trade.world.drain()
    return order


def prepare_back(trade: Trade) -> Order:
    order = prepare_agreed(trade)
    trade.services.returns.send(return_id_of(order), order.buyer_id, "correos", "RR1")
    trade.services.returns.receive(return_id_of(order), order.seller_id, restock=True)
    trade.world.drain()
    return order


def prepare_sent_back(trade: Trade) -> Order:
    order = prepare_agreed(trade)
    trade.services.returns.send(return_id_of(order), order.buyer_id, "correos", "RR1")
    trade.world.drain()
    return order


def prepare_missing(trade: Trade) -> Order:
    """The buyer names a parcel, and the seller says that nothing came."""
    order = prepare_sent_back(trade)
    _report_missing(trade.services, order)
    trade.world.drain()
    return order


def prepare_missing_for_long(trade: Trade) -> Order:
    order = prepare_missing(trade)
    trade.world.clock.advance(days=7)
    return order


def prepare_not_replaced(trade: Trade) -> Order:
    order = prepare_back(trade)
    trade.world.clock.advance(days=14)
    return order


def prepare_not_sent_back(trade: Trade) -> Order:
    order = prepare_agreed(trade)
    trade.world.clock.advance(days=14)
    return order


def prepare_replaced(trade: Trade) -> Order:
    order = prepare_back(trade)
    trade.services.returns.send_replacement(return_id_of(order), order.seller_id, "correos", "RP1")
    trade.world.drain()
    return order


def prepare_reduction(trade: Trade, prepare: Any = prepare_delivered) -> Order:
    order: Order = prepare(trade)
    _ask_claim(trade.services, order, "price_reduction", 2_500)
    trade.world.drain()
    return order


def prepare_reduction_after_the_release(trade: Trade) -> Order:
    return prepare_reduction(trade, prepare_released)


def prepare_refused_claim(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    _ask_claim(trade.services, order)
    trade.services.returns.refuse_claim(return_id_of(order), order.seller_id, "It was whole.")
    trade.world.drain()
    return order


def prepare_by_number(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    number = trade.services.orders.view(order.order_id, order.buyer_id).order.order_id
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(number, "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    trade.world.drain()
    return order


def _acting(act: Any) -> Any:
    def acted(trade: Trade, order: Order) -> None:
        with suppress(Conflict):  # it was done, in part or whole
            act(trade.services, order)
        trade.world.drain()

    return acted


def _report(number: str) -> Any:
    def reported(trade: Trade, _order: Order) -> None:
        at = (trade.world.clock.now() + timedelta(seconds=1)).isoformat()
        raw = event(trade.world, number, occurred_at=at)
        trade.services.carrier_webhook.receive("correos", raw, signed(trade.world, raw))
        trade.world.drain()

    return reported


def act_sweep(trade: Trade, _order: Order) -> None:
    trade.world.sweep()


def _accept(services: Any, order: Order) -> None:
    services.returns.accept_claim(return_id_of(order), order.seller_id)


def _escalate(services: Any, order: Order) -> None:
    services.returns.escalate_claim(return_id_of(order), order.buyer_id, "damaged", "It broke.")


def _refund_instead(services: Any, order: Order) -> None:
    services.returns.refund_instead(return_id_of(order), order.seller_id)


def _report_missing(services: Any, order: Order) -> None:
    services.returns.report_missing(return_id_of(order), order.seller_id, "Nothing came.")


def _decide_missing(*, came: bool) -> Any:
    def decided(services: Any, order: Order) -> None:
        services.returns.decide_missing(return_id_of(order), "acc_operator", arrived=came, reasons="The depot knows.")

    return decided


def _replace(services: Any, order: Order) -> None:
    services.returns.send_replacement(return_id_of(order), order.seller_id, "correos", "RP1")


# prepare, act, ends
AFTERSALES_FLOWS: dict[str, tuple[Any, ...]] = {
    "exchange asked for": (prepare_delivered, _acting(_ask_exchange), FROZEN),
    "exchange agreed": (prepare_asked, _acting(_agree), FROZEN),
    "exchange lapses": (prepare_not_sent_back, act_sweep, RELEASED | FROZEN),
    "replacement sent": (prepare_back, _acting(_replace), FROZEN),
    "refunded instead of exchanged": (prepare_back, _acting(_refund_instead), RELEASED),
    "replacement never sent": (prepare_not_replaced, act_sweep, RELEASED),
    "replacement arrives by its carrier": (prepare_replaced, _report("RP1"), FROZEN),
    "return arrives by its carrier": (prepare_sent, _report("RR1"), FROZEN),
    "claim settled with a lower price": (prepare_reduction, _acting(_accept), RELEASED),
    "claim settled after the release": (prepare_reduction_after_the_release, _acting(_accept), RELEASED),
    "missing goods reported": (prepare_sent_back, _acting(_report_missing), FROZEN),
    "missing goods were never sent": (prepare_missing, _acting(_decide_missing(came=False)), RELEASED | FROZEN),
    "missing goods came back": (prepare_missing, _acting(_decide_missing(came=True)), FROZEN),
    "missing goods that nobody decided": (prepare_missing_for_long, act_sweep, RELEASED),
    "refused claim becomes a dispute": (prepare_refused_claim, _acting(_escalate), frozenset({"disputed"})),
}


def _of(deed: Any) -> Any:
    return lambda services, _trade, order: deed(services, order)


def _dispute(services: Any, _trade: Trade, order: Order) -> None:
    services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)


def _time_is_up(services: Any, _trade: Trade, order: Order) -> None:
    services.order_clock.tick(order.order_id)


def _return_it(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, order, 2, "other")


def _withdraw(services: Any, _trade: Trade, _order: Order) -> None:
    services.withdrawal_matching.run(10)


def _silence(services: Any, _trade: Trade, _order: Order) -> None:
    services.return_clock.run(10)


def prepare_nearly_over(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    trade.world.clock.advance(days=14)
    return order


# prepare, actors, ends
AFTERSALES_CONTESTS: dict[str, tuple[Any, ...]] = {
    "exchange x auto-release": (
        prepare_nearly_over,
        {"exchange": _of(_ask_exchange), "clock": _time_is_up},
        frozenset({"return_open", "released", "settling"}),
    ),
    "exchange x dispute": (
        prepare_asked,
        {"seller": _of(_agree), "dispute": _dispute},
        frozenset({"return_open", "disputed"}),
    ),
    "return x withdrawal": (prepare_by_number, {"return": _return_it, "withdrawal": _withdraw}, FROZEN),
    "replacement x silence": (
        prepare_not_replaced,
        {"seller": _of(_replace), "clock": _silence},
        RELEASED | FROZEN,
    ),
    "missing goods decided x silence": (
        prepare_missing_for_long,
        {"moderator": _of(_decide_missing(came=False)), "clock": _silence},
        RELEASED | FROZEN,
    ),
    "claim escalated x dispute": (
        prepare_refused_claim,
        {"claim": _of(_escalate), "dispute": _dispute},
        frozenset({"disputed"}),
    ),
}


class ForgetsWhatIsReserved(Services):
    """Ends an exchange, and leaves the pieces that were set aside for it where they are."""

    @cached_property
    def return_steps(self) -> Any:
        class Forgetful(Steps):
            def _moved_stock(self, before: Any, transition: Any) -> Any:
                reserved, writes = super()._moved_stock(before, transition)
                return reserved, writes if reserved else []

        return Forgetful(**{name.removeprefix("_"): part for name, part in vars(super().return_steps).items()})
