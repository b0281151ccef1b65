"""/password through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.password import handler
from functions.sessions import handler as sessions
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import PASSWORD, Scene, accounts_scene

FORM = {"email": "lucia@example.com", "password": PASSWORD}
NEW = "cuatro perros cruzan el puente"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"password": handler.ROUTES, "sessions": sessions.ROUTES})


@pytest.mark.parametrize("path", event_files("password"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"], reply.text
    assert (reply.json or {}).get("code") == expected.get("code")


def test_a_reset_sets_the_password_and_signs_nobody_in(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    link = scene.services.password_reset.mint(account_id, FORM["email"])

    reset = api.post("/password/resets", {"token": link, "password": NEW})
    again = api.post("/password/resets", {"token": link, "password": PASSWORD})

    assert (reset.status, reset.json) == (200, {"status": "sign_in"})
    assert (again.status, again.json["code"]) == (422, "reset_link_invalid")
    assert api.get("/sessions", token=token).status == 401
    assert api.post("/sessions", FORM).status == 401
    assert api.post("/sessions", FORM | {"password": NEW}).status == 201


def test_a_change_goes_on_under_a_new_token_and_ends_the_old_ones(api: Api, scene: Scene) -> None:
    scene.register()
    here = api.post("/sessions", FORM).json
    there = scene.token()

    changed = api.put(
        "/password",
        {"current": PASSWORD, "new": NEW},
        token=here["token"],
        headers={"Aval-Device": here["device_token"]},
    )

    assert changed.status == 200
    assert [api.get("/sessions", token=t).status for t in (here["token"], there, changed.json["token"])] == [
        401,
        401,
        200,
    ]
    known = api.post("/sessions", FORM | {"password": NEW}, headers={"Aval-Device": here["device_token"]})
    assert (known.status, known.json["device_token"]) == (201, None)


def test_a_change_asks_for_a_young_proof(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()
    scene.clock.advance(minutes=6)

    reply = api.put("/password", {"current": PASSWORD, "new": NEW}, token=token)

    assert (reply.status, reply.json["code"]) == (403, "step_up_required")


@pytest.mark.parametrize("device", ["", "x", "A" * 44, "ñ" * 43, "A" * 5_000])
def test_a_made_up_device_is_a_new_one(api: Api, scene: Scene, device: str) -> None:
    scene.register()

    reply = api.post("/sessions", FORM, headers={"Aval-Device": device})

    assert reply.status == 201
    assert len(reply.json["device_token"]) == 43
