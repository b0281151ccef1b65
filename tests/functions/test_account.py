"""/account through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.account import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"account": handler.ROUTES})


@pytest.mark.parametrize("path", event_files("account"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")


def test_an_account_is_shown_to_its_owner_without_its_secrets(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    scene.enable_factor(token := scene.token())

    reply = api.get("/account", token=token)

    assert reply.json == {
        "account_id": account_id,
        "email": "lucia@example.com",
        "email_verified": True,
        "display_name": "Lucía Vega",
        "locale": "es",
        "second_factor": True,
        "roles": [],
        "seller": "none",
        "created_at": "2026-03-02T09:00:10.000Z",
    }


def test_only_what_is_sent_is_changed(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()

    renamed = api.patch("/account", {"display_name": "  Lucía   V. "}, token=token)
    moved = api.patch("/account", {"locale": "en"}, token=token)

    assert (renamed.json["display_name"], renamed.json["locale"]) == ("Lucía V.", "es")
    assert (moved.json["display_name"], moved.json["locale"]) == ("Lucía V.", "en")
    assert scene.sessions.authenticate(token).locale == "en"


@pytest.mark.parametrize("field", ["email", "email_verified", "roles", "seller_active", "account_id", "password"])
def test_nothing_else_can_be_changed(api: Api, scene: Scene, field: str) -> None:
    account_id = scene.register()
    token = scene.token()
    before = scene.store.read(account_id)

    reply = api.patch("/account", {"display_name": "Otra", field: "x"}, token=token)

    assert reply.status == 422
    assert scene.store.read(account_id) == before


def test_the_seller_side_is_seen_in_the_account(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.apply(account_id)
    applied = api.get("/account", token=token).json["seller"]
    scene.activate()

    assert (applied, api.get("/account", token=token).json["seller"]) == ("applied", "active")
