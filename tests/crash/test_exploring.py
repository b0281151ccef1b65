"""The runs that the exploration does not make would have left what the record of their step tells."""

from functools import cached_property

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.wiring import Services
from tests.crash.exploring import Failing, Recoveries, single_faults
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.fakes.faults_enumeration import all_faults


class MistakenWhenUnanswered(Services):
    """Looks into an answer that did not come, the first time; whoever comes again finds nothing wrong."""

    @cached_property
    def stripe(self):
        class Gateway(StripeGateway):
            def transfer(self, intent, **given):
                try:
                    return super().transfer(intent, **given)
                except Unavailable as error:
                    raise KeyError("id") from error

        return Gateway(lambda: self.stripe_client)


def test_a_mistake_that_a_repetition_mends_is_found():
    with faulty_worlds(FLOWS["buyer confirms"], made_of=MistakenWhenUnanswered) as worlds:
        report = single_faults(worlds, kinds=("refuse",))

    assert [(str(each.error), each.stage) for each in report.violations] == [
        ("something died of KeyError('id')", "while a call failed")
    ]


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
