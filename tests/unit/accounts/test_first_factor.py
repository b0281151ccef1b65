"""What planting a first factor takes: attempts counted before they are hashed, codes stored hashed."""

import threading
from collections import Counter

import pytest

from marketplace.accounts.errors import CodeWrong, FactorNotStarted, PasswordWrong, TooManyAttempts
from marketplace.factors.errors import FactorMissing
from marketplace.kit.errors import DomainError, Unavailable
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import IP, Scene

CROWD = 50
HERE = Origin(IP, "Firefox")
GUESS = "a thief's own guess"


def wrong_code(scene: Scene, secret: str) -> str:
    return next(code for code in ("000000", "111111") if code != scene.code(secret))


def test_the_password_may_be_typed_on_another_keyboard(scene: Scene) -> None:
    account_id = scene.register(password="contraseña muy larga")

    assert scene.enrol(account_id, "contrasen\u0303a muy larga")


def test_the_sixth_wrong_password_of_a_session_is_refused_before_it_is_hashed(scene: Scene) -> None:
    account_id = scene.register()
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            scene.enrol(account_id, GUESS)
    scene.passwords.compared = 0

    with pytest.raises(TooManyAttempts):
        scene.enrol(account_id)

    assert scene.passwords.compared == 0
    assert scene.enter(), "whoever holds a session cannot lock its owner out"


def test_right_passwords_are_not_counted_against_the_account(scene: Scene) -> None:
    account_id = scene.register()

    for _ in range(12):
        scene.enrol(account_id)

    assert (scene.counted("password-account"), scene.counted("password-account-day")) == (0, 0)


def test_a_password_that_cannot_be_counted_is_not_compared(scene: Scene) -> None:
    account_id = scene.register()
    scene.passwords.compared = 0
    scene.transactions.commit = lambda *_, **__: (_ for _ in ()).throw(Unavailable())  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        scene.enrol(account_id)

    assert scene.passwords.compared == 0


def test_enrolling_costs_three_round_trips_besides_the_persons_key_and_one_hash(scene: Scene) -> None:
    account_id = scene.register()
    scene.enrol(account_id)  # the container has the key from here on
    scene.round_trips()
    scene.passwords.compared = 0

    scene.enrol(account_id)

    assert scene.round_trips() == ["GetItem", "TransactWriteItems", "TransactWriteItems"]
    assert scene.passwords.compared == 1


def test_ten_recovery_codes_are_shown_once_and_stored_hashed(scene: Scene) -> None:
    scene.register()

    _, codes = scene.enable_factor(scene.token())

    stored = str(scene.dynamo.rows("aval-local-accounts"))
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in codes), "enough for a plain hash"
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_nothing_is_confirmed_or_renewed_that_was_not_begun(scene: Scene) -> None:
    scene.register()
    caller = scene.sessions.authenticate(scene.token())

    with pytest.raises(FactorNotStarted):
        scene.services.authenticator.confirm(caller, "000000", origin=HERE)
    with pytest.raises(FactorMissing):
        scene.services.authenticator.renew_codes(caller, origin=HERE)


def test_a_second_beginning_replaces_the_first_until_one_is_confirmed(scene: Scene) -> None:
    scene.register()
    caller = scene.sessions.authenticate(scene.token())
    first, second = (scene.enrol(caller.account_id).secret for _ in range(2))

    with pytest.raises(CodeWrong):
        scene.services.authenticator.confirm(caller, scene.code(first), origin=HERE)
    account = scene.store.read(caller.account_id)

    assert account is not None
    assert not account.has_factor
    assert scene.services.authenticator.confirm(caller, scene.code(second), origin=HERE)


def test_fifty_wrong_codes_at_once_are_compared_five_times(scene: Scene) -> None:
    account_id = scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)
    account = scene.store.read(account_id)
    assert account is not None
    wrong, outcomes, gate = wrong_code(scene, secret), list[str](), threading.Barrier(CROWD)

    def run() -> None:
        gate.wait()
        try:
            scene.services.proofs.prove(account, code=wrong, recovery_code=None, ip=IP)
        except DomainError as error:
            outcomes.append(error.code)
        else:
            outcomes.append("accepted")

    crowd = [threading.Thread(target=run) for _ in range(CROWD)]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()

    counted = Counter(outcomes)
    assert counted["code_wrong"] <= 5
    assert (counted["accepted"], sum(counted.values())) == (0, CROWD)
