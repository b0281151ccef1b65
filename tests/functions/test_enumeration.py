"""Nobody learns from the API whether an address has an account."""

from typing import Any

import pytest

from tests.fakes.http import Api
from tests.fakes.world import World

TAKEN, FREE = "taken@correo.example", "free@correo.example"
OWNERS, GUESSED = "la contraseña de su dueña", "la contraseña de un extraño"


def _form(email: str, password: str) -> dict[str, str]:
    return {"email": email, "password": password, "display_name": "Alguien"}


def _answer(reply: Any) -> tuple[Any, ...]:
    varying = {"x-request-id"}
    headers = {name: value for name, value in reply.headers.items() if name not in varying}
    return reply.status, headers, {name: value for name, value in (reply.json or {}).items() if name != "request_id"}


@pytest.fixture
def api(world: World) -> Api:
    """The API of a marketplace in which one address is taken, by an account whose address is proved."""
    api = Api(world.services)
    api.post("/signup", _form(TAKEN, OWNERS))
    world.drain()
    token = world.mails[-1].body.partition("token=")[2].split()[0]
    assert api.post("/signup/verify", {"token": token, "password": OWNERS}).status == 200
    return api


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/signup", lambda email: _form(email, GUESSED)),
        ("/signup/resend", lambda email: {"email": email}),
        ("/password/reset-requests", lambda email: {"email": email}),
        ("/sessions", lambda email: {"email": email, "password": GUESSED}),
        ("/sessions", lambda email: {"email": email, "password": GUESSED, "code": "123456"}),
    ],
    ids=["sign up", "ask for a link", "ask for a new password", "sign in", "sign in with a code"],
)
def test_a_taken_and_a_free_address_have_the_same_answer(api: Api, path: str, body: Any) -> None:
    taken, free = (api.post(path, body(email)) for email in (TAKEN, FREE))

    assert _answer(taken) == _answer(free)


@pytest.mark.parametrize("path", ["/sessions", "/password/reset-requests"])
def test_the_lengths_the_round_trips_and_the_units_written_are_the_same_too(api: Api, world: World, path: str) -> None:
    """After the first attempt of all, which stores what is read in place of nobody."""
    body = {"password": GUESSED} if path == "/sessions" else {}
    api.post(path, {"email": "first@correo.example", **body})
    seen = []
    for email in (TAKEN, FREE):
        world.dynamo.calls.clear()
        reply = api.post(path, {"email": email, **body})
        seen.append((reply.status, len(reply.text), [call.operation for call in world.dynamo.calls]))

    assert seen[0] == seen[1]


LOOK_ALIKES = {
    "another case": "TAKEN@correo.example",
    "full width": "\uff54aken@correo.example",
    "dotless": "t\u0251ken@correo.example",  # a Latin alpha
    "Cyrillic": "t\u0430ken@correo.example",
    "a dot more": "ta.ken@correo.example",
    "a plus": "taken+1@correo.example",
    "a zero width space": "ta\u200bken@correo.example",
}


@pytest.mark.parametrize("like", LOOK_ALIKES)
@pytest.mark.parametrize("path", ["/sessions", "/password/reset-requests", "/signup"])
def test_a_look_alike_of_a_taken_address_tells_nothing_and_changes_nothing(
    api: Api, world: World, path: str, like: str
) -> None:
    """What is the same address in another spelling is the address; what only looks like it is somebody else's."""
    store = world.services.account_store
    before = store.read(store.owner_of(TAKEN) or "")
    forms: dict[str, Any] = {
        "/sessions": lambda email: {"email": email, "password": GUESSED},
        "/signup": lambda email: _form(email, GUESSED),
    }
    form = forms.get(path, lambda email: {"email": email})

    reply, free = api.post(path, form(LOOK_ALIKES[like])), api.post(path, form(FREE))

    after = store.read(store.owner_of(TAKEN) or "")
    assert after == before
    assert _answer(reply) == _answer(free) or reply.json["code"] == "email_invalid"


def test_signing_up_and_then_in_tells_nothing_either(api: Api, world: World) -> None:
    """Whoever signs up with an address that they do not read knows the password if, and only if, it was free."""
    for email in (TAKEN, FREE):
        api.post("/signup", _form(email, GUESSED))
    world.drain()

    taken, free = (api.post("/sessions", {"email": email, "password": GUESSED}) for email in (TAKEN, FREE))

    assert (taken.status, taken.json["code"]) == (401, "credentials_wrong")
    assert _answer(taken) == _answer(free)


@pytest.mark.parametrize("times", [2, 3, 4])
def test_signing_up_again_and_again_has_the_same_answer_and_round_trips(api: Api, world: World, times: int) -> None:
    """After the first time a free address is an unproved one, and a taken one has been told."""
    seen: dict[str, list[Any]] = {TAKEN: [], FREE: []}
    for _ in range(times):
        for email, rounds in seen.items():
            world.dynamo.calls.clear()
            world.kms.calls.clear()
            reply = api.post("/signup", _form(email, GUESSED))
            rounds.append((_answer(reply), [call.operation for call in world.dynamo.calls], len(world.kms.calls)))

    assert seen[TAKEN] == seen[FREE]


def test_an_account_opens_once_its_address_is_proved(api: Api) -> None:
    assert api.post("/sessions", {"email": TAKEN, "password": OWNERS}).status == 201
