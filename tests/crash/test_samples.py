"""A small part of what `make crash-full` explores, on every run of the tests."""

from collections.abc import Iterable

import pytest

from marketplace.orders.process import PROCESSES
from marketplace.returns import process as returns
from tests.crash import deadlines, orders_of_arrival, races, saved_failures
from tests.crash.catching import DAY_LATER
from tests.crash.exploring import single_faults
from tests.crash.flows import FLOWS, Flow
from tests.crash.harness import faulty_worlds
from tests.crash.histories import play
from tests.crash.pairs import sampled_pairs
from tests.fakes.scheduler import Outcome, Race, all_interleavings, distinct_interleavings

SEED = 20_261_121
HISTORIES, DEEDS = 8, 20


@pytest.mark.parametrize("name", races.CONTESTS)
def test_no_schedule_of_a_race_moves_money_twice(name):
    found = [(str(outcome), wrong) for outcome, wrong in races.explore(name, preemptions=1)]

    assert [(schedule, wrong) for schedule, wrong in found if wrong] == []
    assert len(found) > 2


@pytest.mark.parametrize("name", ["cancel x ship", "release x dispute", "confirm x auto-release"])
def test_leaving_out_schedules_that_meet_leaves_out_no_end(name):
    contest = races.CONTESTS[name]
    flow = Flow(contest.prepare, lambda _trade, _made: None, contest.ends, contest.may_park)
    with faulty_worlds(flow) as worlds:

        def make() -> Race:
            return races.race_of(worlds, contest)

        def ends(outcomes: Iterable[Outcome]) -> list[object]:
            return [
                (worlds.names.now(), *(repr(result.error) for result in each.results.values())) for each in outcomes
            ]

        whole = ends(all_interleavings(make, max_preemptions=2))
        distinct = ends(distinct_interleavings(make, worlds.names.now, max_preemptions=2))

    assert set(distinct) == set(whole)
    assert len(distinct) < len(whole)


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


def test_every_deadline_of_each_process_is_jumped_over():
    timed = {f"{name}, of a return" for name, wait in returns.STATES.items() if wait}
    timed |= {
        f"{state.name}, first process" if version == 1 else state.name
        for version, process in PROCESSES.items()
        for state in process.states.values()
        if state.timer
    }

    assert timed <= set(deadlines.WAITING)


@pytest.mark.parametrize("name", ["buyer confirms", "seller cancels", "refund after the release"])
def test_a_fault_and_an_outage_of_a_day_pay_nothing_twice(name):
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.outage = DAY_LATER
        report = single_faults(worlds, kinds=("crash_after",))

    assert report.violations == []


@pytest.mark.parametrize("name", ["late payment", "buyer confirms", "split award", "refund after the release"])
def test_a_failure_that_stripe_replays_for_a_day_pays_nothing_twice(name):
    found = list(saved_failures.explore(name))

    assert [(site, wrong) for site, wrong in found if wrong] == []
    assert found


def test_each_of_two_calls_to_one_address_fails_by_itself():
    found = dict(saved_failures.explore("two refunds, then the release"))

    ways = len(saved_failures.OUTAGES) * len(saved_failures.FAILURES)
    assert len([run for run in found if "stripe.POST /v1/refunds" in run]) == 2 * ways
    assert set(found.values()) == {None}


def test_a_fault_during_the_recovery_from_a_fault_changes_nothing():
    report = sampled_pairs("buyer confirms", count=20, seed=SEED)

    assert report.violations == []
    assert report.total == 20
