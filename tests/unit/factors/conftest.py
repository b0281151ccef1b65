from collections.abc import Iterator

import pytest

from marketplace.audit.doors import DOORS
from tests.unit.factors.scene import Person, Scene, factors_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with factors_scene() as made:
        yield made
        view = made.world.view()
        assert [found for predicate in DOORS for found in predicate(view)] == []


@pytest.fixture
def lucia(scene: Scene) -> Person:
    return scene.person()
