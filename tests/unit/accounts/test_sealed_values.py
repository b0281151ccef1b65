"""Values read from a store open what is personal when somebody looks, and not before."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from marketplace.accounts.model import Account
from marketplace.accounts.sealed_values import Sealed, sealed_text, stored

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PLAIN = Account("acc_1", "lucia@example.com", "Lucía", "es", "hash", NOW)
NAMES = frozenset({"email", "display_name", "totp_secret"})


class Opening:
    """Counts what is opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def account(self, **more: Any) -> Account:
        def closed(text: str) -> Any:
            return Sealed(f"sealed {text}", lambda: self._open(text))

        given = {"email": closed(PLAIN.email), "display_name": closed(PLAIN.display_name)}
        given |= {name: closed(text) for name, text in more.items()}
        rest = {"account_id": "acc_1", "locale": "es", "password_hash": "hash", "created_at": NOW}
        return stored(Account, NAMES)(**(rest | given))

    def _open(self, text: str) -> str:
        self.opened.append(text)
        return text


@pytest.fixture
def opening() -> Opening:
    return Opening()


def test_a_field_opens_when_it_is_looked_at_and_once(opening: Opening) -> None:
    account = opening.account()

    assert (account.account_id, account.locale, account.has_factor) == ("acc_1", "es", False)
    assert opening.opened == []
    assert [account.email, account.email] == ["lucia@example.com"] * 2
    assert opening.opened == ["lucia@example.com"]


def test_whether_there_is_a_value_is_known_without_opening_it(opening: Opening) -> None:
    account = opening.account(totp_secret="JBSWY3DP")

    assert account.has_totp
    assert account.has_factor
    assert not account.holds("totp_pending")
    assert account.step_up_by[0] == "code"
    assert opening.opened == []


def test_it_equals_a_plain_one_from_either_side(opening: Opening) -> None:
    account = opening.account()

    assert account == PLAIN
    assert PLAIN == account
    assert account != replace(PLAIN, display_name="Lu")
    assert replace(PLAIN, email="m@example.com") != account
    assert account != "lucia@example.com"
    assert hash(account) == hash(PLAIN)


def test_a_copy_is_plain_and_equal(opening: Opening) -> None:
    assert replace(opening.account(), locale="en") == replace(PLAIN, locale="en")


def test_its_text_for_a_log_tells_and_opens_nothing(opening: Opening) -> None:
    account = opening.account()

    assert (repr(account), str(account)) == ("<stored Account>",) * 2
    assert opening.opened == []


def test_it_cannot_be_changed(opening: Opening) -> None:
    with pytest.raises(FrozenInstanceError):
        opening.account().email = "m@example.com"  # type: ignore[misc]


def test_what_was_stored_is_known_also_after_opening(opening: Opening) -> None:
    account = opening.account()

    before, _, after = sealed_text(account, "email"), account.email, sealed_text(account, "email")

    assert before == after == "sealed lucia@example.com"
    assert sealed_text(PLAIN, "email") == "lucia@example.com"
