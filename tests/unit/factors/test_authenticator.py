"""The authenticator app: begun, confirmed, replaced, removed; and recovery codes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.kit.principal import MODERATOR
from tests.unit.factors.scene import PASSWORD, Person, Scene


def test_enrolment_gives_an_address_and_its_picture_and_protects_nothing_yet(scene: Scene, lucia: Person) -> None:
    begun = lucia.good("POST", "/security/totp", {"password": PASSWORD})

    address = urlsplit(begun["otpauth_uri"])
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Aval:lucia%40example.com")
    assert parse_qs(address.query) == {"secret": [begun["secret"]], "issuer": ["Aval"]}
    assert begun["qr_svg"].startswith("<svg ")
    assert lucia.sign_in().status == 201


@pytest.mark.parametrize("body", [{}, {"password": "a thief's own guess"}])
def test_the_first_factor_asks_for_the_password_besides_the_session(
    scene: Scene, lucia: Person, body: dict[str, str]
) -> None:
    before = scene.rows()

    replies = [lucia.post(path, body) for path in ("/security/totp", "/passkeys/registrations")]

    assert [(reply.status, reply.json["code"]) for reply in replies] == [(401, "password_wrong")] * 2
    assert scene.rows() == before


def test_confirming_shows_ten_codes_ends_other_sessions_holds_payouts_and_is_told(scene: Scene, lucia: Person) -> None:
    other = lucia.token
    lucia.sign_in()

    codes = lucia.enable_totp()

    assert len(set(codes)) == 10
    assert not any(code.replace("-", "") in str(scene.rows()) for code in codes)
    assert lucia.ask("GET", "/sessions", token=other).status == 401
    held = scene.services.directory.payouts_after(lucia.account_id)
    assert (held - scene.world.clock.now()).total_seconds() == 72 * 3600
    assert scene.services.directory.has_factor(lucia.account_id)
    [told] = [mail for mail in scene.mails(lucia.email) if "dos pasos" in mail.subject]
    assert "/not-me?token=" in told.body
    assert "totp:enabled" in scene.log(lucia.account_id)


def test_an_enrolment_is_confirmed_once(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    before = scene.rows()

    again = lucia.post("/security/totp/confirm", {"code": lucia.code()})

    assert (again.status, again.json["code"]) == (409, "totp_not_started")
    assert scene.rows() == before


def test_a_new_app_takes_the_old_ones_place_only_when_it_is_confirmed(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    old = lucia.secret
    begun = lucia.good("POST", "/security/totp", {})
    lucia.wait_for_code()
    still = lucia.sign_in(code=lucia.code())
    lucia.secret = begun["secret"]

    made = lucia.good("POST", "/security/totp/confirm", {"code": lucia.code()})

    assert still.status == 201
    assert made["recovery_codes"] == []
    scene.world.clock.advance(seconds=60)
    assert lucia.sign_in(code=lucia.code()).status == 201
    lucia.secret = old
    scene.world.clock.advance(seconds=60)
    assert lucia.sign_in(code=lucia.code()).json["code"] == "code_wrong"


def test_the_last_factor_goes_only_where_the_password_is_long_enough(scene: Scene) -> None:
    short = scene.person("short@example.com", password_is_long=False)
    long = scene.person("long@example.com")
    short.enable_totp()
    long.enable_totp()

    refused, gone = short.ask("DELETE", "/security/totp"), long.ask("DELETE", "/security/totp")

    assert (refused.status, refused.json["code"]) == (409, "password_too_short_alone")
    assert gone.status == 204
    assert long.good("GET", "/security/factors") == {"totp": False, "passkeys": 0, "recovery_codes_left": 0}
    assert long.sign_in().status == 201
    assert long.ask("DELETE", "/security/totp").json["code"] == "factor_not_enabled"


def test_staff_keep_a_factor(scene: Scene) -> None:
    person = scene.person(roles=frozenset({MODERATOR}))
    person.enable_totp()

    reply = person.ask("DELETE", "/security/totp")

    assert (reply.status, reply.json["code"]) == (409, "factor_compulsory")


def test_new_recovery_codes_end_the_old_ones(scene: Scene, lucia: Person) -> None:
    old = lucia.enable_totp()

    new = lucia.good("POST", "/security/recovery-codes")["recovery_codes"]

    assert not set(new) & set(old)
    assert lucia.sign_in(recovery_code=old[0]).json["code"] == "code_wrong"
    assert lucia.sign_in(recovery_code=new[0]).status == 201


def test_each_use_of_a_recovery_code_is_told_and_the_last_ones_with_a_warning(scene: Scene, lucia: Person) -> None:
    codes = lucia.enable_totp()

    for code in codes[:7]:
        assert lucia.sign_in(recovery_code=code).status == 201
        scene.world.clock.advance(minutes=6)

    kinds = scene.log(lucia.account_id)
    assert (kinds.count("recovery_code:used"), kinds.count("recovery_codes:few")) == (7, 1)
    assert len([mail for mail in scene.mails(lucia.email) if "código de recuperación" in mail.subject]) == 7


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "１２３４５６", "", 123456, None, "1" * 10_000])  # noqa: RUF001
def test_a_code_is_six_digits(scene: Scene, lucia: Person, code: object) -> None:
    lucia.good("POST", "/security/totp", {"password": PASSWORD})
    before = scene.rows()

    reply = lucia.post("/security/totp/confirm", {"code": code})

    assert (reply.status, reply.json["code"]) == (422, "invalid")
    assert scene.rows() == before
