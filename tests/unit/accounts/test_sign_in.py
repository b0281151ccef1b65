"""Passwords, their limits, and the answers that tell nothing."""

import pytest

from marketplace.accounts.errors import (
    CodeUsed,
    CodeWrong,
    CredentialsWrong,
    SecondFactorRequired,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit, Limits
from marketplace.factors.errors import CodeClockDrift
from marketplace.kit.errors import DomainError, Unavailable
from marketplace.kit.writes import OutcomeUnknown
from tests.unit.accounts.scene import IP, PASSWORD, Scene, accounts_scene

WRONG = "nueve perros duermen al sol"
FAILING = ["GetItem", "BatchGetItem", "TransactWriteItems", "TransactWriteItems"]  # look, count, note


def test_the_right_password_opens_a_session_in_four_round_trips_and_one_for_the_first_look_at_a_key(
    scene: Scene,
) -> None:
    scene.register()
    scene.round_trips()

    scene.enter()
    scene.enter()

    look, count, key, commit = ["GetItem", "BatchGetItem"], ["TransactWriteItems"], ["GetItem"], ["TransactWriteItems"]
    assert scene.round_trips() == [*look, *count, *key, *commit, *look, *count, *commit]


def test_an_account_is_not_entered_before_its_address_is_proved(scene: Scene) -> None:
    account_id = scene.register(verified=False)

    with pytest.raises(CredentialsWrong):
        scene.enter()

    scene.verify(scene.signup.mint_verification(account_id))
    assert scene.sessions.authenticate(scene.token()).email_verified


@pytest.mark.parametrize("variant", ["LUCIA@EXAMPLE.COM", " lucia@example.com"])
def test_the_address_may_be_typed_in_any_case(scene: Scene, variant: str) -> None:
    scene.register()

    assert scene.enter(variant)


def test_a_password_typed_on_another_keyboard_is_the_same_password(scene: Scene) -> None:
    scene.register(password="contraseña muy larga")

    assert scene.enter(password="contrasen\u0303a muy larga")


def test_an_unknown_address_and_a_wrong_password_answer_alike_and_cost_alike(scene: Scene) -> None:
    scene.register()
    with pytest.raises(CredentialsWrong):
        scene.enter("first@example.com", WRONG)  # from now on there is what is read in place of nobody
    scene.round_trips()
    answers = []
    for email in ("lucia@example.com", "nobody@example.com"):
        scene.passwords.compared = 0
        with pytest.raises(CredentialsWrong) as refused:
            scene.enter(email, WRONG)
        answers.append((refused.value.code, refused.value.facts, scene.round_trips(), scene.passwords.compared))

    assert answers[0] == answers[1] == ("credentials_wrong", {}, FAILING, 1)


@pytest.mark.parametrize("email", ["lucia@example.com", "nobody@example.com"])
def test_the_eleventh_wrong_password_is_refused_before_it_is_hashed(scene: Scene, email: str) -> None:
    scene.register()
    for _ in range(10):
        with pytest.raises(CredentialsWrong):
            scene.enter(email, WRONG)
    scene.passwords.compared = 0

    with pytest.raises(TooManyAttempts) as refused:
        scene.enter(email, PASSWORD)

    assert scene.passwords.compared == 0
    assert refused.value.retry_after_seconds == 290


def test_attempts_count_anew_in_the_next_five_minutes(scene: Scene) -> None:
    scene.register()
    for _ in range(10):
        with pytest.raises(CredentialsWrong):
            scene.enter(password=WRONG)

    scene.clock.advance(seconds=290)

    assert scene.enter()


def test_signing_in_does_not_count_against_the_account_but_against_the_place(scene: Scene) -> None:
    scene.register()

    for _ in range(30):
        scene.enter()

    assert (scene.counted("password-email"), scene.counted("password-ip")) == (0, 30)


def test_signing_in_with_a_second_factor_does_not_count(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    first = scene.counted("factor")

    scene.clock.advance(seconds=30)
    scene.enter(code=scene.code(secret))

    assert (first, scene.counted("factor"), scene.counted("password-email")) == (0, 0, 0)


def test_one_account_s_failures_do_not_keep_another_out(scene: Scene) -> None:
    scene.register()
    scene.register("marco@example.com")
    for _ in range(11):
        with pytest.raises(DomainError):
            scene.enter(password=WRONG)

    assert scene.enter("marco@example.com")


def test_one_place_tries_a_hundred_times_whatever_the_accounts(scene: Scene) -> None:
    for number in range(100):
        with pytest.raises(CredentialsWrong):
            scene.enter(f"nobody{number}@example.com")

    with pytest.raises(TooManyAttempts):
        scene.enter("nobody100@example.com")


def test_ten_thousand_attempts_in_one_window_reach_the_hash_ten_times() -> None:
    wide = Limit("password-ip", 1_000_000, 300, fails_closed=False, failures_only=False)
    with accounts_scene(limits=Limits(password_by_ip=(wide,))) as scene:
        scene.register()
        scene.passwords.compared = 0
        for _ in range(200):
            with pytest.raises(DomainError):
                scene.enter(password=WRONG)

        assert scene.passwords.compared == 10


def test_the_limit_by_place_fails_open_and_the_limit_by_account_fails_closed(scene: Scene) -> None:
    scene.register()
    commit, seen = scene.transactions.commit, []

    def contended(writes, **options):  # a place's counter that cannot be written
        seen.append(len(writes))
        if len(seen) == 1:
            raise Unavailable
        commit(writes, **options)

    scene.transactions.commit = contended  # type: ignore[method-assign]

    assert scene.enter()
    assert seen[:2] == [4, 3]

    scene.transactions.commit = lambda *_, **__: (_ for _ in ()).throw(OutcomeUnknown())  # type: ignore[method-assign]
    scene.passwords.compared = 0
    with pytest.raises(Unavailable):
        scene.enter()
    assert scene.passwords.compared == 0


def test_a_hash_made_with_weaker_parameters_is_replaced_when_its_owner_comes(scene: Scene) -> None:
    account_id = scene.register()
    scene.passwords.generation = 2

    scene.enter()

    account = scene.store.read(account_id)
    assert account is not None
    assert account.password_hash.startswith("quick-2-")
    assert scene.enter()


def test_an_outdated_hash_of_a_password_changed_meanwhile_is_not_put_back(scene: Scene) -> None:
    account_id = scene.register()
    stale = scene.store.read(account_id)
    assert stale is not None
    scene.passwords.generation = 2
    scene.enter()

    with pytest.raises(Unavailable):
        scene.transactions.commit(scene.store.spend(stale, step=None, password_hash="quick-2-old"))


def test_the_right_password_alone_asks_for_the_second_factor(scene: Scene) -> None:
    scene.register()
    scene.enable_factor(scene.token())

    with pytest.raises(SecondFactorRequired):
        scene.enter()
    with pytest.raises(CredentialsWrong):
        scene.enter(password=WRONG)


def test_a_code_beside_the_password_opens_a_session_that_showed_its_factor(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    scene.round_trips()

    signed_in = scene.enter(code=scene.code(secret))

    assert scene.round_trips() == ["GetItem", "BatchGetItem", *["TransactWriteItems"] * 3]
    assert scene.sessions.authenticate(signed_in.token).factor_at == scene.clock.now()


def test_the_code_that_turned_the_factor_on_is_spent(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())

    with pytest.raises(CodeUsed):
        scene.enter(code=scene.code(secret))


def test_a_replayed_code_is_told_from_a_wrong_one(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(seconds=30)
    code = scene.code(secret)
    scene.enter(code=code)
    scene.round_trips()

    with pytest.raises(CodeUsed):
        scene.enter(code=code)
    assert scene.round_trips() == ["GetItem", "BatchGetItem", *["TransactWriteItems"] * 3]
    with pytest.raises(CodeWrong):
        scene.enter(code="000000" if code != "000000" else "111111")


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late(scene: Scene, steps: int, accepted: bool) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)

    if accepted:
        assert scene.enter(code=scene.code(secret, steps=steps))
    else:
        with pytest.raises(CodeClockDrift):
            scene.enter(code=scene.code(secret, steps=steps))


def test_an_earlier_step_is_spent_with_a_later_one(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)
    scene.enter(code=scene.code(secret, steps=1))

    with pytest.raises(CodeUsed):
        scene.enter(code=scene.code(secret))


def test_a_recovery_code_opens_one_session_and_is_told(scene: Scene) -> None:
    account_id = scene.register()
    _, codes = scene.enable_factor(scene.token())

    signed_in = scene.enter(recovery_code=f" {codes[0].upper().replace('-', ' ')} ")

    assert scene.sessions.authenticate(signed_in.token).factor_at
    assert [row["subject"] for row in scene.events("account.recovery_code_used")] == [account_id]
    with pytest.raises(CodeWrong):
        scene.enter(recovery_code=codes[0])
    assert scene.enter(recovery_code=codes[1])


@pytest.mark.parametrize("typed", ["", "-", "aaaa-aaaa-aaaa-aaaa", "é" * 32])
def test_a_made_up_recovery_code_opens_nothing(scene: Scene, typed: str) -> None:
    scene.register()
    scene.enable_factor(scene.token())

    with pytest.raises(CodeWrong):
        scene.enter(recovery_code=typed)


def test_another_account_s_recovery_code_opens_nothing(scene: Scene) -> None:
    scene.register()
    scene.register("marco@example.com")
    scene.enable_factor(scene.token())
    _, foreign = scene.enable_factor(scene.token("marco@example.com"))

    with pytest.raises(CodeWrong):
        scene.enter(recovery_code=foreign[0])


def test_wrong_second_factors_are_limited_apart_from_passwords(scene: Scene) -> None:
    scene.register()
    secret, codes = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)
    wrong = "000000" if scene.code(secret) != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(CodeWrong):
            scene.enter(code=wrong)

    with pytest.raises(TooManyAttempts):
        scene.enter(code=scene.code(secret))
    with pytest.raises(TooManyAttempts):
        scene.enter(recovery_code=codes[0])
    with pytest.raises(SecondFactorRequired):
        scene.enter()


def test_a_second_factor_that_cannot_be_counted_is_not_checked(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=10)
    account = scene.store.read(scene.store.owner_of("lucia@example.com") or "")
    assert account is not None
    tried = []

    def away(writes, **_options):
        tried.append(len(writes))
        raise Unavailable

    scene.transactions.commit = away  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        scene.services.proofs.prove(account, code=scene.code(secret), recovery_code=None, ip=IP)
    assert tried == [3]
