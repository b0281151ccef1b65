"""What is told beforehand is what happens: from every waiting state, silence ends an order as its outlook says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from marketplace.catalog.promises import Promises
from marketplace.kit.periods import last_moment
from marketplace.orders.model import BUYER, OPERATOR, SELLER, STRIPE, SYSTEM, Award, Order
from marketplace.orders.outlook import AFTER, CANCEL, INSPECTION, RETURN, UNDELIVERED, outlook_of, silent_end
from marketplace.orders.process import PROCESSES, Kind
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

TOTAL_MINOR = 10_000
SHARED = Award(refund_minor=4_000, seller_minor=6_000)
DAY = timedelta(days=1)

# How a paid order comes to each waiting state: (transition, actor). What is sold decides the way to `delivered`.
_DISPUTE = (("open_dispute", BUYER),)
_TO_DELIVERED = {
    "goods": (("ship", SELLER), ("attest_delivery", OPERATOR)),
    "service": (("report_done", SELLER), ("attest_delivery", OPERATOR)),
    "digital": (("make_available", SELLER),),
}
_ON_THE_WAY = {
    "goods": {"shipped": (("ship", SELLER),)},
    "service": {"reported_done": (("report_done", SELLER),)},
    "digital": {},
}


def ways(version: int, fulfilment: str) -> dict[str, tuple[tuple[str, str], ...]]:
    there = _TO_DELIVERED[fulfilment]
    found: dict[str, tuple[tuple[str, str], ...]] = {"paid": ()}
    for state, way in _ON_THE_WAY[fulfilment].items():
        found |= {state: way, "delivery_unproven": (*way, ("delivery_overdue", SYSTEM))}
    found["delivered"] = there
    found["held"] = (*there, ("hold", ""), ("inspection_over", SYSTEM))
    found["charged_back"] = (*there, ("charge_back", STRIPE))
    found["disputed"] = (*there, *_DISPUTE)
    found["dispute_review"] = (*there, *_DISPUTE, ("answer_overdue", SYSTEM))
    if version > 1:
        reviewed = found["dispute_review"]
        found["negotiating"] = (*there, *_DISPUTE, ("answer", SELLER))
        found["return_open"] = (*there, ("open_return", BUYER))
        found["decided"] = (*reviewed, ("decide", OPERATOR))
        found["appeal_review"] = (*reviewed, ("decide", OPERATOR), ("appeal", BUYER))
    return found


CASES = [
    (version, kind, fulfilment, state)
    for version in PROCESSES
    for kind in ("trader", "private")
    for fulfilment in (("goods",) if version == 1 else ("goods", "service", "digital"))
    for state in ways(version, fulfilment)
]


class Shop:
    """One world, and its moment after an order of each sort was paid."""

    def __init__(self, world: Any) -> None:
        self.world, self.trade = world, Trade(world)
        self.paid: dict[Any, Any] = {}
        self.start = world.snapshot()

    def order(self, version: int, kind: str, fulfilment: str, state: str) -> Order:
        sort = (version, kind, fulfilment)
        if sort not in self.paid:
            self.world.restore(self.start)
            self.world.place_under(version)
            given = {"promises": Promises(fulfilment=fulfilment)} if fulfilment != "goods" else {}
            order = self.trade.bought(price_minor=TOTAL_MINOR, kind=kind, **given)
            self.paid[sort] = (order.order_id, self.world.snapshot())
        order_id, moment = self.paid[sort]
        self.world.restore(moment)
        for name, actor in ways(version, fulfilment)[state]:
            self._move(order_id, name, actor)
        return self.trade.order(order_id)

    def _move(self, order_id: str, name: str, actor: str) -> None:
        services, order = self.world.services, self.trade.order(order_id)
        if name == "hold":
            services.transactions.commit([services.order_store.hold(order, "rcp_1")])
            return
        now = self.world.clock.now()
        changes: dict[str, Any] = {
            "attest_delivery": {"delivered_at": now, "delivered_by": OPERATOR},
            "make_available": {"delivered_at": now, "delivered_by": SYSTEM},
            "charge_back": {"withdrawn_minor": order.total_minor},
            "decide": {"decided": SHARED},
        }.get(name, {})
        services.transactions.commit(services.mover.plan(order, name, actor, **changes).writes)

    def keep_silent(self, order: Order) -> tuple[Order, list[str]]:
        """Let every deadline pass at its own second, by the clock and nobody else."""
        process, passed = PROCESSES[order.process_version], []
        while process.states[order.state].kind is not Kind.END:
            if process.states[order.state].kind is Kind.WAITING:
                passed.append(order.state)
                assert order.due_at is not None
                self.world.clock.set(max(order.due_at, self.world.clock.now()))
            self.world.services.order_clock.catch_up(order.order_id)
            order = self.trade.order(order.order_id)
        return order, passed


@pytest.fixture(scope="module")
def shop():
    with new_world() as world:
        yield Shop(world)


@pytest.mark.parametrize(("version", "kind", "fulfilment", "state"), CASES)
def test_silence_ends_as_the_outlook_said(shop, version, kind, fulfilment, state):
    order = shop.order(version, kind, fulfilment, state)
    assert order.state == state
    told = silent_end(order, shop.world.services.timers)

    ended, passed = shop.keep_silent(order)

    assert (ended.state, ended.award) == (told.state, told.award)
    assert [step.state for step in told.path] == passed
    assert ended.ended_at == told.at


def test_every_waiting_state_of_every_version_is_tried():
    tried = {(version, state) for version, _, _, state in CASES}
    waiting = {
        (version, state.name)
        for version, process in PROCESSES.items()
        for state in process.states.values()
        if state.kind is Kind.WAITING and state.clocked_by != "sweep"
    }

    assert tried == waiting


def codes(order: Order, shop: Shop) -> list[str]:
    return [each.code for each in outlook_of(order, shop.world.services.timers).refunds]


def test_the_refund_schedule_follows_the_order(shop):
    paid = shop.order(1, "trader", "goods", "paid")
    delivered = shop.order(1, "trader", "goods", "delivered")
    returnable = replace(delivered, lines=tuple(replace(line, return_days=14) for line in delivered.lines))

    assert codes(paid, shop)[:3] == [CANCEL, UNDELIVERED, INSPECTION]
    assert codes(returnable, shop) == [INSPECTION, RETURN, AFTER]
    [inspection, giving_back, after] = outlook_of(returnable, shop.world.services.timers).refunds
    assert inspection.ends == delivered.due_at
    assert (giving_back.ends, giving_back.return_cost) == (last_moment(delivered.delivered_at, 14), BUYER)
    assert after.starts == max(inspection.ends, giving_back.ends)
    assert [each.refund_minor for each in (inspection, giving_back, after)] == [TOTAL_MINOR, TOTAL_MINOR, 0]


def test_periods_never_promise_more_than_is_left(shop):
    delivered = shop.order(1, "trader", "goods", "delivered")
    partly = replace(delivered, refunded_minor=9_000)

    assert max(each.refund_minor for each in outlook_of(partly, shop.world.services.timers).refunds) == 1_000
