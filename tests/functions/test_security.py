"""/security through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.security import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import PASSWORD, Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"security": handler.ROUTES})


KNOWN = {"password": PASSWORD}


@pytest.mark.parametrize("path", event_files("security"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")


def test_turning_the_second_factor_on_and_renewing_the_codes(api: Api, scene: Scene) -> None:
    scene.register()
    token, other = scene.token(), scene.token()

    begun = api.post("/security/totp", KNOWN, token=token)
    confirmed = api.post("/security/totp/confirm", {"code": scene.code(begun.json["secret"])}, token=token)
    scene.clock.advance(seconds=30)
    shown = {"code": scene.code(begun.json["secret"])}
    renewed = api.post("/security/recovery-codes", KNOWN | shown, token=token)

    assert (begun.status, confirmed.status, renewed.status) == (201, 200, 200)
    assert begun.json["otpauth_uri"].startswith("otpauth://totp/Aval:lucia%40example.com?")
    assert len(confirmed.json["recovery_codes"]) == len(renewed.json["recovery_codes"]) == 10
    assert not set(confirmed.json["recovery_codes"]) & set(renewed.json["recovery_codes"])
    assert api.post("/security/totp", KNOWN, token=other).status == 401


def test_a_session_without_the_password_changes_no_factor(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()
    guess = {"password": "a thief's own guess"}

    begun = api.post("/security/totp", guess, token=token)
    scene.enable_factor(token)
    renewed = api.post("/security/recovery-codes", guess | {"code": "123456"}, token=token)
    silent = [api.post(path, {}, token=token).json["fields"] for path in ("/security/totp", "/security/recovery-codes")]

    assert (begun.status, begun.json["code"]) == (renewed.status, renewed.json["code"]) == (401, "password_wrong")
    assert all(fields["password"] == "required" for fields in silent)


def test_a_wrong_code_turns_nothing_on(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()
    secret = api.post("/security/totp", KNOWN, token=token).json["secret"]

    reply = api.post(
        "/security/totp/confirm", {"code": "000000" if scene.code(secret) != "000000" else "111111"}, token=token
    )

    assert (reply.status, reply.json["code"]) == (401, "code_wrong")
    assert scene.enter()


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "１２３４５６", "", 123456, None])  # noqa: RUF001
def test_a_code_is_six_digits(api: Api, scene: Scene, code: object) -> None:
    scene.register()

    reply = api.post("/security/totp/confirm", {"code": code}, token=scene.token())

    assert (reply.status, reply.json["code"]) == (422, "invalid")
