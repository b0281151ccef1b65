"""Every external call of every money flow, failing in every way: nothing is created, lost or paid twice.

The list of calls comes from a recorded run, so that a new call cannot be forgotten. After the fault the trigger comes
again (as a client, a queue or a workflow would send it), the sweep runs, every invariant is checked, and a second
recovery must find nothing left to do.
"""

import pytest

from tests.crash.exploring import LARGE, single_faults, stretch
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.crash.totals import counted, total
from tests.fakes.faults_enumeration import all_faults, survive

FLOWS_MIN = 12


def parts() -> list[tuple[str, int, int]]:
    largest_first = sorted(FLOWS, key=lambda name: LARGE.get(name, 1), reverse=True)
    return [(name, which, LARGE.get(name, 1)) for name in largest_first for which in range(1, LARGE.get(name, 1) + 1)]


@pytest.mark.parametrize(("name", "which", "of"), parts())
def test_no_fault_at_any_call_creates_or_loses_money(name, which, of, record_property):
    with faulty_worlds(FLOWS[name]) as worlds:
        report = single_faults(worlds, part=(which, of))

    record_property("summary", f"crash suite, {name} {which}/{of}: {str(report).splitlines()[0]}")
    record_property("crashed", counted(report, name, stretch(report.calls, (which, of))))
    assert report.violations == []
    assert report.unreached == []
    assert report.total == len(stretch(report.calls, (which, of))) * len(KINDS)
    assert len(report.calls) >= 3


def test_far_more_than_twelve_flows_fail_in_every_way_on_every_run():
    assert len(FLOWS) >= FLOWS_MIN
    assert set(LARGE) <= set(FLOWS)


def test_the_total_counts_a_flow_in_parts_once_and_a_site_of_several_flows_once():
    one = {"flows": ["pay"], "sites": ["a", "b"], "kinds": ["refuse"], "calls": 2, "runs": 2, "states": 1}
    other = {"flows": ["pay"], "sites": ["b"], "kinds": ["refuse"], "calls": 1, "runs": 1, "states": 1}
    third = {"flows": ["ship"], "sites": ["b", "c"], "kinds": ["timeout_lost"], "calls": 3, "runs": 3, "states": 2}

    said = total([one | {"violations": 0}, other | {"violations": 1}, third | {"violations": 1}])

    assert said == (
        "crash suite, in all: 2 flows, 6 calls at 3 sites, 2 kinds of fault, 6 runs, 4 states recovered from, "
        "2 violations"
    )


@pytest.mark.parametrize("name", ["late payment", "reservation expires"])
def test_sharing_recoveries_and_going_on_from_pauses_hides_no_state(name):
    with faulty_worlds(FLOWS[name]) as worlds:
        shared = single_faults(worlds)
        left = set[str]()
        for fault in all_faults(shared.calls, KINDS):
            world = worlds.again()
            world.faults.arm(fault.call_number, fault.kind)
            survive(worlds.run, world)
            world.faults.reset()
            left.add(worlds.names.now())

    assert shared.states == len(left)
