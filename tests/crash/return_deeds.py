"""Returns in the crash suite: their flows, who contends with them, and what a careless version of them would do."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.kit.errors import Conflict, DomainError
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import Order
from marketplace.returns.clock import ReturnClock
from marketplace.returns.model import Return
from marketplace.returns.rules import Wanted
from marketplace.returns.service import Returns
from marketplace.returns.steps import Steps
from marketplace.returns.store import DynamoReturns, ReturnItem
from marketplace.storage.transaction import Put
from marketplace.wiring import Services
from marketplace.withdrawals.model import Statement
from tests.fakes.trade import Trade

PROCESS = 2  # the first version in which a return freezes its order


def prepare_delivered(trade: Trade) -> Order:
    """Deliver an order of two pieces."""
    trade.world.place_under(PROCESS)
    listing, buyer_id = trade.listing(trade.seller()), trade.person("Buyer")
    placed = trade.place(buyer_id, (listing, 2))
    trade.pay(placed)
    trade.world.drain()
    order = placed.orders[0]
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    trade.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
    trade.world.drain()
    return trade.order(order.order_id)


def prepare_released(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def prepare_sent(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    ask(trade.services, order, 1)
    trade.services.returns.send(return_id_of(order), order.buyer_id, "correos", "RR1")
    trade.world.drain()
    return order


def prepare_silent(trade: Trade) -> Order:
    order = prepare_sent(trade)
    trade.world.clock.advance(days=14)
    return order


def prepare_all_overdue(trade: Trade, deduction_minor: int = 0) -> Order:
    """After an outage an exchange and a younger return are overdue, and so is the order that waited for them."""
    order, returns = prepare_delivered(trade), trade.services.returns
    wanted = (Wanted(order.lines[0].listing_id, 1),)
    made = returns.ask_exchange(order.order_id, order.buyer_id, wanted, "", Idempotency("other", "other")).made
    ask(trade.services, order, 1)
    returns.send(return_id_of(order), order.buyer_id, "correos", "RR1")
    if deduction_minor:
        said = {"deduction_minor": deduction_minor, "reasons": "Nothing is left of it."}
        returns.receive(return_id_of(order), order.seller_id, restock=False, **said)
    trade.world.clock.advance(days=2)
    returns.answer_exchange(made.return_id, order.seller_id, accept=True)  # is overdue later than the return
    trade.world.drain()
    trade.world.clock.set(trade.order(order.order_id).due_at)
    return trade.order(order.order_id)


def prepare_all_overdue_for_nothing(trade: Trade) -> Order:
    """What the two clocks then contend for is the head of the returns alone."""
    return prepare_all_overdue(trade, deduction_minor=10_000)


def prepare_withdrawn(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(order.order_id, "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    return order


def return_id_of(order: Order, name: str = "one") -> str:
    return derived_id("rtn", order.buyer_id, order.order_id, name)


def ask(services: Any, order: Order, quantity: int, name: str = "one") -> Return:
    wanted = (Wanted(order.lines[0].listing_id, quantity),)
    made: Return = services.returns.ask(order.order_id, order.buyer_id, wanted, "", Idempotency(name, name)).made
    return made


def prepare_sent_after_the_release(trade: Trade) -> Order:
    order = prepare_released(trade)
    ask(trade.services, order, 1)
    trade.services.returns.send(return_id_of(order), order.buyer_id, "correos", "RR1")
    trade.world.drain()
    return order


def act_ask(trade: Trade, order: Order) -> None:
    with suppress(Conflict):
        ask(trade.services, order, 1)
    trade.world.drain()


def act_receive(trade: Trade, order: Order) -> None:
    with suppress(Conflict):
        trade.services.returns.receive(return_id_of(order), order.seller_id, restock=True)
    trade.world.drain()


def act_sweep(trade: Trade, _order: Order) -> None:
    trade.world.sweep()


def act_tick(trade: Trade, order: Order) -> None:
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()


RELEASED = frozenset({"released"})
# prepare, act, ends
RETURN_FLOWS: dict[str, tuple[Any, ...]] = {
    "return asked for": (prepare_delivered, act_ask, frozenset({"return_open"})),
    "return received before the release": (prepare_sent, act_receive, RELEASED),
    "return received after the release": (prepare_sent_after_the_release, act_receive, RELEASED),
    "return refunded by silence": (prepare_silent, act_sweep, RELEASED),
    "overdue return ended by its order's clock": (prepare_all_overdue, act_tick, RELEASED),
    "withdrawal processed": (prepare_withdrawn, act_sweep, frozenset({"return_open"})),
}


def _ask_one(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, order, 2)


def _ask_other(services: Any, _trade: Trade, order: Order) -> None:
    ask(services, order, 2, "other")


def _time_is_up(services: Any, trade: Trade, order: Order) -> None:
    services.order_clock.tick(order.order_id)


def _dispute(services: Any, _trade: Trade, order: Order) -> None:
    services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)


def _receive(services: Any, _trade: Trade, order: Order) -> None:
    services.returns.receive(return_id_of(order), order.seller_id, restock=True)


def _silence(services: Any, _trade: Trade, order: Order) -> None:
    services.return_clock.run(10)


def prepare_nearly_over(trade: Trade) -> Order:
    order = prepare_delivered(trade)
    trade.world.clock.advance(days=14)
    return order


FROZEN = frozenset({"return_open"})
# prepare, actors, ends
RETURN_CONTESTS: dict[str, tuple[Any, ...]] = {
    "return x release": (
        prepare_nearly_over,
        {"return": _ask_one, "clock": _time_is_up},
        frozenset({"return_open", "released", "settling"}),
    ),
    "return x dispute": (
        prepare_delivered,
        {"return": _ask_one, "dispute": _dispute},
        frozenset({"return_open", "disputed"}),
    ),
    "two returns of the same pieces": (prepare_delivered, {"one": _ask_one, "other": _ask_other}, FROZEN),
    "order's clock x clock of its returns": (
        prepare_all_overdue_for_nothing,
        {"order": _time_is_up, "returns": _silence},
        RELEASED,
    ),
    "received x silence": (prepare_silent, {"seller": _receive, "clock": _silence}, RELEASED),
}


class ReturnWithoutFreezing(Services):
    """Opens a return and lets the order's clock run."""

    @cached_property
    def returns(self) -> Any:
        class Careless(Returns):
            def _freeze(self, order: Any, made: Any) -> list[Any]:
                return []

        return Careless(**_parts(super().returns))


class ReceivesTwice(Services):
    """Stores a step of a return whoever moved it before, and names its refund anew each time."""

    @cached_property
    def return_steps(self) -> Any:
        class Renaming(Steps):
            def _refunded(self, after: Any, order: Any) -> Any:
                renamed = replace(after, return_id=f"{after.return_id}{order.refunded_minor}")
                found, writes = super()._refunded(renamed, order)
                return replace(found, return_id=after.return_id), writes

        return Renaming(**{name.removeprefix("_"): part for name, part in vars(super().return_steps).items()})

    @cached_property
    def return_store(self) -> Any:
        class LastOneWins(DynamoReturns):
            def move(self, before: Any, after: Any) -> Any:
                kept = super().move(before, after)
                return Put(kept.item, DomainError(), condition=ReturnItem.pk.exists())  # type: ignore[attr-defined]

            def keep(self, before: Any, after: Any) -> Any:
                kept = super().keep(before, after)
                item = type(kept.item)  # type: ignore[attr-defined]
                return Put(kept.item, DomainError(), condition=item.pk.exists() | item.pk.does_not_exist())  # type: ignore[attr-defined]

        return LastOneWins()

    @cached_property
    def return_clock(self) -> Any:
        class Unlooking(ReturnClock):
            def _obey(self, found: Return) -> bool:
                try:
                    return self._done(found)
                except Conflict:
                    return self._postponed(found)

        return Unlooking(**_parts(super().return_clock))


def _parts(made: Any) -> dict[str, Any]:
    parts = {name.removeprefix("_"): part for name, part in vars(made).items()}
    return {"transactions": parts.pop("tx"), **parts}
