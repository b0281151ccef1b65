from collections.abc import Iterator

import pytest

from tests.unit.factors.scene import Person, Scene, factors_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with factors_scene() as made:
        yield made


@pytest.fixture
def lucia(scene: Scene) -> Person:
    return scene.person()
