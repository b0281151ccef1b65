"""A small part of what `make crash-full` explores, on every run of the tests."""

import pytest

from marketplace.orders.process import PROCESSES
from tests.crash import deadlines, orders_of_arrival, races, saved_failures
from tests.crash.catching import DAY_LATER
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
from tests.crash.histories import play
from tests.crash.pairs import sampled_pairs

SEED = 20_261_121
HISTORIES, DEEDS = 8, 20


@pytest.mark.parametrize("name", races.CONTESTS)
def test_no_schedule_of_a_race_moves_money_twice(name):
    found = [(str(outcome), wrong) for outcome, wrong in races.explore(name, preemptions=1)]

    assert [(schedule, wrong) for schedule, wrong in found if wrong] == []
    assert len(found) > 2


@pytest.mark.parametrize("name", orders_of_arrival.STORIES)
def test_deliveries_in_any_order_and_twice_end_the_same(name):
    found = list(orders_of_arrival.explore(name, most=12, seed=SEED))

    assert [(order, wrong) for order, wrong in found if wrong] == []


@pytest.mark.parametrize("seed", range(SEED, SEED + HISTORIES))
def test_a_random_history_is_the_model_s(seed):
    told, wrong = play(seed, DEEDS)

    assert wrong is None, (wrong, told)


@pytest.mark.parametrize("name", deadlines.WAITING)
def test_no_deadline_acts_early_or_is_missed(name):
    assert [(jump, wrong) for jump, wrong in deadlines.explore(name) if wrong] == []


def test_every_deadline_of_the_process_is_jumped_over():
    timed = {state.name for state in PROCESSES[1].states.values() if state.timer}

    assert timed <= set(deadlines.WAITING)


@pytest.mark.parametrize("name", ["buyer confirms", "seller cancels", "refund after the release"])
def test_a_fault_and_an_outage_of_a_day_pay_nothing_twice(name):
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.outage = DAY_LATER
        report = worlds.report(kinds=("crash_after",))

    assert report.violations == []


@pytest.mark.parametrize("name", ["late payment", "buyer confirms", "split award", "refund after the release"])
def test_a_failure_that_stripe_replays_for_a_day_pays_nothing_twice(name):
    found = list(saved_failures.explore(name))

    assert [(site, wrong) for site, wrong in found if wrong] == []
    assert found


def test_a_fault_during_the_recovery_from_a_fault_changes_nothing():
    report = sampled_pairs("buyer confirms", count=20, seed=SEED)

    assert report.violations == []
    assert report.total == 20
