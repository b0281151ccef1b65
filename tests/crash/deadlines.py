"""The clock jumps to just before, onto, and far beyond each deadline; nothing acts early, and nothing is missed.

The deadlines are those of orders that wait, and those of what runs beside them (clocks.py).
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from marketplace.orders.process import PROCESSES
from tests.crash.clocks import MONEY, RETURNS, TALKS, Clock, of_order
from tests.crash.dispute_deeds import appealed, decided
from tests.crash.flows import (
    Flow,
    dispute_charge,
    in_first_process,
    prepare_held,
    prepare_placed,
    prepare_reviewed_dispute,
)
from tests.crash.harness import FaultyWorlds, NotQuiet, faulty_worlds, settle
from tests.crash.process_deeds import prepare_service
from tests.fakes.trade import Trade
from tests.fakes.world import World

JUMPS = tuple(timedelta(**each) for each in ({"seconds": 0}, {"minutes": 59}, {"days": 1}, {"days": 91}, {"days": 400}))
EARLY = timedelta(seconds=1)
OF_A_RETURN = timedelta(days=15)  # longer than any of its states to which time itself leads


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


ORDERS: dict[str, Callable[[Trade], Any]] = {
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
WAITED_AT_FIRST = tuple(PROCESSES[1].states.keys() & ORDERS.keys())
ORDERS |= {f"{name}, first process": in_first_process(ORDERS[name]) for name in sorted(WAITED_AT_FIRST)}
WAITING: dict[str, Clock] = {
    **{name: of_order(prepare) for name, prepare in ORDERS.items()},
    **TALKS,
    **{f"{name}, of a return": clock for name, clock in RETURNS.items()},
    **MONEY,
}


def explore(name: str) -> Iterator[tuple[timedelta, str | None]]:
    """Each jump over a deadline, and what was wrong afterwards."""
    ends = frozenset(state for process in PROCESSES.values() for state in process.states)
    clock = WAITING[name]
    with faulty_worlds(Flow(clock.prepare, lambda _trade, _made: None, ends, clock.may_park)) as worlds:
        for jump in JUMPS:
            yield jump, _jump(worlds, clock, jump)


def _jump(worlds: FaultyWorlds, clock: Clock, jump: timedelta) -> str | None:
    world = worlds.again()
    before, due_at = clock.seen(worlds.trade, worlds.made), clock.due_at(worlds.trade, worlds.made)
    early = _seen_at(worlds, clock, due_at - EARLY)
    if early != before:
        return f"{before} became {early} before its time"
    late = _seen_at(worlds, clock, due_at + jump)
    if late == before:
        return f"{before} outlived its deadline by {jump}"
    try:
        _settle(world)
        worlds.check(world)
    except AssertionError as error:
        return str(error)
    return None


def _settle(world: World) -> None:
    """Settle; an order whose return time has moved on asks for it again and again until that one's days are over."""
    try:
        settle(world)
    except NotQuiet:
        world.clock.advance(seconds=OF_A_RETURN.total_seconds())
        settle(world)


def _seen_at(worlds: FaultyWorlds, clock: Clock, moment: datetime) -> object:
    worlds.world.clock.set(moment)
    worlds.world.drain()
    worlds.world.sweep()
    return clock.seen(worlds.trade, worlds.made)
