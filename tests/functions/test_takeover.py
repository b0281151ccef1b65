"""A stopped takeover, from the notice in the mailbox to the owner's way back, over the API and the real queues."""

import re
from typing import Any

import pytest

from tests.fakes.http import Api
from tests.fakes.world import World

EMAIL, PASSWORD, NEW = "lucia@correo.example", "la contraseña de su dueña", "otra que nadie más conoce"
FORM = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
def api(world: World) -> Api:
    """The API of a marketplace in which Lucía has a proved address and has signed in once."""
    api = Api(world.services)
    api.post("/signup", FORM | {"display_name": "Lucía", "locale": "es"})
    world.drain()
    api.post("/signup/verify", {"token": token_in(world.mails[-1]), "password": PASSWORD})
    assert api.post("/sessions", FORM).status == 201
    world.drain()
    world.mails.clear()
    return api


def token_in(mail: Any) -> str:
    return re.findall(r"token=([A-Za-z0-9_-]+)", mail.body)[-1]


def test_a_thief_with_the_password_is_locked_out_by_one_click(api: Api, world: World) -> None:
    thief = api.post("/sessions", FORM, headers={"User-Agent": "a thief's browser"}).json["token"]
    world.drain()
    [notice] = world.mails

    assert notice.to == EMAIL
    assert notice.subject == "Ha iniciado sesión un dispositivo nuevo"
    assert "No he sido yo: https://aval.example/not-me?token=" in notice.body
    assert api.post("/security/not-me", {"token": token_in(notice)}).status == 202
    world.drain()

    assert api.get("/account", token=thief).status == 401
    assert api.post("/sessions", FORM).json["code"] == "account_locked"
    locked = world.mails[-1]
    assert "https://aval.example/reset?token=" in locked.body
    assert api.post("/password/resets", {"token": token_in(locked), "password": NEW}).status == 200
    assert api.post("/sessions", FORM).json["code"] == "credentials_wrong"
    assert api.post("/sessions", FORM | {"password": NEW}).status == 201


def test_no_token_stands_in_an_event_a_queue_or_the_inbox(api: Api, world: World) -> None:
    session = api.post("/sessions", FORM).json["token"]
    api.post("/password/reset-requests", {"email": EMAIL})
    world.drain()

    tokens = {token_in(mail) for mail in world.mails}
    inbox = api.get("/notifications", token=session).text
    kept = str(world.dynamo.rows("aval-local-outbox")) + str(world.dynamo.rows("aval-local-accounts")) + inbox

    assert len(tokens) == len(world.mails) == 2
    assert not any(token in kept for token in tokens)


def test_an_unusual_sign_in_needs_the_code_from_the_mailbox(api: Api, world: World) -> None:
    for number in range(10):
        api.post("/sessions", {"email": f"victim{number}@correo.example", "password": PASSWORD})

    asked = api.post("/sessions", FORM)
    world.drain()
    code = re.search(r"^(\d{8})$", world.mails[-1].body, re.MULTILINE)
    assert code is not None
    shown = {"mail_code": code[1], "mail_request": asked.json["facts"]["mail_request"]}
    opened = api.post("/sessions", FORM | shown)
    again = api.post("/sessions", FORM | shown)

    assert (asked.status, asked.json["code"]) == (401, "mail_code_required")
    assert opened.status == 201
    assert (again.status, again.json["code"]) == (401, "code_wrong")
