"""Step-up: a session proves within minutes whose it is, and gets a new token by that."""

import pytest

import app
from tests.unit.factors.scene import PASSWORD, Person, Scene


def test_a_fresh_session_needs_no_step_up_and_an_older_one_does(scene: Scene, lucia: Person) -> None:
    scene.world.clock.advance(minutes=5)
    in_time = lucia.post("/security/totp", {"password": PASSWORD})
    scene.world.clock.advance(milliseconds=1)
    too_late = lucia.post("/security/totp", {"password": PASSWORD})

    assert in_time.status == 201
    assert (too_late.status, too_late.json["code"]) == (403, "step_up_required")
    assert too_late.json["facts"] == {"how": "password"}


def test_the_password_renews_a_session_without_a_factor_and_ends_the_old_token(scene: Scene, lucia: Person) -> None:
    scene.world.clock.advance(hours=1)
    old = lucia.token

    proved = lucia.step_up(password=PASSWORD)

    assert proved.status == 200
    assert lucia.token != old
    assert lucia.ask("GET", "/security/factors", token=old).status == 401
    assert lucia.post("/security/totp", {"password": PASSWORD}).status == 201
    assert "step_up:succeeded" in scene.log(lucia.account_id)


def test_a_step_up_does_not_make_a_session_live_longer(scene: Scene, lucia: Person) -> None:
    before = lucia.good("GET", "/sessions")["items"][0]["expires_at"]
    scene.world.clock.advance(hours=1)

    assert lucia.step_up(password=PASSWORD).json["expires_at"] == before


def test_with_a_factor_the_password_proves_nothing_any_more(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    scene.world.clock.advance(hours=1)

    refused = lucia.post("/security/recovery-codes")
    by_password = lucia.step_up(password=PASSWORD)
    by_code = lucia.step_up(code=lucia.code())

    assert refused.json["facts"] == {"how": "code,recovery_code"}
    assert (by_password.status, by_password.json["code"]) == (422, "proof_not_offered")
    assert by_code.status == 200
    assert len(lucia.good("POST", "/security/recovery-codes")["recovery_codes"]) == 10


@pytest.mark.parametrize("shown", [{}, {"code": "123456", "recovery_code": "abcd"}, {"passkey": None}])
def test_exactly_one_proof_is_shown(scene: Scene, lucia: Person, shown: dict[str, object]) -> None:
    lucia.enable_totp()
    before = scene.rows()

    reply = lucia.step_up(**shown)

    assert (reply.status, reply.json["code"]) == (422, "proof_not_offered")
    assert scene.rows() == before


def test_a_recovery_code_steps_up_once(scene: Scene, lucia: Person) -> None:
    first, *_ = lucia.enable_totp()

    assert lucia.step_up(recovery_code=first.upper().replace("-", " ")).status == 200
    assert lucia.step_up(recovery_code=first).json["code"] == "code_wrong"
    assert lucia.good("GET", "/security/factors") == {"totp": True, "passkeys": 0, "recovery_codes_left": 9}


def test_a_passkey_steps_up_the_session_that_asked_and_no_other(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey()
    here = lucia.token
    lucia.enter_with(lucia.assertion())
    there = lucia.token
    answer = lucia.device.get(lucia.good("POST", "/passkeys/challenges", token=here)["public_key"])

    elsewhere = lucia.post("/sessions/step-up", {"passkey": answer}, token=there)
    at_home = lucia.post("/sessions/step-up", {"passkey": answer}, token=here)

    assert (elsewhere.status, elsewhere.json["code"]) == (401, "passkey_refused")
    assert at_home.status == 200


def test_a_code_that_is_shown_again_stands_in_the_owner_s_log(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    lucia.wait_for_code()
    code = lucia.code()
    assert lucia.step_up(code=code).status == 200

    again = lucia.step_up(code=code)

    assert again.json["code"] == "code_used"
    assert scene.log(lucia.account_id).count("totp:failed") == 1


def test_whoever_guesses_in_a_stolen_session_stops_at_five_and_locks_nobody_out(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    scene.world.clock.advance(minutes=1)
    wrong = "000000" if lucia.code() != "000000" else "111111"

    guesses = [lucia.step_up(code=wrong).json["code"] for _ in range(6)]

    assert guesses == ["code_wrong"] * 5 + ["too_many_attempts"]
    assert lucia.sign_in(code=lucia.code()).status == 201


def test_a_wrong_clock_is_told_apart_from_a_wrong_code_and_still_counts(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    scene.world.clock.advance(hours=1)

    drifted = [lucia.step_up(code=lucia.code(steps)) for steps in (-20, -2, 2, 20)]
    too_far = lucia.step_up(code=lucia.code(21))

    assert [(reply.status, reply.json["code"]) for reply in drifted] == [(401, "code_clock_drift")] * 4
    assert [reply.json["facts"]["drift_seconds"] for reply in drifted] == [-600, -60, 60, 600]
    assert too_far.json["code"] == "code_wrong"
    assert lucia.step_up(code=lucia.code()).json["code"] == "too_many_attempts"


def test_every_factor_change_and_the_payout_account_ask_for_a_step_up() -> None:
    guarded = {f"{route.method} {route.path}" for routes in app.ROUTES.values() for route in routes if route.step_up}

    assert {
        "POST /security/totp",
        "POST /security/totp/confirm",
        "DELETE /security/totp",
        "POST /security/recovery-codes",
        "POST /passkeys/registrations",
        "POST /passkeys",
        "DELETE /passkeys/{passkey_id}",
        "POST /account/email",
        "PUT /password",
        "POST /sellers/me/onboarding",
    } <= guarded
