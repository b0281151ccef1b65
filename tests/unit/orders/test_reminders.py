"""Reminders: said once, to whom the order waits for, and never about a wait that is over."""

from contextlib import suppress
from datetime import timedelta

import pytest

from marketplace.kit.clock import from_text
from marketplace.notifications.templates import TEMPLATES
from marketplace.orders.process import PROCESSES
from marketplace.outbox.store import event_from_image
from tests.crash.harness import KINDS
from tests.fakes.faults import Crash, Faults
from tests.fakes.scheduler import Race, all_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

ONCE = 50  # reminders in one run


@pytest.fixture(autouse=True)
def second_process(world):
    world.place_under(2)


def told(world) -> list:
    """Every reminder that was published, the oldest first."""
    rows = world.dynamo.snapshot_items("aval-local-outbox").values()
    found = [event_from_image(row) for row in rows]
    return sorted((each for each in found if each.kind.endswith("_reminder")), key=lambda each: each.event_id)


def run(world) -> int:
    sent = world.services.reminders.run(ONCE)
    world.drain()
    return sent


def at_reminder(world, order) -> None:
    world.clock.set(world.services.order_store.reminder(order.order_id).at)


def test_a_reminder_goes_out_when_its_time_has_come_and_once(world, trade):
    order = trade.bought()
    at = world.services.order_store.reminder(order.order_id).at
    world.clock.set(at - timedelta(seconds=1))
    early = run(world)
    world.clock.set(at)
    sent = [run(world) for _ in range(3)]

    [event] = told(world)
    assert (early, sent) == (0, [1, 0, 0])
    assert (event.kind, event.data["seller_id"]) == ("order.paid_reminder", order.seller_id)
    assert "buyer_id" not in event.data
    assert from_text(str(event.data["due_at"])) == order.due_at


def test_an_order_that_moved_first_is_reminded_of_nothing(world, trade):
    order = trade.bought()
    at = world.services.order_store.reminder(order.order_id).at
    world.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    world.drain()
    world.clock.set(at)

    assert (run(world), told(world)) == (0, [])
    assert world.services.order_store.reminder(order.order_id) is None


def test_the_next_wait_brings_its_own_reminder_to_its_own_party(world, trade):
    order = trade.delivered()
    at_reminder(world, order)

    assert run(world) == 1
    [event] = told(world)
    assert (event.kind, event.data["party"], event.data["buyer_id"]) == (
        "order.delivered_reminder",
        "buyer",
        order.buyer_id,
    )


def test_who_talks_is_reminded_both_of_them(world, trade):
    order = trade.delivered()
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    world.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
    world.drain()
    at_reminder(world, order)
    run(world)

    assert sorted(str(each.data["party"]) for each in told(world)) == ["buyer", "seller"]


def test_a_reminder_of_a_step_that_is_over_is_dropped_unsaid(world, trade):
    """A row that a lost write left behind is looked at against the order itself."""
    order = trade.delivered()
    stale = world.services.order_store.reminder(order.order_id)
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    world.services.transactions.commit([world.services.order_store.remind(stale)])
    world.clock.set(stale.at)

    assert (run(world), told(world)) == (0, [])
    assert world.services.order_store.reminder(order.order_id) is None


def test_what_is_due_too_soon_for_a_reminder_has_none(world, trade):
    world.given["timers"] = type(world.services.timers)("inspection_private=1d")
    world.restart()
    order = trade.delivered(kind="private")

    assert world.services.order_store.reminder(order.order_id) is None


def test_after_the_deadline_nobody_is_reminded_of_it(world, trade):
    order = trade.delivered()
    world.clock.set(order.due_at)

    assert (run(world), told(world)) == (0, [])


@pytest.mark.parametrize("kind", KINDS)
def test_wherever_a_run_dies_the_next_one_says_it_once(kind):
    with new_world(faults=Faults()) as world:
        world.place_under(2)
        order = Trade(world).bought()
        at_reminder(world, order)
        start, number = world.snapshot(), 0
        while True:
            number += 1
            world.restore(start)
            world.faults.reset()
            world.faults.arm(number, kind)
            with suppress(Crash, Exception):
                world.services.reminders.run(ONCE)
            fired = bool(world.faults.fired)
            world.faults.reset()
            world.restart()
            run(world)
            assert len(told(world)) == 1, (number, kind)
            if not fired:
                break
        assert number > 3


def test_two_runs_at_once_say_it_once():
    with new_world(faults=Faults()) as world:
        world.place_under(2)
        order = Trade(world).bought()
        at_reminder(world, order)
        start = world.snapshot()

        def make_race() -> Race:
            world.faults.reset()
            world.restore(start)
            runs = {name: world.new_services().reminders for name in ("one", "other")}
            return Race(world.faults, {name: lambda each=each: each.run(ONCE) for name, each in runs.items()}, world)

        seen = 0
        for outcome in all_interleavings(make_race, 2):
            assert [result.error for result in outcome.results.values()] == [None, None]
            assert len(told(world)) == 1
            seen += 1
        assert seen > 5


@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_reminder_of_the_process_is_said_in_both_languages(locale):
    for state in PROCESSES[2].states.values():
        for reminder in state.reminders:
            notices = [
                each
                for (kind, party), each in TEMPLATES.items()
                if (kind, party) == (f"order.{state.name}_reminder", reminder.party)
            ]
            assert notices, (state.name, reminder.party)
            for each in notices:
                wording = getattr(each, locale)
                assert wording.subject
                assert "{deadline}" in wording.subject + wording.body
