"""The log of an order is enough: folding it gives the order as it is stored, in a thousand random lives a version.

A life is a seeded walk over everything that anybody may do, through the real planner, its transactions and the tables.
The fold below is written against the table of the process alone and knows nothing of the planner.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from marketplace.fees.vat import Vat
from marketplace.kit.clock import from_text, to_text
from marketplace.orders.model import GOODS, Award, Line, Move, Order
from marketplace.orders.process import PROCESSES, Effect, Kind
from marketplace.orders.rules import deadline, guards, process_of
from tests.crash.lean import lean_sdk
from tests.fakes.world import World, new_world

LIVES = 1_000
STEPS_MAX = 14
TOTAL_MINOR = 9_999
WAIT_DAYS_MAX = 9
HELD_PART = 0.1  # of the steps before which the fraud rules hold an order


def place(world: World, version: int, number: int, dice: random.Random) -> Order:
    process, now = PROCESSES[version], world.clock.now()
    fulfilment = dice.choice(["goods", "goods", "service", "digital"]) if version > 1 else GOODS
    kind = dice.choice(["trader", "private"])
    order = Order(
        order_id=f"ord_{version}_{number:04d}",
        payment_id=f"pay_{number:04d}",
        buyer_id="acc_buyer",
        seller_id=f"acc_seller{number % 7}",
        seller_kind=kind,
        currency="eur",
        lines=(Line("lst_1", "Bicicleta", 1, TOTAL_MINOR, pieces=0),),
        total_minor=TOTAL_MINOR,
        commission_minor=800,
        fee_version="1",
        process_version=version,
        placed_at=now,
        state=process.first,
        step=0,
        entered_at=now,
        due_at=now + timedelta(minutes=15),
        vat_reason=Vat(0, "not_registered").reason,
        fulfilment=fulfilment,
        handling_days=dice.choice([None, 2, 30]),
        delivery_days=dice.choice([None, 3]),
    )
    world.services.transactions.commit(world.services.mover.first(order))
    return order


def live(world: World, order: Order, dice: random.Random, done: Counter[str]) -> Order:
    """Let anybody do anything allowed, the seldom done more often, until the order ends or the story is long enough."""
    services = world.services
    for _ in range(STEPS_MAX):
        if order.risk_receipt is None and order.award is None and dice.random() < HELD_PART:
            services.transactions.commit([services.order_store.hold(order, "rcp_1")])
            order = services.order_store.read(order.order_id)
        facts = guards(order)
        able = [row for row in process_of(order).leaving(order.state) if row.guard is None or row.guard in facts]
        if not able:
            break
        [row] = dice.choices(able, [1 / (1 + done[each.name]) for each in able])
        done[row.name] += 1
        refund = dice.choice([0, order.left_minor // 3, order.left_minor])
        decides = {Effect.AWARD_DECIDED, Effect.AWARD_PROPOSED} & set(row.effects)
        changes = {"withdrawn_minor": dice.choice([1_000, order.left_minor])} if row.name == "charge_back" else {}
        if row.target == "delivered" and order.delivered_at is None:
            changes |= {"delivered_at": world.clock.now(), "delivered_by": row.actors[0]}
        award = Award(refund, order.left_minor - refund) if decides else None
        step = services.mover.plan(order, row.name, dice.choice(row.actors), decided=award, **changes)
        services.transactions.commit(step.writes)
        order = step.after
        world.clock.advance(days=dice.uniform(0, WAIT_DAYS_MAX))
    return services.order_store.read(order.order_id)


def fold(world: World, placed: Order, moves: list[Move]) -> dict[str, object]:
    """Say what the log alone makes of an order."""
    process, timers = PROCESSES[placed.process_version], world.services.timers
    state, at, shipped = "", placed.placed_at, None
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    for step, move in enumerate(moves):
        assert (move.step, move.came_from) == (step, state)
        state, at = move.went_to, move.at
        if move.name == "pay":
            ship_by = at + timedelta(days=7 if placed.handling_days is None else placed.handling_days)
        if move.name in {"ship", "report_done", "make_available"}:
            shipped = at
        if move.name == "ship":
            deliver_by = at + timedelta(days=10 if placed.delivery_days is None else placed.delivery_days)
    kind = process.states[state].kind
    due = at if kind is Kind.WORKING else deadline(process, state, placed.terms, at, timers)
    return {
        "state": state,
        "step": len(moves) - 1,
        "entered_at": at,
        "due_at": None if kind is Kind.END else due,
        "ended_at": at if kind is Kind.END else None,
        "shipped_at": shipped,
        "promised_ship_by": ship_by,
        "promised_delivery_by": deliver_by,
    }


@pytest.mark.parametrize("version", sorted(PROCESSES))
def test_folding_the_log_gives_the_stored_order(version, record_property):
    dice, done, ends = random.Random(version), Counter[str](), 0  # noqa: S311 - choices of a test
    with lean_sdk(), new_world() as world:
        for number in range(LIVES):
            stored = live(world, place(world, version, number, dice), dice, done)
            moves = world.services.order_store.moves(stored.order_id)
            folded = fold(world, stored, moves)

            assert {name: _stored(getattr(stored, name)) for name in folded} == {
                name: _stored(value) for name, value in folded.items()
            }
            ends += stored.ended_at is not None

    named = {row.name for row in PROCESSES[version].transitions}
    record_property("summary", f"timeline replay, order process {version}: {LIVES} lives, {ends} ended")
    assert set(done) == named  # every transition of the table was lived through
    assert ends > LIVES / 3


def _stored(value: object) -> object:
    """Return a moment with the precision of the tables."""
    return from_text(to_text(value)) if isinstance(value, datetime) else value
