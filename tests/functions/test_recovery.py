"""/recovery through its Chalice app, with whole API Gateway events; what it does stands in tests/unit/factors."""

from pathlib import Path

import pytest

from functions.recovery import handler
from tests.unit.accounts.events import event_files, run_file


@pytest.mark.parametrize("path", event_files("recovery"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")
