""" "This was not me": one click locks, and opens nothing."""

from datetime import timedelta

import pytest

from marketplace.accounts.errors import AccountLocked
from marketplace.accounts.mailed import NOT_ME_KEPT_SECONDS
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import IP, Scene

EMAIL, NEW = "lucia@example.com", "cuatro perros cruzan el puente"
HERE = Origin(IP, "Firefox")


def disown(scene: Scene, token: str) -> None:
    scene.services.not_me.disown(token, HERE)


def mint(scene: Scene, account_id: str) -> str:
    return scene.services.not_me.mint(account_id, EMAIL)


def is_locked(scene: Scene, account_id: str) -> bool:
    account = scene.store.read(account_id)
    assert account is not None
    return account.locked


def test_it_locks_ends_every_session_holds_payouts_and_mails_the_way_back(scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()

    disown(scene, mint(scene, account_id))

    with pytest.raises(Unauthenticated):
        scene.sessions.authenticate(token)
    with pytest.raises(AccountLocked):
        scene.enter()
    assert scene.store.payouts_after(account_id) == scene.clock.now() + timedelta(hours=72)
    assert [row["subject"] for row in scene.events("account.account_locked")] == [account_id]
    assert "account:locked" in {entry.kind for entry in scene.services.security_log.page(account_id, None, 9).items}


def test_pressing_it_again_changes_nothing_more(scene: Scene) -> None:
    account_id = scene.register()
    token = mint(scene, account_id)
    disown(scene, token)
    epoch = scene.store.read(account_id).session_epoch  # type: ignore[union-attr]

    disown(scene, token)

    assert scene.store.read(account_id).session_epoch == epoch  # type: ignore[union-attr]
    assert len(scene.events("account.account_locked")) == 1


def test_a_spent_link_does_not_lock_again_what_its_owner_opened(scene: Scene) -> None:
    account_id = scene.register()
    token = mint(scene, account_id)
    disown(scene, token)
    scene.services.password_reset.reset(scene.services.password_reset.mint(account_id, EMAIL), NEW, HERE)

    disown(scene, token)

    assert not is_locked(scene, account_id)
    assert scene.enter(password=NEW)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "ñ" * 43])
def test_a_made_up_token_does_nothing(scene: Scene, token: str) -> None:
    account_id = scene.register()

    disown(scene, token)

    assert not is_locked(scene, account_id)


def test_a_token_is_good_for_a_week_and_for_nothing_else(scene: Scene) -> None:
    account_id = scene.register()
    token, reset = mint(scene, account_id), scene.services.password_reset.mint(account_id, EMAIL)

    disown(scene, reset)
    assert not is_locked(scene, account_id)
    scene.clock.advance(seconds=NOT_ME_KEPT_SECONDS)
    disown(scene, token)
    assert not is_locked(scene, account_id)
    fresh = mint(scene, account_id)
    scene.clock.advance(seconds=NOT_ME_KEPT_SECONDS - 1)
    disown(scene, fresh)
    assert is_locked(scene, account_id)


def test_what_waited_to_be_confirmed_is_dropped(scene: Scene) -> None:
    account_id = scene.register()
    scene.enrol(account_id)

    disown(scene, mint(scene, account_id))

    account = scene.store.read(account_id)
    assert account is not None
    assert not account.holds("totp_pending")


def test_the_owner_leaves_the_lock_by_mail_and_with_the_factor_that_stayed_on(scene: Scene) -> None:
    account_id = scene.register()
    secret, _ = scene.enable_factor(scene.token())
    disown(scene, mint(scene, account_id))
    scene.clock.advance(minutes=1)

    scene.services.password_reset.reset(scene.services.password_reset.mint(account_id, EMAIL), NEW, HERE)

    assert scene.enter(password=NEW, code=scene.code(secret))
    assert "account:unlocked" in {entry.kind for entry in scene.services.security_log.page(account_id, None, 20).items}


def test_a_former_addresss_reader_gets_the_account_back_before_it_is_locked(scene: Scene) -> None:
    """What is taken back stands in a transaction of its own, and the mail goes where the notice went."""
    account_id = scene.register()
    account = scene.store.read(account_id)
    assert account is not None
    seen: list[tuple[str, str, bool]] = []

    class Undo:
        def reaches(self, _account, _told_mark):
            return True

        def undo(self, account, told_mark):
            seen.append((account.account_id, told_mark, account.locked))
            return []

    scene.services.not_me._undo = Undo()

    disown(scene, scene.services.not_me.mint(account_id, "former@example.com"))
    disown(scene, mint(scene, account_id))

    former = scene.store.email_marks("former@example.com")[0]
    assert seen == [(account_id, former, False), (account_id, account.email_mark, True)]
