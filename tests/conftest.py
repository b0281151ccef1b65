"""What every test may ask for."""

import pytest

from marketplace.orders.process import PROCESSES
from tests.fakes.trade import Trade
from tests.fakes.world import new_world


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
    if counted:
        terminalreporter.section("counted")
        for text in counted:
            terminalreporter.write_line(text)
