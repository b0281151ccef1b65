"""/security/not-me through its Chalice app: one answer, whatever the token."""

from pathlib import Path

import pytest

from functions.not_me import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import accounts_scene


@pytest.mark.parametrize("path", event_files("not_me"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"], reply.text
    assert (reply.json or {}).get("code") == expected.get("code")


def test_good_spent_and_made_up_tokens_have_the_same_answer() -> None:
    with accounts_scene() as scene:
        api = Api(scene.services, {"not_me": handler.ROUTES})
        token = scene.services.not_me.mint(scene.register(), "lucia@example.com")

        replies = [api.post("/security/not-me", {"token": text}) for text in (token, token, "A" * 43, "x")]

        assert {(reply.status, reply.text) for reply in replies} == {(202, '{"status":"check_your_mail"}')}
        assert len(scene.events("account.account_locked")) == 1
