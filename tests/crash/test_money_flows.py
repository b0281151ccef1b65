"""Every external call of every money flow, failing in every way: nothing is created, lost or paid twice.

The list of calls comes from a recorded run, so that a new call cannot be forgotten. After the fault the trigger comes
again (as a client, a queue or a workflow would send it), the sweep runs, every invariant is checked, and a second
recovery must find nothing left to do.
"""

import pytest

from tests.crash.flows import CORE_FLOWS, FLOWS, REFUND_FLOWS
from tests.crash.harness import KINDS, faulty_worlds

WHOLE = {*CORE_FLOWS, *REFUND_FLOWS}
# What leaves an effect behind, or an answer lost: the rest of the flows fail in these two ways on every run, to keep it
# within minutes, and in all five in `make crash-full`.
HARDEST = ("crash_after", "timeout_lost")


@pytest.mark.parametrize("name", FLOWS)
def test_no_fault_at_any_call_creates_or_loses_money(name, record_property):
    kinds = KINDS if name in WHOLE else HARDEST
    with faulty_worlds(FLOWS[name]) as worlds:
        report = worlds.report(kinds)

    record_property("summary", f"crash suite, {name}: {str(report).splitlines()[0]}")
    assert report.violations == []
    assert report.unreached == []
    assert report.total == len(report.calls) * len(kinds)
    assert len(report.calls) >= 3


def test_far_more_than_twelve_flows_fail_in_every_way_on_every_run():
    assert len(WHOLE) >= 12
    assert WHOLE <= set(FLOWS)
