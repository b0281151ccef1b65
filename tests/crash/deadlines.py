"""The clock jumps to just before, onto, and far beyond each deadline; nothing acts early, and nothing is missed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from marketplace.orders.process import PROCESSES
from tests.crash.dispute_deeds import appealed, decided
from tests.crash.flows import (
    Flow,
    dispute_charge,
    in_first_process,
    prepare_held,
    prepare_placed,
    prepare_reviewed_dispute,
)
from tests.crash.harness import FaultyWorlds, faulty_worlds, settle
from tests.crash.process_deeds import prepare_service
from tests.fakes.trade import Trade

JUMPS = tuple(timedelta(**each) for each in ({"seconds": 0}, {"minutes": 59}, {"days": 1}, {"days": 91}, {"days": 400}))
EARLY = timedelta(seconds=1)


def _unproven(trade: Trade) -> Any:
    order = trade.shipped()
    trade.world.clock.set(order.due_at)
    trade.world.drain()
    return trade.order(order.order_id)


def _reported_done(trade: Trade) -> Any:
    order = prepare_service(trade)
    trade.services.orders.report_done(order.order_id, order.seller_id, "It runs again.")
    trade.world.drain()
    return trade.order(order.order_id)


def _disputed(trade: Trade) -> Any:
    order = trade.shipped()
    trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    trade.world.drain()
    return trade.order(order.order_id)


def _negotiating(trade: Trade) -> Any:
    order = _disputed(trade)
    trade.services.disputes.answer(order.dispute_id, order.seller_id, "It was whole.")
    trade.world.drain()
    return trade.order(order.order_id)


def _charged_back(trade: Trade) -> Any:
    order = trade.shipped()
    dispute_charge(trade)
    trade.world.drain()
    return trade.order(order.order_id)


WAITING: dict[str, Callable[[Trade], Any]] = {
    "awaiting_payment": lambda trade: prepare_placed(trade).orders[0],
    "paid": lambda trade: trade.bought(),
    "shipped": lambda trade: trade.shipped(),
    "delivery_unproven": _unproven,
    "delivered": lambda trade: trade.delivered(),
    "delivered, by a private seller": lambda trade: trade.delivered(kind="private"),
    "held": prepare_held,
    "reported_done": _reported_done,
    "disputed": _disputed,
    "negotiating": _negotiating,
    "dispute_review": prepare_reviewed_dispute,
    "decided": decided,
    "appeal_review": appealed,
    "charged_back": _charged_back,
}
ENDED_BEFORE = {"return_open"}  # by the deadlines of its returns: tests/unit/returns
WAITED_AT_FIRST = tuple(PROCESSES[1].states.keys() & WAITING.keys())
WAITING |= {f"{name}, first process": in_first_process(WAITING[name]) for name in sorted(WAITED_AT_FIRST)}


def explore(name: str) -> Iterator[tuple[timedelta, str | None]]:
    """Each jump over the deadline of a waiting order, and what was wrong afterwards."""
    ends = frozenset(state for process in PROCESSES.values() for state in process.states)
    with faulty_worlds(Flow(WAITING[name], lambda _trade, _made: None, ends)) as worlds:
        for jump in JUMPS:
            yield jump, _jump(worlds, jump)


def _jump(worlds: FaultyWorlds, jump: timedelta) -> str | None:
    world = worlds.again()
    order = worlds.trade.order(worlds.made.order_id)
    early = _state_at(worlds, order.due_at - EARLY)
    if early != order.state:
        return f"{order.state} became {early} before its time"
    late = _state_at(worlds, order.due_at + jump)
    if late == order.state:
        return f"{order.state} outlived its deadline by {jump}"
    try:
        settle(world)
        worlds.check(world)
    except AssertionError as error:
        return str(error)
    return None


def _state_at(worlds: FaultyWorlds, moment: Any) -> str:
    worlds.world.clock.set(moment)
    worlds.world.drain()
    worlds.world.sweep()
    return worlds.trade.order(worlds.made.order_id).state
