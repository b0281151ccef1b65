"""The runs that the exploration does not make would have left what the record of their step tells."""

import pytest

from tests.crash.exploring import Failing, Recoveries
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.fakes.faults_enumeration import all_faults


@pytest.mark.parametrize("flow", ["checkout", "released by the clock", "refund that becomes debt"])
def test_a_run_that_is_not_made_would_have_left_what_the_record_tells(flow):
    with faulty_worlds(FLOWS[flow]) as worlds:
        failing = Failing(Recoveries(worlds), worlds.again, worlds.run)
        told = 0
        for fault in all_faults(failing.calls, KINDS):
            name = failing.foretold(fault)
            if name:
                told += 1
                assert (str(fault), failing.fall(fault)) == (str(fault), (name, True))
            failing.attempt(fault)
    assert told
