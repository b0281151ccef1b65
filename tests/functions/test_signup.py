"""/signup through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.signup import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import PASSWORD, Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"signup": handler.ROUTES})


@pytest.mark.parametrize("path", event_files("signup"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")


FORM = {"email": "marco@example.com", "password": PASSWORD, "display_name": "Marco", "locale": "en"}


def test_a_free_and_a_taken_address_get_the_same_answer(api: Api, scene: Scene) -> None:
    scene.register()

    free = api.post("/signup", FORM)
    taken = api.post("/signup", FORM | {"email": "lucia@example.com"})

    varying = {"x-request-id", "date"}
    assert (free.status, free.text) == (taken.status, taken.text) == (202, '{"status":"check_your_mail"}')
    assert {k: v for k, v in free.headers.items() if k not in varying} == {
        k: v for k, v in taken.headers.items() if k not in varying
    }


def test_a_known_and_an_unknown_address_get_the_same_answer_to_resend(api: Api, scene: Scene) -> None:
    scene.register(verified=False)

    known = api.post("/signup/resend", {"email": "lucia@example.com"})
    unknown = api.post("/signup/resend", {"email": "nobody@example.com"})

    assert (known.status, known.text) == (unknown.status, unknown.text) == (202, '{"status":"check_your_mail"}')


def test_the_mailed_token_verifies_once_and_with_the_password_only(api: Api, scene: Scene) -> None:
    account_id = scene.register(verified=False)
    token = scene.signup.mint_verification(account_id)

    wrong = api.post("/signup/verify", {"token": token, "password": "not the one of the sign-up"})
    first = api.post("/signup/verify", {"token": token, "password": PASSWORD})
    second = api.post("/signup/verify", {"token": token, "password": PASSWORD})

    assert (wrong.status, wrong.json["code"]) == (401, "password_wrong")
    assert (first.status, first.json) == (200, {"account_id": account_id})
    assert (second.status, second.json["code"]) == (422, "verification_token_invalid")


def test_a_refused_password_is_named_with_its_reason_and_never_repeated(api: Api) -> None:
    reply = api.post("/signup", FORM | {"password": "catorce letras"}, headers={"Accept-Language": "es"})

    assert reply.json["fields"] == {"password": "too_short"}
    assert reply.json["title"].startswith(("Choose", "Elige"))
    assert "catorce letras" not in reply.text


def test_the_language_is_spanish_unless_said_otherwise(api: Api, scene: Scene) -> None:
    api.post("/signup", {name: value for name, value in FORM.items() if name != "locale"})

    account = scene.store.read(scene.store.owner_of("marco@example.com") or "")
    assert account is not None
    assert account.locale == "es"


def test_a_flood_from_one_place_is_told_when_to_come_back(api: Api) -> None:
    for _ in range(300):
        api.post("/signup", FORM)

    reply = api.post("/signup", FORM)

    assert (reply.status, reply.json["code"], reply.headers["retry-after"]) == (429, "too_many_attempts", "3590")
