"""Every external call of every money flow, failing in every way: nothing is created, lost or paid twice.

The list of calls comes from a recorded run, so that a new call cannot be forgotten. After the fault the trigger comes
again (as a client, a queue or a workflow would send it), the sweep runs, every invariant is checked, and a second
recovery must find nothing left to do.
"""

import pytest

from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds


@pytest.mark.parametrize("name", FLOWS)
def test_no_fault_at_any_call_creates_or_loses_money(name, record_property):
    with faulty_worlds(FLOWS[name]) as worlds:
        report = worlds.report()

    record_property("summary", f"crash suite, {name}: {str(report).splitlines()[0]}")
    assert report.violations == []
    assert report.unreached == []
    assert report.total == len(report.calls) * len(KINDS)
    assert len(report.calls) >= 3
