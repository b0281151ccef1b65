"""Passkeys, answered by a device in software: what enters, and everything that does not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.journeys.authenticator import decoded, encoded
from tests.unit.factors.scene import PASSWORD, SITE, Person, Scene


def test_a_passkey_alone_signs_in_and_counts_as_both_factors(scene: Scene, lucia: Person) -> None:
    added = lucia.add_passkey("Lucía's phone")

    entered = lucia.enter_with(lucia.assertion())

    assert entered.status == 201
    assert entered.json["second_factor"] is True
    assert lucia.good("GET", "/passkeys")["items"][0] | {"last_used_at": None} == added
    assert lucia.good("POST", "/security/recovery-codes")["recovery_codes"]
    assert "Lucía's phone" not in str(scene.rows())


def test_the_first_passkey_shows_recovery_codes_ends_other_sessions_and_holds_payouts(
    scene: Scene, lucia: Person
) -> None:
    other = lucia.token
    lucia.sign_in()

    lucia.add_passkey()

    assert len(lucia.codes) == 10
    assert lucia.ask("GET", "/sessions", token=other).status == 401
    assert scene.services.directory.payouts_after(lucia.account_id) == scene.world.clock.now() + timedelta(hours=72)
    assert "passkey:added" in scene.log(lucia.account_id)
    assert lucia.sign_in().json["code"] == "second_factor_required"
    assert lucia.sign_in(recovery_code=lucia.codes[0]).status == 201


def test_failures_with_the_password_do_not_stand_in_a_passkeys_way(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey()
    for _ in range(30):
        lucia.post("/sessions", {"email": lucia.email, "password": "a thief's guess"}, token=None)

    assert lucia.sign_in().status == 429
    assert lucia.enter_with(lucia.assertion()).status == 201


def test_a_synced_passkey_without_a_counter_signs_in_again_and_again(scene: Scene, lucia: Person) -> None:
    lucia.device.counts = False
    lucia.add_passkey()

    assert [lucia.enter_with(lucia.assertion()).status for _ in range(3)] == [201] * 3


def test_a_copied_passkey_is_suspended_and_told_and_the_account_stays_open(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    lucia.add_passkey()
    lucia.enter_with(lucia.assertion())
    lucia.device.credentials[0].count = 0

    cloned = lucia.enter_with(lucia.assertion())
    lucia.device.credentials[0].count = 50
    afterwards = lucia.enter_with(lucia.assertion())

    assert (cloned.status, cloned.json["code"]) == (401, "passkey_cloned")
    assert (afterwards.status, afterwards.json["code"]) == (401, "passkey_suspended")
    assert lucia.good("GET", "/passkeys")["items"][0]["suspended"] is True
    assert "passkey:cloned" in scene.log(lucia.account_id)
    assert any("llave" in mail.subject and "copiada" in mail.subject for mail in scene.mails(lucia.email))
    scene.world.clock.advance(minutes=1)
    assert lucia.sign_in(code=lucia.code()).status == 201


def test_a_forged_counter_accuses_nobody(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey()
    answer = lucia.assertion()
    data = decoded(answer["response"]["authenticatorData"])
    answer["response"]["authenticatorData"] = encoded(data[:33] + bytes(4))
    before = scene.rows()

    assert lucia.enter_with(answer).json["code"] == "passkey_refused"
    assert scene.rows() == before


def test_the_same_assertion_enters_once(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey()
    answer = lucia.assertion()

    first, second = lucia.enter_with(answer), lucia.enter_with(answer)

    assert (first.status, second.status, second.json["code"]) == (201, 401, "passkey_refused")


def spoiled(change: Callable[[Any], None]) -> Callable[[Person], Any]:
    """Answer well, then change the answer."""

    def answer(person: Person) -> Any:
        made = person.assertion()
        change(made)
        return made

    return answer


def made_by(**wrong: Any) -> Callable[[Person], Any]:
    """Answer on a device that is wrong in one way."""

    def answer(person: Person) -> Any:
        for name, value in wrong.items():
            setattr(person.device, name, value)
        options = person.good("POST", "/sessions/passkey-challenges", token=None)["public_key"]
        return person.device.get(options, signed_by=person.device.credentials[0])

    return answer


def another_challenge(person: Person) -> Any:
    return person.device.get({"rpId": "aval.example", "challenge": encoded(b"c" * 32)})


def of_another_use(person: Person) -> Any:
    return person.device.get(person.good("POST", "/passkeys/challenges")["public_key"])


def expired(person: Person) -> Any:
    made = person.assertion()
    person.scene.world.clock.advance(minutes=5)
    return made


def of_nobody(person: Person) -> Any:
    made = person.assertion()
    made["response"]["userHandle"] = encoded(b"acc_nobody")
    return made


def of_somebody_else(person: Person) -> Any:
    other = person.scene.person("other@example.com")
    made = person.assertion()
    made["response"]["userHandle"] = encoded(other.account_id.encode())
    return made


BAD_ASSERTIONS = {
    "wrong origin": made_by(origin="https://aval.example.evil.test"),
    "wrong relying party": made_by(rp_id="evil.test"),
    "user not verified": made_by(verifies_user=False),
    "another challenge": another_challenge,
    "a challenge of another use": of_another_use,
    "an expired challenge": expired,
    "somebody else's user handle": of_somebody_else,
    "an unknown user handle": of_nobody,
    "no user handle": spoiled(lambda made: made["response"].pop("userHandle")),
    "a wrong signature": spoiled(lambda made: made["response"].update(signature=encoded(b"s" * 70))),
    "no JSON": spoiled(lambda made: made["response"].update(clientDataJSON=encoded(b"{"))),
    "deep JSON": spoiled(lambda made: made["response"].update(clientDataJSON=encoded(b"[" * 1_000))),
    "short data": spoiled(lambda made: made["response"].update(authenticatorData=encoded(b"d"))),
    "another credential": spoiled(lambda made: made.update(id=encoded(b"x" * 32), rawId=encoded(b"x" * 32))),
    "two credentials": spoiled(lambda made: made.update(rawId=encoded(b"x" * 32))),
}


@pytest.mark.parametrize("name", BAD_ASSERTIONS)
def test_a_bad_assertion_enters_nobody_and_changes_nothing(scene: Scene, lucia: Person, name: str) -> None:
    lucia.add_passkey()
    answer = BAD_ASSERTIONS[name](lucia)
    before = scene.rows()

    reply = lucia.enter_with(answer)

    assert (reply.status, reply.json["code"]) == (401, "passkey_refused")
    assert scene.rows() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credential": None},
        {"credential": {"id": "a" * 10_000, "rawId": "a", "type": "public-key", "response": {}}},
        {"credential": {"id": "ñ", "rawId": "ñ", "type": "public-key", "response": {}}},
        {"credential": {"id": "aaaa", "rawId": "aaaa", "type": "password", "response": {}}},
    ],
)
def test_what_is_no_assertion_is_named_so(scene: Scene, lucia: Person, body: Any) -> None:
    reply = lucia.post("/sessions/passkey", body, token=None)

    assert (reply.status, reply.json["code"]) == (422, "invalid")


BAD_DEVICES = {
    "wrong origin": {"origin": "https://evil.test"},
    "wrong relying party": {"rp_id": "evil.test"},
    "user not verified": {"verifies_user": False},
}


@pytest.mark.parametrize("name", BAD_DEVICES)
def test_a_bad_registration_adds_nothing(scene: Scene, lucia: Person, name: str) -> None:
    options = lucia.begin_passkey(password=PASSWORD)
    for attribute, value in BAD_DEVICES[name].items():
        setattr(lucia.device, attribute, value)
    made = lucia.device.create(options)
    before = scene.rows()

    reply = lucia.post("/passkeys", {"name": "Phone", "credential": made})

    assert (reply.status, reply.json["code"]) == (422, "passkey_invalid")
    assert scene.rows() == before


def test_a_registration_is_of_the_session_that_began_it_and_counts_once(scene: Scene, lucia: Person) -> None:
    made = lucia.device.create(lucia.begin_passkey(password=PASSWORD))
    here = lucia.token
    lucia.sign_in()

    elsewhere = lucia.post("/passkeys", {"name": "Phone", "credential": made})
    at_home = lucia.post("/passkeys", {"name": "Phone", "credential": made}, token=here)
    again = lucia.post("/passkeys", {"name": "Phone", "credential": made}, token=here)

    assert (elsewhere.status, elsewhere.json["code"]) == (422, "passkey_invalid")
    assert at_home.status == 201
    assert (again.status, again.json["code"]) == (422, "passkey_invalid")


def test_a_credential_belongs_to_one_account(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey()
    other = scene.person("other@example.com")
    options = other.begin_passkey(password=PASSWORD)
    thief = lucia.device
    stolen = thief.credentials[0].credential_id
    made = thief.create(options)
    forged = decoded(made["response"]["attestationObject"]).replace(thief.credentials[1].credential_id, stolen)
    name = encoded(stolen)
    made |= {"id": name, "rawId": name}
    made["response"]["attestationObject"] = encoded(forged)

    reply = other.post("/passkeys", {"name": "Mine", "credential": made})

    assert (reply.status, reply.json["code"]) == (409, "passkey_already_registered")
    assert other.good("GET", "/passkeys")["items"] == []


def test_an_account_has_ten_at_most(scene: Scene, lucia: Person) -> None:
    for number in range(10):
        lucia.add_passkey(f"Key {number}")
        scene.world.clock.advance(seconds=1)

    reply = lucia.post("/passkeys/registrations", {})

    assert (reply.status, reply.json["code"]) == (409, "too_many_passkeys")
    assert [each["name"] for each in lucia.good("GET", "/passkeys")["items"]] == [f"Key {n}" for n in range(10)]


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(scene: Scene, lucia: Person) -> None:
    mine = lucia.add_passkey()["passkey_id"]
    other = scene.person("other@example.com")

    foreign = [
        other.ask("PATCH", f"/passkeys/{mine}", {"name": "Mine now"}),
        other.ask("DELETE", f"/passkeys/{mine}"),
        lucia.ask("DELETE", "/passkeys/psk_00000000000000000000000000"),
    ]
    renamed = lucia.good("PATCH", f"/passkeys/{mine}", {"name": "Old phone"})
    gone = lucia.ask("DELETE", f"/passkeys/{mine}")

    assert [(reply.status, reply.json["code"]) for reply in foreign] == [(404, "passkey_not_found")] * 3
    assert renamed["name"] == "Old phone"
    assert gone.status == 204
    assert lucia.sign_in().status == 201
    assert lucia.enter_with(lucia.assertion()).json["code"] == "passkey_refused"


def test_what_the_browser_is_asked_verifies_its_user_and_finds_the_account_by_itself(
    scene: Scene, lucia: Person
) -> None:
    lucia.add_passkey()
    options = lucia.begin_passkey()
    entering = lucia.good("POST", "/sessions/passkey-challenges", token=None)["public_key"]

    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["rp"] == {"id": SITE.removeprefix("https://"), "name": "Aval"}
    assert len(options["excludeCredentials"]) == 1
    assert (entering["userVerification"], entering["allowCredentials"]) == ("required", [])
    assert options["challenge"] not in str(scene.rows())
