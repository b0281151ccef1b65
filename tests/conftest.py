"""What every test may ask for."""

import pytest

from tests.fakes.trade import Trade
from tests.fakes.world import new_world


@pytest.fixture
def world():
    """A marketplace of its own; at the end every promise must hold."""
    with new_world() as made:
        yield made
        made.check()


@pytest.fixture
def trade(world):
    """Deeds in that marketplace."""
    return Trade(world)
