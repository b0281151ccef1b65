"""The bank, the sweep and the payout at once on one order, in every order of their calls: the money agrees.

Orders of calls that meet in one state are gone on from once, as in races.py.

An actor may lose only with an error that its caller understands. Afterwards everything is delivered, the sweep runs,
and every invariant must hold.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from marketplace.kit.errors import DomainError, Unavailable
from marketplace.orders.model import Order
from marketplace.wiring import Services
from tests.crash.lean import lean_sdk
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Faults
from tests.fakes.outside import Names
from tests.fakes.scheduler import Outcome, Race, distinct_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world

PREEMPTIONS_MAX = 2
Deed = Callable[[Services, Any], object]


@dataclass(frozen=True)
class Rivals:
    """`prepare` brings the world to where the two meet; `ends` are the states that may come out after recovery."""

    prepare: Callable[[Trade], Any]
    one: Deed
    other: Deed
    ends: frozenset[str]
    preemptions_max: int = PREEMPTIONS_MAX


def settled_by_nobody(trade: Trade) -> Order:
    """An order that the buyer confirmed, and of which nothing is paid out yet."""
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    return trade.order(order.order_id)


def charged_back(trade: Trade, order: Order) -> Order:
    """Let the bank take the money back; nobody has told the marketplace yet."""
    trade.world.stripe.open_dispute(charge_of(trade.world))
    return order


def parked_by_the_bank(trade: Trade) -> Order:
    """A divided order whose refund Stripe refused, as the bank has the money: it decides, and nobody is told yet."""
    order = trade.reviewed(trade.delivered())
    trade.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    trade.awarded(order, 6_000)
    with suppress(Unavailable):
        trade.services.settlement.settle(order.order_id)
    case = trade.world.stripe.open_dispute(charge_of(trade.world))
    trade.services.chargebacks.follow(case["id"])
    trade.world.drain()
    order = trade.order(order.order_id)
    trade.services.transactions.commit([trade.services.order_store.wake(order, trade.world.clock.now())])
    trade.world.stripe.close_dispute(case["id"], won=False)
    return trade.order(order.order_id)


def settle(services: Services, order: Order) -> object:
    return services.settlement.settle(order.order_id)


def unpaid(trade: Trade) -> Any:
    buyer_id, listing = trade.person(), trade.listing(trade.seller(), stock=1)
    placed = trade.place(buyer_id, (listing, 1), key="the-one-attempt")
    trade.world.drain()
    trade.world.clock.set(placed.payment.due_at)
    return placed


def charge_of(world: World) -> str:
    return str(next(iter(world.stripe.objects("charge")))["id"])


def dispute_of(services: Services) -> str:
    found = services.stripe_client.v1.disputes.list({"limit": 1})
    return str(found.data[0].id)


def obey_the_clock(services: Services, order: Order) -> object:
    return services.order_clock.catch_up(order.order_id)


def follow_chargeback(services: Services, order: Order) -> object:
    return services.chargebacks.follow(dispute_of(services))


def expire(services: Services, placed: Any) -> object:
    return services.payments.expire(placed.payment.payment_id)


RACES = {
    "two runners of one payout": Rivals(settled_by_nobody, obey_the_clock, obey_the_clock, frozenset({"released"})),
    "payout x chargeback": Rivals(
        lambda trade: charged_back(trade, settled_by_nobody(trade)),
        obey_the_clock,
        follow_chargeback,
        frozenset({"settling", "released"}),
    ),
    "a rest x the bank's decision": Rivals(
        parked_by_the_bank, settle, follow_chargeback, frozenset({"split"}), preemptions_max=1
    ),
    "two deliveries of one chargeback": Rivals(
        lambda trade: charged_back(trade, trade.shipped()),
        follow_chargeback,
        follow_chargeback,
        frozenset({"charged_back"}),
    ),
    "two sweeps of one cart": Rivals(unpaid, expire, expire, frozenset({"cancelled"})),
}


def outcomes(rivals: Rivals) -> Iterator[tuple[World, Outcome, str]]:
    """Yield each order of calls, and the name of the state in which it ended."""
    faults = Faults()
    with lean_sdk(), new_world(faults=faults) as world, short_way(world.dynamo):
        made = rivals.prepare(Trade(world))
        start = world.snapshot()

        def race() -> Race:
            faults.reset()
            world.restore(start)
            world.ids._made, world.kms.random_bytes._made = start.drawn
            world.ids.leap()
            one, other = world.new_services(process=1), world.new_services(process=2)  # two containers
            actors = {"one": lambda: rivals.one(one, made), "other": lambda: rivals.other(other, made)}
            return Race(faults, actors, world)

        names = Names(world)
        for outcome in distinct_interleavings(race, names.now, rivals.preemptions_max):
            yield world, outcome, names.now()


@pytest.mark.parametrize("name", RACES)
def test_whoever_comes_first_the_money_agrees(name, record_property):
    rivals, count, known = RACES[name], 0, set[str]()
    for world, outcome, end in outcomes(rivals):
        count += 1
        lost = [result.error for result in outcome.results.values() if result.error is not None]
        assert all(isinstance(error, DomainError) for error in lost), (str(outcome), lost)
        if end in known:
            continue
        known.add(end)
        world.drain()
        world.sweep()
        assert {order.state for order in world.view().orders} <= rivals.ends, str(outcome)
        world.check()

    record_property("summary", f"races, {name}: {count} orders of calls to {len(known)} ends, 0 violations")
    assert count >= 4
