from collections.abc import Iterator

import pytest

from tests.unit.accounts.scene import Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built
