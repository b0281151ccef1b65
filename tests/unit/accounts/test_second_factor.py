"""Enrolment, recovery codes, and one code sent fifty times at once."""

import threading
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.accounts.errors import (
    CodeUsed,
    CodeWrong,
    FactorEnabled,
    FactorNotStarted,
    PasswordWrong,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit, Limits
from marketplace.kit.errors import DomainError, Unauthenticated, Unavailable
from tests.unit.accounts.scene import IP, Scene, accounts_scene

CROWD = 50
GENEROUS = Limits(
    password_by_email=(Limit("password-email", 1_000, 300, fails_closed=True),),
    factor_by_account=(Limit("factor", 1_000, 300, fails_closed=True),),
)


def test_enrolment_gives_an_address_for_the_app_and_protects_nothing_yet(scene: Scene) -> None:
    account_id = scene.register()

    enrolment = scene.enrol(account_id)

    address = urlsplit(enrolment.address)
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Aval:lucia%40example.com")
    assert parse_qs(address.query) == {"secret": [enrolment.secret], "issuer": ["Aval"]}
    assert len(enrolment.secret) == 32
    assert scene.enter()


def test_a_stolen_session_without_the_password_plants_no_factor(scene: Scene) -> None:
    account_id = scene.register()

    with pytest.raises(PasswordWrong):
        scene.enrol(account_id, "a thief's own guess")

    account = scene.store.read(account_id)
    assert account is not None
    assert account.totp_pending is None


def test_a_wrong_password_makes_no_new_recovery_codes_and_spends_no_code(scene: Scene) -> None:
    account_id = scene.register()
    secret, codes = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    code = scene.code(secret)

    with pytest.raises(PasswordWrong):
        scene.renew_codes(account_id, code, "a thief's own guess")

    assert scene.enter(recovery_code=codes[0])
    assert len(scene.renew_codes(account_id, code)) == 10


def test_the_password_may_be_typed_on_another_keyboard(scene: Scene) -> None:
    account_id = scene.register(password="contraseña muy larga")

    assert scene.enrol(account_id, "contrasen\u0303a muy larga")


def test_the_sixth_wrong_password_of_a_session_is_refused_before_it_is_hashed(scene: Scene) -> None:
    account_id = scene.register()
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            scene.enrol(account_id, "a thief's own guess")
    scene.passwords.compared = 0

    with pytest.raises(TooManyAttempts):
        scene.enrol(account_id)

    assert scene.passwords.compared == 0
    assert scene.enter(), "whoever holds a session cannot lock its owner out"


def test_right_passwords_are_not_counted_against_the_account(scene: Scene) -> None:
    account_id = scene.register()

    for _ in range(12):
        scene.enrol(account_id)
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    scene.renew_codes(account_id, scene.code(secret))

    assert (scene.counted("password-account"), scene.counted("password-account-day")) == (0, 0)


def test_a_password_that_cannot_be_counted_is_not_compared(scene: Scene) -> None:
    account_id = scene.register()
    scene.passwords.compared = 0
    scene.transactions.commit = lambda *_, **__: (_ for _ in ()).throw(Unavailable())  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        scene.enrol(account_id)

    assert scene.passwords.compared == 0


def test_enrolling_costs_three_round_trips_and_one_hash(scene: Scene) -> None:
    account_id = scene.register()
    scene.round_trips()
    scene.passwords.compared = 0

    scene.enrol(account_id)

    assert scene.round_trips() == ["GetItem", "TransactWriteItems", "TransactWriteItems"]
    assert scene.passwords.compared == 1


def test_confirming_turns_it_on_and_keeps_this_session_only(scene: Scene) -> None:
    account_id = scene.register()
    here, there = scene.token(), scene.token()

    scene.enable_factor(here)

    assert scene.sessions.authenticate(here).factor_at == scene.clock.now()
    with pytest.raises(Unauthenticated):
        scene.sessions.authenticate(there)
    assert [row["subject"] for row in scene.events("account.totp_enabled")] == [account_id]


def test_confirming_costs_three_round_trips(scene: Scene) -> None:
    scene.register()
    caller = scene.sessions.authenticate(scene.token())
    secret = scene.enrol(caller.account_id).secret
    scene.round_trips()

    scene.security.confirm(caller, scene.code(secret), ip=IP)

    assert scene.round_trips() == ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]


def test_ten_recovery_codes_are_shown_once_and_stored_hashed(scene: Scene) -> None:
    scene.register()

    _, codes = scene.enable_factor(scene.token())

    stored = str(scene.dynamo.rows("aval-local-accounts"))
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) * 5 >= 64 for code in codes)
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_wrong_first_code_turns_nothing_on(scene: Scene) -> None:
    account_id = scene.register()
    caller = scene.sessions.authenticate(scene.token())
    secret = scene.enrol(account_id).secret

    with pytest.raises(CodeWrong):
        scene.security.confirm(caller, "000000" if scene.code(secret) != "000000" else "111111", ip=IP)

    account = scene.store.read(account_id)
    assert account is not None
    assert not account.has_factor


def test_a_second_enrolment_replaces_the_first_until_one_is_confirmed(scene: Scene) -> None:
    scene.register()
    caller = scene.sessions.authenticate(scene.token())
    first = scene.enrol(caller.account_id).secret
    second = scene.enrol(caller.account_id).secret

    with pytest.raises(CodeWrong):
        scene.security.confirm(caller, scene.code(first), ip=IP)

    assert scene.security.confirm(caller, scene.code(second), ip=IP)


def test_a_factor_is_turned_on_once(scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    secret, _ = scene.enable_factor(token)

    with pytest.raises(FactorEnabled):
        scene.enrol(account_id)
    with pytest.raises(FactorEnabled):
        scene.security.confirm(scene.sessions.authenticate(token), scene.code(secret), ip=IP)
    with pytest.raises(FactorEnabled):
        scene.transactions.commit([scene.store.begin_factor(account_id, "another")])


def test_nothing_is_confirmed_that_was_not_begun(scene: Scene) -> None:
    scene.register()
    caller = scene.sessions.authenticate(scene.token())

    with pytest.raises(FactorNotStarted):
        scene.security.confirm(caller, "000000", ip=IP)
    with pytest.raises(FactorNotStarted):
        scene.renew_codes(caller.account_id, "000000")


def test_new_recovery_codes_end_the_old_ones(scene: Scene) -> None:
    account_id = scene.register()
    secret, old = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    code = scene.code(secret)

    new = scene.renew_codes(account_id, code)

    assert not set(new) & set(old)
    with pytest.raises(CodeWrong):
        scene.enter(recovery_code=old[0])
    with pytest.raises(CodeUsed):
        scene.renew_codes(account_id, code)
    assert scene.enter(recovery_code=new[0])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["code", "recovery_code"])
def test_of_fifty_submissions_of_one_code_at_once_exactly_one_is_accepted(seed: int, kind: str) -> None:
    with accounts_scene(limits=GENEROUS) as scene:
        scene.register()
        secret, codes = scene.enable_factor(scene.token())
        scene.clock.advance(minutes=1 + seed)
        shown = {"code": scene.code(secret)} if kind == "code" else {"recovery_code": codes[seed]}

        outcomes = at_once(lambda: scene.enter(**shown))

        refusals = {"code": {"code_used", "unavailable"}, "recovery_code": {"code_wrong", "unavailable"}}
        assert outcomes["accepted"] == 1
        assert set(outcomes) - {"accepted"} <= refusals[kind]
        assert sum(outcomes.values()) == CROWD


def test_fifty_wrong_codes_at_once_are_compared_five_times(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)
    account = scene.store.read(scene.store.owner_of("lucia@example.com") or "")
    assert account is not None
    wrong = "000000" if scene.code(secret) != "000000" else "111111"

    outcomes = at_once(lambda: scene.security.prove(account, code=wrong, recovery_code=None, ip=IP))

    assert outcomes["code_wrong"] <= 5
    assert outcomes["accepted"] == 0


def at_once(action) -> Counter[str]:
    outcomes: list[str] = []
    gate = threading.Barrier(CROWD)

    def run() -> None:
        gate.wait()
        try:
            action()
        except DomainError as error:
            outcomes.append(error.code)
        else:
            outcomes.append("accepted")

    crowd = [threading.Thread(target=run) for _ in range(CROWD)]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()
    return Counter(outcomes)
