"""The clock jumps to just before, onto, and far beyond each deadline; nothing acts early, and nothing is missed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from marketplace.orders.process import PROCESSES
from tests.crash.flows import Flow, dispute_charge, prepare_held, prepare_placed, prepare_reviewed_dispute
from tests.crash.harness import FaultyWorlds, faulty_worlds, settle
from tests.fakes.trade import Trade

JUMPS = tuple(timedelta(**each) for each in ({"seconds": 0}, {"minutes": 59}, {"days": 1}, {"days": 91}, {"days": 400}))
EARLY = timedelta(seconds=1)


def _unproven(trade: Trade) -> Any:
    order = trade.shipped()
    trade.world.clock.set(order.due_at)
    trade.world.drain()
    return trade.order(order.order_id)


def _disputed(trade: Trade) -> Any:
    order = trade.shipped()
    trade.services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
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
    "disputed": _disputed,
    "dispute_review": prepare_reviewed_dispute,
    "charged_back": _charged_back,
}


def explore(name: str) -> Iterator[tuple[timedelta, str | None]]:
    """Each jump over the deadline of a waiting order, and what was wrong afterwards."""
    ends = frozenset(PROCESSES[1].states)
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
