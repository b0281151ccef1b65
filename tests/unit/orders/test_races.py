"""Two actors at one order, in every order of their calls: one of them wins, and every promise holds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.orders.model import Order, TransitionRefused
from marketplace.orders.process import LATEST
from marketplace.trust.screening import is_decided
from tests.fakes.faults import Faults
from tests.fakes.scheduler import Outcome, Race, all_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world

PREEMPTIONS_MAX = 2
Deed = Callable[[World, Order], object]


def confirm(world: World, order: Order) -> object:
    return world.services.orders.confirm(order.order_id, order.buyer_id)


def cancel(world: World, order: Order) -> object:
    return world.services.orders.cancel(order.order_id, order.buyer_id, "changed my mind")


def ship(world: World, order: Order) -> object:
    return world.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")


def dispute(world: World, order: Order) -> object:
    return world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)


def release(world: World, order: Order) -> object:
    """The clock's own move; a clock that comes too late is no error."""
    return world.services.order_clock.tick(order.order_id)


def settle(world: World, order: Order) -> object:
    return world.services.settlement.settle(order.order_id)


def hold(world: World, order: Order) -> object:
    """The screening's own steps: what is decided is too late to hold."""
    services = world.services
    found = services.order_store.read(order.order_id)
    if is_decided(found):
        raise TransitionRefused
    services.transactions.commit([services.order_store.hold(found, "rcp_1")])


def answer(world: World, order: Order) -> object:
    return world.services.disputes.answer(order.dispute_id, order.seller_id, "It was whole.")


def decide(refund_minor: int) -> Deed:
    def deed(world: World, order: Order) -> object:
        return world.services.disputes.decide(order.dispute_id, "acc_operator", refund_minor, "5.2", "As shown.")

    return deed


def delivered_and_due(trade: Trade) -> Order:
    order = trade.delivered()
    trade.world.clock.set(order.due_at)
    return order


def confirmed(trade: Trade) -> Order:
    order = trade.delivered()
    trade.world.services.orders.confirm(order.order_id, order.buyer_id)
    return trade.order(order.order_id)


def cancelled(trade: Trade) -> Order:
    order = trade.bought()
    trade.world.services.orders.cancel(order.order_id, order.seller_id, "broken")
    return trade.order(order.order_id)


def disputed(trade: Trade) -> Order:
    order = trade.delivered()
    dispute(trade.world, order)
    trade.world.drain()
    return trade.order(order.order_id)


def disputed_and_overdue(trade: Trade) -> Order:
    order = disputed(trade)
    trade.world.clock.set(order.due_at)
    return order


def reviewed(trade: Trade) -> Order:
    return trade.reviewed(trade.delivered())


@dataclass(frozen=True)
class Duel:
    """`clock` names actors that never complain: they look, and find that there is nothing (more) to do."""

    prepare: Callable[[Trade], Order]
    actors: dict[str, Deed]
    ends: frozenset[str]
    clock: frozenset[str] = frozenset()
    version: int = LATEST


DUELS = {
    "the clock releases, the buyer disputes": Duel(
        delivered_and_due,
        {"release": release, "dispute": dispute},
        frozenset({"released", "disputed"}),
        frozenset({"release"}),
    ),
    "the buyer confirms, the inspection is over": Duel(
        delivered_and_due, {"confirm": confirm, "release": release}, frozenset({"released"}), frozenset({"release"})
    ),
    "the buyer confirms and disputes": Duel(
        lambda trade: trade.delivered(),
        {"confirm": confirm, "dispute": dispute},
        frozenset({"released", "disputed"}),
    ),
    "the buyer cancels, the seller ships": Duel(
        lambda trade: trade.bought(), {"cancel": cancel, "ship": ship}, frozenset({"refunded", "shipped"})
    ),
    "both sides cancel": Duel(lambda trade: trade.bought(), {"one": cancel, "other": cancel}, frozenset({"refunded"})),
    "the buyer confirms twice": Duel(
        lambda trade: trade.shipped(), {"one": confirm, "other": confirm}, frozenset({"released"})
    ),
    "the seller answers, the answer is overdue": Duel(
        disputed_and_overdue,
        {"answer": answer, "overdue": release},
        frozenset({"negotiating", "dispute_review"}),
        frozenset({"overdue"}),
    ),
    "the seller answers, the answer is overdue, in the first process": Duel(
        disputed_and_overdue,
        {"answer": answer, "overdue": release},
        frozenset({"dispute_review"}),
        frozenset({"overdue"}),
        version=1,
    ),
    "two operators decide": Duel(
        reviewed, {"refund": decide(10_000), "release": decide(0)}, frozenset({"refunded", "released"})
    ),
    "two operators decide, in the first process": Duel(
        reviewed, {"refund": decide(10_000), "release": decide(0)}, frozenset({"refunded", "released"}), version=1
    ),
}


def outcomes(
    stack: ExitStack,
    prepare: Callable[[Trade], Order],
    actors: dict[str, Deed],
    preemptions: int = PREEMPTIONS_MAX,
    version: int = LATEST,
) -> Iterator[Outcome]:
    """Every schedule, each from the same beginning; after each everything is delivered and checked."""
    world = stack.enter_context(new_world(faults=Faults(), process_version=version))
    trade = Trade(world)
    order = prepare(trade)
    start = world.snapshot()

    def make_race() -> Race:
        world.faults.reset()
        world.restore(start)
        return Race(world.faults, {name: _bound(deed, world, order) for name, deed in actors.items()}, (world, order))

    for outcome in all_interleavings(make_race, preemptions):
        world.drain()
        world.check()
        yield outcome


def _bound(deed: Deed, world: World, order: Order) -> Callable[[], object]:
    return lambda: deed(world, order)


@pytest.mark.parametrize("name", DUELS)
def test_exactly_one_wins(name):
    duel, ends, seen = DUELS[name], set(), 0
    with ExitStack() as stack:
        for outcome in outcomes(stack, duel.prepare, duel.actors, version=duel.version):
            world, order = outcome.race.context
            people = [actor for actor in outcome.winners if actor not in duel.clock]
            refused = [result.error for result in outcome.results.values() if result.error]
            moves = [each for each in world.services.order_store.moves(order.order_id) if each.step == order.step + 1]
            assert len(people) <= 1, outcome
            assert len(moves) == 1, outcome
            assert all(isinstance(error, Conflict) for error in refused), refused
            ends.add(Trade(world).stands(order.order_id).state)
            world.check()
            seen += 1

    assert ends == duel.ends
    assert seen > 3


@pytest.mark.parametrize("prepare", [confirmed, cancelled], ids=["release", "refund"])
def test_two_runners_pay_out_once(prepare):
    seen = 0
    with ExitStack() as stack:
        for outcome in outcomes(stack, prepare, {"one": settle, "other": settle}):
            world, order = outcome.race.context
            errors = [result.error for result in outcome.results.values() if result.error]
            assert all(isinstance(error, Unavailable) for error in errors), errors
            paid = [*world.stripe.objects("transfer"), *world.stripe.objects("refund")]
            assert len(paid) == 1, outcome
            assert world.services.order_store.read(order.order_id).state in {"released", "refunded"}
            seen += 1

    assert seen > 3


def test_two_runners_pay_each_leg_of_a_split_once():
    def split(trade: Trade) -> Order:
        return trade.awarded(reviewed(trade), 3_000)

    with ExitStack() as stack:
        for outcome in outcomes(stack, split, {"one": settle, "other": settle}, preemptions=1):
            world, order = outcome.race.context
            assert len(world.stripe.objects("transfer")) == len(world.stripe.objects("refund")) == 1, outcome
            assert world.services.order_store.read(order.order_id).state == "split"


def test_a_hold_that_comes_while_the_buyer_confirms_is_seen_or_comes_too_late():
    ends = set()
    with ExitStack() as stack:
        for outcome in outcomes(stack, lambda trade: trade.delivered(), {"hold": hold, "confirm": confirm}):
            world, order = outcome.race.context
            after = world.services.order_store.read(order.order_id)
            held_first = "hold" in outcome.winners
            ends.add((held_first, "confirm" in outcome.winners, after.state))
            assert not (held_first and after.state == "released"), outcome

    # Held, then confirmed: a person looks. Held in the middle: the confirmation is refused. Confirmed first: paid.
    assert ends == {(True, True, "held"), (True, False, "delivered"), (False, True, "released")}
