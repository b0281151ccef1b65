"""What every test may ask for."""

import pytest

from marketplace.orders.process import PROCESSES
from tests.crash.totals import total
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

# What is set up once for many tests, minutes for the local cloud: these files go to one process each. (pytest 9.2 drops
# the name that pytest-xdist writes onto a test for its own groups.)
ONE_PROCESS = {
    "tests/contract/test_authorisation.py": "authorisation",
    "tests/contract/test_budgets.py": "budgets",
    "tests/e2e/test_faults.py": "local cloud",
    "tests/e2e/test_journeys.py": "local cloud",
    "tests/e2e/test_local_cloud.py": "local cloud",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share tests out one by one, and those of a group together."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - the plugin may be switched off

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return ONE_PROCESS.get(nodeid.partition("::")[0], nodeid)

    return ByGroup(config, log)


@pytest.fixture
def world():
    """A marketplace of its own; at the end every promise must hold."""
    with new_world() as made:
        yield made
        made.check()


@pytest.fixture(params=sorted(PROCESSES), ids="process {}".format)
def each_version(request, world):
    """The test holds under every version of the order process; returns which one this is."""
    world.place_under(request.param)
    return request.param


@pytest.fixture
def trade(world):
    """Deeds in that marketplace."""
    return Trade(world)


def pytest_terminal_summary(terminalreporter):
    """Say what the exhaustive suites counted, also when they ran in other processes."""
    passed = terminalreporter.getreports("passed")
    counted = sorted({text for report in passed for name, text in report.user_properties if name == "summary"})
    ended = [*passed, *terminalreporter.getreports("failed")]
    crashed = [said for report in ended for name, said in report.user_properties if name == "crashed"]
    if counted or crashed:
        terminalreporter.section("counted")
        for text in counted:
            terminalreporter.write_line(text)
    if crashed:
        terminalreporter.write_line(total(crashed))
