"""What tests of the trading functions may ask for."""

import pytest

from tests.functions.story import Story


@pytest.fixture
def story(world):
    """A shop with people signed in; every promise is checked at the end."""
    return Story(world)
