"""Passkeys, challenges, links, recoveries and addresses, on both DynamoDBs."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.factors.errors import (
    ChallengeSpent,
    LinkInvalid,
    PasskeyMissing,
    PasskeyRefused,
    PasskeyRegistered,
    RecoveryMissing,
    RecoveryMoved,
)
from marketplace.factors.model import BEGIN, Challenge, EmailChange, FormerAddress, Link, Passkey, Recovery
from marketplace.factors.store import DynamoFactors
from marketplace.kit.writes import Write
from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ID = "acc_01jgx5z3k8q4w2c9e7r6t5y4u3"
OTHER = "acc_01jgx5z3k8q4w2c9e7r6t5y4u4"
PASSKEY = Passkey(
    ID,
    "credential",
    "key",
    "sealed name",
    NOW,
    sign_count=3,
    last_used_at=NOW + timedelta(hours=1),
    suspended_at=NOW + timedelta(hours=2),
)
FRESH = Passkey(ID, "another", "key", "sealed name", NOW)
CHALLENGE = Challenge("h" * 64, "sign_in", NOW + timedelta(minutes=5), ID, "ses_1")
LINK = Link(BEGIN, ID, NOW + timedelta(days=1), "rcv_1", "mark")
RECOVERY = Recovery(ID, "rcv_1", NOW + timedelta(hours=72))
CHANGE = EmailChange(ID, "emc_1", "sealed", "ses_1")
FORMER = FormerAddress(ID, "emc_1", "sealed", NOW + timedelta(days=30))

Commit = Callable[..., None]


@pytest.fixture(params=NAMES)
def store(request: pytest.FixtureRequest) -> Iterator[DynamoFactors]:
    with backend_of(request.param):
        yield DynamoFactors()


@pytest.fixture
def commit() -> Commit:
    transactions = DynamoTransactions(pause=lambda _: None)

    def flat(*writes: Write | list[Write]) -> None:
        transactions.commit([one for each in writes for one in (each if isinstance(each, list) else [each])])

    return flat


@pytest.mark.parametrize("value", [PASSKEY, CHALLENGE, LINK])
def test_no_field_of_a_sample_holds_its_default(value: object) -> None:
    assert [field.name for field in fields(value) if getattr(value, field.name) == field.default] == []  # type: ignore[arg-type]


def test_what_is_stored_comes_back_whole(store: DynamoFactors, commit: Commit) -> None:
    commit(store.add_passkey(PASSKEY), store.put_challenge(CHALLENGE), store.put_link("t" * 64, LINK))
    commit(store.begin_recovery(RECOVERY, None), store.put_email_change(CHANGE), store.keep_address(FORMER))

    assert store.passkeys(ID) == [store.passkey(ID, PASSKEY.passkey_id)] == [PASSKEY]
    assert store.challenge(CHALLENGE.challenge_hash) == CHALLENGE
    assert store.link("t" * 64) == LINK
    assert (store.recovery(ID), store.email_change(ID), store.former_addresses(ID)) == (RECOVERY, CHANGE, [FORMER])


def test_what_is_not_there_is_none(store: DynamoFactors) -> None:
    found = (store.passkey(ID, "psk_1"), store.challenge("h"), store.link("t"), store.recovery(ID))

    assert (*found, store.email_change(ID)) == (None,) * 5
    assert (store.passkeys(ID), store.former_addresses(ID), store.to_remind("2026-11-02")) == ([], [], [])


def test_a_challenge_of_nobody_and_a_link_about_nothing_come_back(store: DynamoFactors, commit: Commit) -> None:
    anonymous, bare = replace(CHALLENGE, account_id="", session_id=""), replace(LINK, subject="")

    commit(store.put_challenge(anonymous), store.put_link("t", bare))

    assert (store.challenge(CHALLENGE.challenge_hash), store.link("t")) == (anonymous, bare)


def test_a_credential_belongs_to_one_account(store: DynamoFactors, commit: Commit) -> None:
    commit(store.add_passkey(FRESH))

    with pytest.raises(PasskeyRegistered):
        commit(store.add_passkey(replace(FRESH, account_id=OTHER)))
    commit(store.remove_passkey(FRESH))
    commit(store.add_passkey(replace(FRESH, account_id=OTHER)))

    assert store.passkeys(ID) == []


def test_a_use_counts_from_what_was_read_and_of_a_trusted_passkey_only(store: DynamoFactors, commit: Commit) -> None:
    commit(store.add_passkey(FRESH))
    commit(store.use_passkey(FRESH, 5, NOW))

    with pytest.raises(PasskeyRefused):
        commit(store.use_passkey(FRESH, 6, NOW))
    used = store.passkey(ID, FRESH.passkey_id)
    assert used is not None
    assert (used.sign_count, used.last_used_at) == (5, NOW)
    commit(store.suspend_passkey(used, NOW))
    with pytest.raises(PasskeyRefused):
        commit(store.suspend_passkey(used, NOW))
    with pytest.raises(PasskeyRefused):
        commit(store.use_passkey(used, 6, NOW))


def test_only_a_passkey_that_is_there_is_renamed_or_removed(store: DynamoFactors, commit: Commit) -> None:
    commit(store.add_passkey(FRESH))

    for refused in (
        store.rename_passkey(OTHER, FRESH.passkey_id, "x"),
        store.remove_passkey(replace(FRESH, account_id=OTHER)),
    ):
        with pytest.raises(PasskeyMissing):
            commit(refused)
    commit(store.rename_passkey(ID, FRESH.passkey_id, "renamed"))

    assert store.passkeys(ID) == [replace(FRESH, name="renamed")]


def test_challenges_and_links_are_spent_once(store: DynamoFactors, commit: Commit) -> None:
    commit(store.put_challenge(CHALLENGE), store.put_link("t", LINK))

    commit(store.spend_challenge(CHALLENGE.challenge_hash), store.spend_link("t"))

    with pytest.raises(ChallengeSpent):
        commit(store.spend_challenge(CHALLENGE.challenge_hash))
    with pytest.raises(LinkInvalid):
        commit(store.spend_link("t"))


def test_an_account_has_one_recovery_and_it_ends_as_it_was_read(store: DynamoFactors, commit: Commit) -> None:
    later = replace(RECOVERY, recovery_id="rcv_2")
    commit(store.begin_recovery(RECOVERY, None))

    for former in (None, later):
        with pytest.raises(RecoveryMoved):
            commit(store.begin_recovery(later, former))
    commit(store.begin_recovery(later, RECOVERY))
    with pytest.raises(RecoveryMissing):
        commit(store.end_recovery(RECOVERY))
    commit(store.end_recovery(later))

    assert store.recovery(ID) is None


def test_reminders_stand_under_their_day(store: DynamoFactors, commit: Commit) -> None:
    commit(store.remember_to_remind(RECOVERY, NOW))

    assert store.to_remind("2026-11-02") == [(ID, NOW)]
    assert store.to_remind("2026-11-03") == []


def test_a_newer_change_of_address_replaces_the_one_that_waits(store: DynamoFactors, commit: Commit) -> None:
    newer = replace(CHANGE, change_id="emc_2")
    commit(store.put_email_change(CHANGE))
    commit(store.put_email_change(newer))

    with pytest.raises(LinkInvalid):
        commit(store.end_email_change(CHANGE))
    commit(store.end_email_change(newer), store.keep_address(FORMER))
    commit(store.forget_address(FORMER))

    assert (store.email_change(ID), store.former_addresses(ID)) == (None, [])
