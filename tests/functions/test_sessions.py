"""/sessions through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.sessions import handler
from tests.fakes.http import Api
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import PASSWORD, Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"sessions": handler.ROUTES})


@pytest.mark.parametrize("path", event_files("sessions"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")


FORM = {"email": "lucia@example.com", "password": PASSWORD}


def test_signing_in_answers_with_a_token_that_opens_the_list(api: Api, scene: Scene) -> None:
    scene.register()

    opened = api.post("/sessions", FORM, headers={"User-Agent": "Aval for iOS 1.0"})
    listed = api.get("/sessions", token=opened.json["token"])

    assert opened.status == 201
    assert opened.json["second_factor"] is False
    assert opened.json["expires_at"] == "2026-04-01T09:00:10.000Z"
    assert listed.json["items"] == [
        {
            "session_id": opened.json["session_id"],
            "device": "Aval for iOS 1.0",
            "created_at": "2026-03-02T09:00:10.000Z",
            "last_used_at": "2026-03-02T09:00:10.000Z",
            "expires_at": "2026-04-01T09:00:10.000Z",
            "second_factor": False,
            "current": True,
            "network": "203.0.113.0/24",
            "country": None,
        }
    ]


def test_the_list_shows_no_secret(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()

    assert token.partition(".")[2] not in api.get("/sessions", token=token).text


def test_a_known_and_an_unknown_address_get_the_same_answer(api: Api, scene: Scene) -> None:
    scene.register()

    known = api.post("/sessions", FORM | {"password": "no es esta contraseña"})
    unknown = api.post("/sessions", FORM | {"email": "nobody@example.com"})

    def comparable(reply):
        return reply.status, {name: value for name, value in reply.json.items() if name != "request_id"}

    assert comparable(known) == comparable(unknown)
    assert len(known.text) == len(unknown.text)


def test_signing_in_with_a_second_factor_step_by_step(api: Api, scene: Scene) -> None:
    scene.register()
    secret, codes = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    code = scene.code(secret)

    asked = api.post("/sessions", FORM)
    opened = api.post("/sessions", FORM | {"code": code})
    replayed = api.post("/sessions", FORM | {"code": code})
    wrong = api.post("/sessions", FORM | {"code": "000000" if code != "000000" else "111111"})
    recovered = api.post("/sessions", FORM | {"recovery_code": codes[0]})
    burned = api.post("/sessions", FORM | {"recovery_code": codes[0]})

    assert [reply.status for reply in (asked, opened, replayed, wrong, recovered, burned)] == [
        401,
        201,
        401,
        401,
        201,
        401,
    ]
    assert [reply.json["code"] for reply in (asked, replayed, wrong, burned)] == [
        "second_factor_required",
        "code_used",
        "code_wrong",
        "code_wrong",
    ]
    assert opened.json["second_factor"] is recovered.json["second_factor"] is True


def test_too_many_attempts_say_when_to_come_back(api: Api, scene: Scene) -> None:
    scene.register()
    for _ in range(10):
        api.post("/sessions", FORM | {"password": "no es esta contraseña"})

    reply = api.post("/sessions", FORM)

    assert (reply.status, reply.json["code"]) == (429, "too_many_attempts")
    assert reply.headers["retry-after"] == "290"


def test_an_ended_session_is_refused_on_the_next_request(api: Api, scene: Scene) -> None:
    scene.register()
    here, there = scene.enter(), scene.enter()

    ended = api.delete(f"/sessions/{there.session.session_id}", token=here.token)

    assert ended.status == 204
    assert [api.get("/sessions", token=token).status for token in (here.token, there.token)] == [200, 401]


def test_signing_out_everywhere_includes_here(api: Api, scene: Scene) -> None:
    scene.register()
    here, there = scene.token(), scene.token()

    ended = api.delete("/sessions", token=here)

    assert ended.status == 204
    assert [api.get("/sessions", token=token).status for token in (here, there)] == [401, 401]


def test_somebody_else_s_session_is_answered_like_a_missing_one(api: Api, scene: Scene) -> None:
    scene.register()
    scene.register("marco@example.com")
    token, foreign = scene.token(), scene.enter("marco@example.com")

    theirs = api.delete(f"/sessions/{foreign.session.session_id}", token=token)
    nobodys = api.delete(f"/sessions/ses_{'0' * 64}", token=token)

    assert (theirs.status, theirs.json["code"]) == (nobodys.status, nobodys.json["code"]) == (404, "session_not_found")
    assert api.get("/sessions", token=foreign.token).status == 200


def test_a_suspended_account_may_sign_in_and_do_nothing_here(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.suspend(account_id)

    replies = [api.get("/sessions", token=token), api.delete("/sessions", token=token), api.post("/sessions", FORM)]

    assert [(reply.status, reply.json.get("code")) for reply in replies] == [(403, "account_suspended")] * 2 + [
        (201, None)
    ]
