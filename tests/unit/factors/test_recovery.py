"""The way back without password and factors: three days, in which anybody who can reach the account calls it off."""

from typing import Any

import pytest

from marketplace.kit.principal import MODERATOR
from tests.unit.factors.scene import PASSWORD, Person, Scene

NEW_PASSWORD = "doce lunas sobre el puerto"


def ask(scene: Scene, email: str) -> Any:
    return scene.api.post("/recovery", {"email": email})


def begin(scene: Scene, person: Person) -> Any:
    ask(scene, person.email)
    return person.post("/recovery/beginnings", {"token": scene.token_of(person.email, "/recovery/begin")}, token=None)


def finish(scene: Scene, person: Person, password: str = NEW_PASSWORD) -> Any:
    ask(scene, person.email)
    token = scene.token_of(person.email, "/recovery/finish")
    return person.post("/recovery/completions", {"token": token, "password": password}, token=None)


def test_after_three_days_a_new_password_is_set_and_every_factor_is_gone(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    lucia.add_passkey()
    begun = begin(scene, lucia)
    scene.world.clock.advance(hours=72)

    done = finish(scene, lucia)

    assert (begun.status, done.status) == (202, 200)
    assert lucia.ask("GET", "/sessions").status == 401
    assert lucia.sign_in().json["code"] == "credentials_wrong"
    entered = lucia.sign_in(password=NEW_PASSWORD)
    assert (entered.status, entered.json["second_factor"]) == (201, False)
    assert lucia.good("GET", "/security/factors") == {"totp": False, "passkeys": 0, "recovery_codes_left": 0}
    assert lucia.enter_with(lucia.assertion()).json["code"] == "passkey_refused"
    held = scene.services.directory.payouts_after(lucia.account_id) - scene.world.clock.now()
    assert held.total_seconds() == 72 * 3600
    kinds = scene.log(lucia.account_id)
    assert [kind for kind in kinds if kind.startswith("recovery:")] == ["recovery:started", "recovery:completed"]


def test_it_cannot_be_finished_a_moment_early(scene: Scene, lucia: Person) -> None:
    begin(scene, lucia)
    recovery = scene.services.factor_store.recovery(lucia.account_id)
    token = scene.services.recoveries.mint_finish(lucia.account_id, "")
    scene.world.clock.set(recovery.due_at)
    scene.world.clock.advance(milliseconds=-1)
    before = scene.rows()

    early = lucia.post("/recovery/completions", {"token": token, "password": NEW_PASSWORD}, token=None)

    assert (early.status, early.json["code"]) == (422, "link_invalid") or early.json["code"] == "recovery_not_due"
    assert scene.rows() == before


def test_asking_while_it_waits_mails_the_way_to_call_it_off_and_no_way_to_finish(scene: Scene, lucia: Person) -> None:
    begin(scene, lucia)
    scene.world.clock.advance(hours=71)
    ask(scene, lucia.email)

    newest = scene.mails(lucia.email)[-1]

    assert "/recovery/cancel?token=" in newest.body
    with pytest.raises(AssertionError):
        scene.token_of(lucia.email, "/recovery/finish")


@pytest.mark.parametrize("by", ["session", "mail"])
def test_a_session_or_a_mailed_link_calls_it_off(scene: Scene, lucia: Person, by: str) -> None:
    begin(scene, lucia)

    if by == "session":
        assert lucia.ask("DELETE", "/recovery").status == 204
        assert lucia.ask("DELETE", "/recovery").json["code"] == "recovery_not_found"
    else:
        token = scene.token_of(lucia.email, "/recovery/cancel")
        replies = [lucia.post("/recovery/cancellations", {"token": token}, token=None) for _ in range(2)]
        assert [reply.status for reply in replies] == [200, 422]

    scene.world.clock.advance(hours=73)
    ask(scene, lucia.email)
    assert "/recovery/begin?token=" in scene.mails(lucia.email)[-1].body
    assert "recovery:cancelled" in scene.log(lucia.account_id)


def test_every_address_is_told_a_day_before_the_end_and_once(scene: Scene, lucia: Person) -> None:
    begin(scene, lucia)
    scene.world.clock.advance(hours=48)

    told = [scene.services.recoveries.remind() for _ in range(2)]

    assert told == [1, 0]
    assert len([mail for mail in scene.mails(lucia.email) if "Último día" in mail.subject]) == 1


def test_the_answer_is_the_same_for_every_address(scene: Scene, lucia: Person) -> None:
    known, unknown = ask(scene, lucia.email), ask(scene, "nobody@example.com")
    odd = ask(scene, "no address")

    assert (known.status, known.text) == (unknown.status, unknown.text) == (odd.status, odd.text)
    assert {name for name in known.headers if name != "x-request-id"} == {
        name for name in unknown.headers if name != "x-request-id"
    }


def test_an_unknown_address_costs_the_same_calls(scene: Scene, lucia: Person) -> None:
    def calls(email: str) -> list[str]:
        scene.world.dynamo.calls.clear()
        ask(scene, email)
        return [call.operation for call in scene.world.dynamo.calls]

    assert calls(lucia.email) == calls("nobody@example.com")


def test_no_mailbox_is_flooded(scene: Scene, lucia: Person) -> None:
    for _ in range(8):
        assert ask(scene, lucia.email).status == 202

    assert len([mail for mail in scene.mails(lucia.email) if "recuperar" in mail.subject]) == 3


def test_staff_are_let_back_in_by_two_administrators(scene: Scene) -> None:
    person = scene.person(roles=frozenset({MODERATOR}), signed_in=False)
    ask(scene, person.email)
    token = scene.services.recoveries.mint_begin(person.account_id, "")

    reply = person.post("/recovery/beginnings", {"token": token}, token=None)

    assert "dos administradores" in scene.mails(person.email)[-1].body
    assert (reply.status, reply.json["code"]) == (403, "recovery_needs_two")


def test_the_new_password_must_stand_alone(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    begin(scene, lucia)
    scene.world.clock.advance(hours=72)

    reply = finish(scene, lucia, "short one")

    assert (reply.status, reply.json["code"]) == (422, "password_refused")
    assert lucia.account().has_factor


def test_a_link_is_of_one_use_and_one_step(scene: Scene, lucia: Person) -> None:
    ask(scene, lucia.email)
    token = scene.token_of(lucia.email, "/recovery/begin")
    before = scene.rows()

    crossed = lucia.post("/recovery/completions", {"token": token, "password": NEW_PASSWORD}, token=None)
    made_up = lucia.post("/recovery/beginnings", {"token": "x" * 43}, token=None)
    assert [(each.status, each.json["code"]) for each in (crossed, made_up)] == [(422, "link_invalid")] * 2
    assert scene.rows() == before

    first = lucia.post("/recovery/beginnings", {"token": token}, token=None)
    again = lucia.post("/recovery/beginnings", {"token": token}, token=None)
    assert (first.status, again.status) == (202, 422)


def test_a_second_beginning_does_not_lengthen_the_wait(scene: Scene, lucia: Person) -> None:
    ask(scene, lucia.email)
    one = scene.token_of(lucia.email, "/recovery/begin")
    two = scene.services.recoveries.mint_begin(lucia.account_id, "")
    first = lucia.post("/recovery/beginnings", {"token": one}, token=None)
    scene.world.clock.advance(hours=10)

    second = lucia.post("/recovery/beginnings", {"token": two}, token=None)

    assert second.json == first.json


def test_an_old_link_and_an_old_recovery_are_void(scene: Scene, lucia: Person) -> None:
    ask(scene, lucia.email)
    old = scene.token_of(lucia.email, "/recovery/begin")
    scene.world.clock.advance(hours=24)
    assert lucia.post("/recovery/beginnings", {"token": old}, token=None).json["code"] == "link_invalid"
    begin(scene, lucia)
    scene.world.clock.advance(days=10)
    ask(scene, lucia.email)

    assert "/recovery/begin?token=" in scene.mails(lucia.email)[-1].body
    assert lucia.sign_in(password=PASSWORD).status == 201


def test_a_recovery_that_meets_a_sign_in_is_repeated_and_nothing_is_half_done(scene: Scene, lucia: Person) -> None:
    begin(scene, lucia)
    scene.world.clock.advance(hours=72)
    ask(scene, lucia.email)
    token = scene.token_of(lucia.email, "/recovery/finish")
    setting = scene.services.password_setting
    read = setting.forget_devices

    def read_then_lose(account_id: str) -> Any:
        writes = read(account_id)
        assert lucia.sign_in().status == 201
        return writes

    setting.forget_devices = read_then_lose
    met = lucia.post("/recovery/completions", {"token": token, "password": NEW_PASSWORD}, token=None)
    setting.forget_devices = read
    again = lucia.post("/recovery/completions", {"token": token, "password": NEW_PASSWORD}, token=None)

    assert (met.status, met.json["code"], again.status) == (503, "unavailable", 200)
