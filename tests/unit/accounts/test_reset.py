"""A new password: by mail, and by whoever is signed in."""

from datetime import timedelta

import pytest

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import (
    AccountMissing,
    CredentialsWrong,
    PasswordRefused,
    PasswordWrong,
    ResetLinkInvalid,
    SecondFactorRequired,
    TooManyAttempts,
)
from marketplace.accounts.mailed import RESET_KEPT_SECONDS
from marketplace.kit.errors import Unauthenticated, Unavailable
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import IP, PASSWORD, Scene

EMAIL, NEW, OTHER = "lucia@example.com", "cuatro perros cruzan el puente", "siete barcos salen de noche"
HERE = Origin(IP, "Firefox")


def link(scene: Scene, account_id: str) -> str:
    return scene.services.password_reset.mint(account_id, EMAIL)


def reset(scene: Scene, token: str, password: str = NEW) -> None:
    scene.services.password_reset.reset(token, password, HERE)


def opens(scene: Scene, token: str) -> bool:
    try:
        scene.sessions.authenticate(token)
    except Unauthenticated:
        return False
    return True


def untouched(scene: Scene, account_id: str) -> object:
    account = scene.store.read(account_id)
    assert account is not None
    return account.password_hash, account.session_epoch, scene.store.payouts_after(account_id)


def test_a_reset_changes_the_password_ends_every_session_holds_payouts_and_is_told(scene: Scene) -> None:
    account_id = scene.register()
    signed_in = scene.enter()

    reset(scene, link(scene, account_id))

    assert not opens(scene, signed_in.token)
    with pytest.raises(CredentialsWrong):
        scene.enter()
    assert scene.enter(password=NEW, device_token=signed_in.device_token).device_token is not None
    assert scene.store.payouts_after(account_id) == scene.clock.now() + timedelta(hours=72)
    assert [row["subject"] for row in scene.events("account.password_reset")] == [account_id]


def test_a_reset_removes_no_factor_and_signs_nobody_in(scene: Scene) -> None:
    account_id = scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=1)

    reset(scene, link(scene, account_id))

    with pytest.raises(SecondFactorRequired):
        scene.enter(password=NEW)
    assert scene.enter(password=NEW, code=scene.code(secret))


def test_a_link_is_good_once_and_for_twenty_minutes(scene: Scene) -> None:
    account_id = scene.register()
    first, second = link(scene, account_id), link(scene, account_id)
    scene.clock.advance(seconds=RESET_KEPT_SECONDS - 1)
    reset(scene, first)
    late = link(scene, account_id)
    scene.clock.advance(seconds=RESET_KEPT_SECONDS)
    before = untouched(scene, account_id)

    for token in (first, second, late, "A" * 43, "", "x", late[:-1], late.swapcase()):
        with pytest.raises(ResetLinkInvalid):
            reset(scene, token, OTHER)

    assert untouched(scene, account_id) == before


def test_a_changed_password_spends_the_links_that_were_mailed_before(scene: Scene) -> None:
    account_id = scene.register()
    token = link(scene, account_id)
    caller = scene.sessions.authenticate(scene.token())
    scene.services.password_change.change(caller, current=PASSWORD, new=OTHER, caller=Caller(HERE))

    with pytest.raises(ResetLinkInvalid):
        reset(scene, token)


def test_of_two_uses_of_one_link_at_once_one_counts(scene: Scene) -> None:
    account_id = scene.register()
    token = link(scene, account_id)
    service = scene.services.password_reset
    held = service._held(token)
    reset(scene, token)
    service._held = lambda _token: held

    with pytest.raises((ResetLinkInvalid, Unavailable)):
        reset(scene, token, OTHER)
    assert scene.enter(password=NEW)


@pytest.mark.parametrize("password", ["corta 14 carac", "lucia@example.com 1", "x" * 257, "\ufdfa" * 200, "a" * 40])
def test_a_weak_password_is_refused_and_leaves_the_link_good(scene: Scene, password: str) -> None:
    account_id = scene.register()
    token = link(scene, account_id)
    before = untouched(scene, account_id)

    with pytest.raises(PasswordRefused):
        reset(scene, token, password)

    assert untouched(scene, account_id) == before
    reset(scene, token)


def test_beside_a_second_factor_eight_characters_are_enough_and_the_account_remembers_it(scene: Scene) -> None:
    account_id = scene.register()
    scene.enable_factor(scene.token())

    reset(scene, link(scene, account_id), "och0&q7z")

    account = scene.store.read(account_id)
    assert account is not None
    assert account.password_is_long is False
    reset(scene, link(scene, account_id), NEW)
    account = scene.store.read(account_id)
    assert account is not None
    assert account.password_is_long is True


def test_the_form_of_a_letter_makes_no_other_password(scene: Scene) -> None:
    account_id = scene.register()

    reset(scene, link(scene, account_id), "\uff43uatro gatos cruzan la ñ")

    assert scene.enter(password="cuatro gatos cruzan la n\u0303")


def test_asking_mails_the_owner_alone_and_leaves_no_token_in_the_event(scene: Scene) -> None:
    account_id = scene.register()
    scene.register("marco@example.com", verified=False)

    for email in (EMAIL, "marco@example.com", "nobody@example.com", "no address", "LUCIA@example.com"):
        scene.services.password_reset.ask(email, HERE)

    asked = scene.events("account.password_reset_asked")
    assert [row["subject"] for row in asked] == [account_id, account_id]
    assert all(row["data"] in ("{}", {}) for row in asked)
    assert len(scene.events("account.nobody")) == 2


def test_an_address_is_written_to_five_times_a_day(scene: Scene) -> None:
    scene.register()

    for number in range(8):
        scene.services.password_reset.ask(EMAIL, Origin(f"198.51.100.{number}"))

    assert len(scene.events("account.password_reset_asked")) == 5


def test_no_link_is_minted_for_an_address_that_is_not_proved(scene: Scene) -> None:
    account_id = scene.register(verified=False)

    with pytest.raises(AccountMissing):
        link(scene, account_id)
    with pytest.raises(AccountMissing):
        link(scene, "acc_" + "0" * 26)


def test_a_change_needs_the_present_password_so_often_and_no_more(scene: Scene) -> None:
    account_id = scene.register()
    caller = scene.sessions.authenticate(scene.token())
    before = untouched(scene, account_id)

    for _ in range(5):
        with pytest.raises(PasswordWrong):
            scene.services.password_change.change(caller, current=NEW, new=OTHER, caller=Caller(HERE))
    with pytest.raises(TooManyAttempts):
        scene.services.password_change.change(caller, current=PASSWORD, new=OTHER, caller=Caller(HERE))

    assert untouched(scene, account_id) == before


def test_a_change_keeps_how_the_session_was_proved_and_how_long_it_may_live(scene: Scene) -> None:
    account_id = scene.register()
    secret, _ = scene.enable_factor(scene.token())
    scene.clock.advance(minutes=1)
    old = scene.enter(code=scene.code(secret))
    scene.clock.advance(minutes=2)
    caller = scene.sessions.authenticate(old.token)

    changed = scene.services.password_change.change(caller, current=PASSWORD, new=NEW, caller=Caller(HERE))

    assert changed.session.factor_at == old.session.factor_at
    assert changed.session.expires_at == old.session.expires_at
    assert [opens(scene, token) for token in (old.token, changed.token)] == [False, True]
    assert [row["subject"] for row in scene.events("account.password_changed")] == [account_id]
    assert scene.store.payouts_after(account_id) == scene.clock.now() + timedelta(hours=72)
