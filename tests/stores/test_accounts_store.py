"""The accounts table: the same cases on the in-memory DynamoDB and on moto."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from marketplace.accounts.directory import Directory
from marketplace.accounts.errors import (
    AccountMissing,
    AddressTaken,
    CodeUsed,
    CodeWrong,
    PasswordWrong,
    SellerExists,
    SellerMoved,
    SessionMissing,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit
from marketplace.accounts.model import Account, Contact, Owner, SellerProfile, Session, Verification
from marketplace.accounts.sessions_store import SessionsItem
from marketplace.accounts.store import DynamoAccounts
from marketplace.accounts.table_store import AccountsItem
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.storage.transaction import DynamoTransactions
from marketplace.vault.model import PersonErased
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto
from tests.fakes.vault import FakeKms, FixedBlindKeys, vault_for

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
ID = "acc_1"
ACCOUNT = Account(ID, "lucia@example.com", "Lucía", "es", "hash-1", created_at=NOW)
# No field holds its default, so that one that is not stored is missed.
WHOLE = Account(
    account_id=ID,
    email="lucia@example.com",
    display_name="Lucía",
    locale="en",
    password_hash="hash-1",
    created_at=NOW,
    email_verified=True,
    roles=frozenset({"admin"}),
    has_applied=True,
    seller_active=True,
    suspended=True,
    signup_mark="a-keyed-hash",
    session_epoch=3,
    totp_secret="secret",
    totp_pending="pending",
    totp_last_step=7,
    identity_verified_at=NOW + timedelta(hours=2),
    email_mark="a-mark",
    passkeys=2,
    totp_told_step=9,
    selling_suspended=True,
    locked=True,
    password_is_long=False,
)
SESSION = Session(
    account_id=ID,
    secret_hash="0" * 64,
    epoch=2,
    device="Firefox",
    created_at=NOW,
    last_used_at=NOW + timedelta(hours=1),
    expires_at=NOW + timedelta(days=30),
    factor_at=NOW + timedelta(minutes=1),
    proved_at=NOW + timedelta(minutes=2),
    network="203.0.113.0/24",
    country="ES",
    visitor="acc_staff",
)
SELLER = SellerProfile(
    seller_id=ID,
    legal_name="Vega SL",
    kind="trader",
    country="ES",
    applied_at=NOW,
    stripe_account_id="acct_1",
    active=True,
    activated_at=NOW + timedelta(days=1),
    activations=2,
)
APPLICATION = SellerProfile(ID, "Vega SL", "trader", "ES", applied_at=NOW)
VERIFICATION = Verification(ID, "a-mark", expires_at=NOW + timedelta(days=1))
LIMIT = Limit("test", 3, 300, fails_closed=True)

Commit = Callable[..., None]


class StandingClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(params=["twin", "moto"])
def store(request: pytest.FixtureRequest) -> Iterator[DynamoAccounts]:
    if request.param == "twin":
        with MemoryDynamo().installed() as dynamo:
            create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
            yield DynamoAccounts(vault_for(StandingClock()))
    else:
        with strict_moto():
            create_tables(boto3.client("dynamodb", region_name="eu-south-2"), "infra/data.yaml", {"Stage": "local"})
            yield DynamoAccounts(vault_for(StandingClock()))


@pytest.fixture
def commit() -> Commit:
    transactions = DynamoTransactions(pause=lambda _: None)

    def flat(*writes: Write | list[Write]) -> None:
        transactions.commit([one for each in writes for one in (each if isinstance(each, list) else [each])])

    return flat


@pytest.fixture
def opened(store: DynamoAccounts, commit: Commit) -> Account:
    commit(store.open(ACCOUNT))
    return replace(ACCOUNT, email_mark=store.email_marks(ACCOUNT.email)[0])


@pytest.mark.parametrize("value", [WHOLE, SESSION, SELLER])
def test_no_field_of_a_sample_holds_its_default(value: object) -> None:
    assert [field.name for field in fields(value) if getattr(value, field.name) == field.default] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("account", [ACCOUNT, WHOLE])
def test_an_account_is_read_as_it_was_stored(store: DynamoAccounts, commit: Commit, account: Account) -> None:
    commit(store.open(account))

    assert store.read(ID) == account
    assert store.owner_of("lucia@example.com") == ID
    name = "Lucía" if account.email_verified else ""
    assert Directory(accounts=store).contact(ID) == Contact(ID, "lucia@example.com", account.locale, name)


def test_who_is_not_there_is_none(store: DynamoAccounts) -> None:
    found = (store.read(ID), Directory(accounts=store).contact(ID), store.owner_of("x@y.z"), store.seller(ID))

    assert found == (None, None, None, None)
    assert store.read_verification("0" * 64) is None
    assert store.owner("x@y.z") is None
    assert store.read_session(ID, "0" * 64) is None
    assert store.seller_with_account(ID) is None
    assert store.seller_of_stripe("acct_1") is None
    assert (store.sessions_of(ID), store.recovery_hashes(ID)) == ([], [])


def test_an_address_has_one_owner(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    with pytest.raises(AddressTaken):
        commit(store.open(replace(opened, account_id="acc_2")))

    assert store.read("acc_2") is None


def test_while_the_blind_index_changes_its_key_an_address_is_found_and_stays_taken(
    store: DynamoAccounts, commit: Commit, opened: Account
) -> None:
    keys = {"1": FixedBlindKeys().keys["1"], "2": "a newer key"}
    changing = DynamoAccounts(vault_for(StandingClock(), FakeKms(), FixedBlindKeys(current="2", held=keys)))

    found = changing.owner(opened.email)

    assert found == Owner(ID, None)
    assert found.email_mark == opened.email_mark
    with pytest.raises(AddressTaken):
        commit(changing.open(replace(opened, account_id="acc_2")))
    commit(changing.note_told(opened.email, found, NOW))
    assert changing.owner(opened.email) == Owner(ID, NOW)
    commit(changing.open(replace(opened, account_id="acc_2", email="m@example.com")))
    assert changing.owner_of("m@example.com") == "acc_2"


def test_nothing_of_an_account_is_stored_in_plain_text(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open(WHOLE))

    item = AccountsItem.read(ID, "account")
    owner = AccountsItem.read(f"email#{store.email_marks(WHOLE.email)[0]}", "owner")

    assert item is not None
    assert owner is not None
    values = [str(value) for each in (item, owner) for value in each.serialize().values()]
    plain = (WHOLE.email, WHOLE.display_name, WHOLE.totp_secret, WHOLE.totp_pending)
    assert [value for value in values for text in plain if text and text in value] == []


def test_only_what_is_given_is_renamed(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.rename(ID, display_name="Lu", locale=None))
    commit(store.rename(ID, display_name=None, locale="en"))

    assert store.read(ID) == replace(opened, display_name="Lu", locale="en")


def test_nobody_is_not_renamed(store: DynamoAccounts, commit: Commit) -> None:
    with pytest.raises(AccountMissing):
        commit(store.rename(ID, display_name=None, locale="en"))
    with pytest.raises(PersonErased):  # there is no key to seal the name under
        commit(store.rename(ID, display_name="Lu", locale=None))

    assert store.read(ID) is None


def test_an_unproved_account_is_signed_up_anew(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    anew = replace(opened, password_hash="hash-2", display_name="Lu", locale="en", signup_mark="a-mark")

    commit(store.sign_up_anew(anew))
    assert store.read(ID) == anew
    commit(store.sign_up_anew(replace(anew, signup_mark=None)))

    assert store.read(ID) == replace(anew, signup_mark=None)


@pytest.mark.parametrize("there", [True, False])
def test_a_proved_account_and_nobody_are_not_signed_up_anew(store: DynamoAccounts, commit: Commit, there: bool) -> None:
    if there:
        commit(store.open(WHOLE))

    with pytest.raises(AddressTaken):
        commit(store.sign_up_anew(replace(WHOLE, password_hash="hash-2")))

    assert store.read(ID) == (WHOLE if there else None)


def test_an_owner_is_told_at_one_moment_by_one_caller(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    untold = store.owner(opened.email)
    assert untold == Owner(ID, None)

    commit(store.note_told(opened.email, untold, NOW))
    told = store.owner(opened.email)
    assert told == Owner(ID, NOW)
    commit(store.note_told(opened.email, told, NOW))

    for stale in (untold, Owner(ID, NOW - timedelta(hours=1))):
        with pytest.raises(AddressTaken):
            commit(store.note_told(opened.email, stale, NOW))
    with pytest.raises(AddressTaken):
        commit(store.note_told("nobody@example.com", untold, NOW))


def test_a_verification_is_spent_once(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.put_verification("t1", VERIFICATION))
    assert store.read_verification("t1") == VERIFICATION

    commit(store.verify_email("t1", opened, roles=frozenset({"admin"})))

    assert store.read(ID) == replace(opened, email_verified=True, roles=frozenset({"admin"}))
    with pytest.raises(TokenInvalid):
        commit(store.verify_email("t1", opened, roles=frozenset()))


@pytest.mark.parametrize("stale", [{"email_mark": "an-earlier-one"}, {"password_hash": "hash-0"}])
def test_a_verification_proves_nothing_for_another_address_or_password(
    store: DynamoAccounts, commit: Commit, opened: Account, stale: dict[str, str]
) -> None:
    commit(store.put_verification("t1", VERIFICATION))

    with pytest.raises(PasswordWrong):
        commit(store.verify_email("t1", replace(opened, **stale), roles=frozenset()))

    assert store.read(ID) == opened
    assert store.read_verification("t1") == VERIFICATION


def test_a_proved_account_is_not_proved_again(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open(WHOLE), store.put_verification("t1", VERIFICATION))

    with pytest.raises(PasswordWrong):
        commit(store.verify_email("t1", WHOLE, roles=frozenset()))


def test_a_session_is_read_with_its_account(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.open_session(SESSION))

    assert store.read_session(ID, SESSION.secret_hash) == (opened, SESSION)
    assert store.sessions_of(ID) == [SESSION]


def test_a_session_without_its_account_is_none(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open_session(SESSION))

    assert store.read_session(ID, SESSION.secret_hash) is None


def test_a_session_s_expiry_is_the_table_s(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open_session(SESSION))

    item = SessionsItem.read(ID, f"session#{SESSION.secret_hash}")
    assert item is not None
    assert item.expires_at == int(SESSION.expires_at.timestamp())


def test_an_ended_session_is_neither_used_nor_kept(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open_session(SESSION))
    commit(store.end_session(ID, SESSION.secret_hash))

    for write in (
        store.use_session(SESSION, NOW),
        store.keep_session(SESSION, epoch=3, factor_at=NOW),
        store.end_session(ID, SESSION.secret_hash),
    ):
        with pytest.raises(SessionMissing):
            commit(write)
    assert store.sessions_of(ID) == []


def test_a_kept_session_moves_to_the_new_epoch(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.open_session(SESSION))

    commit(store.end_sessions(ID), store.keep_session(SESSION, epoch=1, factor_at=NOW))

    found = store.read_session(ID, SESSION.secret_hash)
    assert found == (replace(opened, session_epoch=1), replace(SESSION, epoch=1, factor_at=NOW))


def test_a_pending_secret_becomes_the_factor(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.begin_factor(ID, "pending"))
    begun = store.read(ID)
    assert begun == replace(opened, totp_pending="pending")

    commit(store.enable_factor(begun, 40))

    assert store.read(ID) == replace(opened, totp_secret="pending", totp_last_step=40, session_epoch=1)
    with pytest.raises(CodeUsed):
        commit(store.enable_factor(begun, 41))


def test_a_factor_is_not_turned_on_over_sessions_ended_meanwhile(
    store: DynamoAccounts, commit: Commit, opened: Account
) -> None:
    commit(store.begin_factor(ID, "pending"))
    begun = store.read(ID)
    assert begun is not None
    commit(store.end_sessions(ID))

    with pytest.raises(CodeUsed):
        commit(store.enable_factor(begun, 40))


@pytest.mark.parametrize(("step", "refused"), [(6, True), (7, True), (8, False)])
def test_a_step_is_spent_only_if_it_is_later(store: DynamoAccounts, commit: Commit, step: int, refused: bool) -> None:
    commit(store.open(WHOLE))
    whole = store.read(ID)
    assert whole is not None

    if refused:
        with pytest.raises(CodeUsed):
            commit(store.spend(whole, step=step, password_hash=None))
    else:
        commit(store.spend(whole, step=step, password_hash="hash-2"))
        assert store.read(ID) == replace(WHOLE, totp_last_step=step, password_hash="hash-2")


def test_a_step_of_a_secret_that_was_replaced_is_not_spent(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open(WHOLE))

    with pytest.raises(CodeUsed):
        commit(store.spend(replace(WHOLE, totp_secret="earlier"), step=8, password_hash=None))


def test_a_changed_password_s_old_hash_is_not_improved(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.open(WHOLE))

    with pytest.raises(Unavailable):
        commit(store.spend(replace(WHOLE, password_hash="hash-0"), step=None, password_hash="hash-2"))


def test_spending_nothing_writes_nothing(store: DynamoAccounts) -> None:
    assert store.spend(WHOLE, step=None, password_hash=None) == []


def test_a_recovery_code_is_spent_once(store: DynamoAccounts, commit: Commit) -> None:
    commit(store.put_recovery(ID, "h1"), store.put_recovery(ID, "h2"))
    assert store.recovery_hashes(ID) == ["h1", "h2"]

    commit(store.spend_recovery(ID, "h1"))

    assert store.recovery_hashes(ID) == ["h2"]
    with pytest.raises(CodeWrong):
        commit(store.spend_recovery(ID, "h1"))


def test_a_seller_is_read_as_it_was_stored(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.apply(SELLER))

    assert store.seller(ID) == SELLER
    assert store.seller_with_account(ID) == (SELLER, replace(opened, has_applied=True))


def test_an_account_applies_once_and_nobody_does_not(store: DynamoAccounts, commit: Commit, opened: Account) -> None:
    commit(store.apply(APPLICATION))

    with pytest.raises(SellerExists):
        commit(store.apply(replace(APPLICATION, legal_name="Otra")))
    with pytest.raises(PersonErased):
        commit(store.apply(replace(APPLICATION, seller_id="acc_2")))
    assert store.seller("acc_2") is None


def test_a_stripe_account_is_bound_once_and_to_one_seller(
    store: DynamoAccounts, commit: Commit, opened: Account
) -> None:
    commit(store.apply(APPLICATION))

    commit(store.record_stripe_account(APPLICATION, "acct_1"))

    assert store.seller_of_stripe("acct_1") == ID
    assert store.seller(ID) == replace(APPLICATION, stripe_account_id="acct_1")
    with pytest.raises(SellerExists):
        commit(store.record_stripe_account(APPLICATION, "acct_2"))
    commit(store.open(replace(ACCOUNT, account_id="acc_2", email="m@example.com")))
    second = replace(APPLICATION, seller_id="acc_2")
    commit(store.apply(second))
    with pytest.raises(SellerExists):
        commit(store.record_stripe_account(second, "acct_1"))


def test_seller_and_account_become_active_together_and_once(
    store: DynamoAccounts, commit: Commit, opened: Account
) -> None:
    commit(store.apply(APPLICATION))

    commit(store.set_active(APPLICATION, active=True, now=NOW))

    active = replace(APPLICATION, active=True, activated_at=NOW, activations=1)
    assert store.seller_with_account(ID) == (active, replace(opened, has_applied=True, seller_active=True))
    with pytest.raises(SellerMoved):
        commit(store.set_active(APPLICATION, active=True, now=NOW))

    commit(store.set_active(active, active=False, now=NOW))
    with pytest.raises(SellerMoved):
        commit(store.set_active(active, active=False, now=NOW))
    assert store.seller(ID) == replace(active, active=False)


def test_attempts_are_counted_up_to_the_limit_and_given_back(store: DynamoAccounts, commit: Commit) -> None:
    for _ in range(3):
        commit(store.take(LIMIT, "subject", NOW))

    with pytest.raises(TooManyAttempts) as refused:
        commit(store.take(LIMIT, "subject", NOW))
    assert refused.value.retry_after_seconds == 290
    commit(store.take(LIMIT, "another", NOW))

    commit(store.give_back(LIMIT, "subject", NOW))
    commit(store.take(LIMIT, "subject", NOW))
    commit(store.take(LIMIT, "subject", NOW + timedelta(seconds=290)))


def test_no_more_is_given_back_than_was_taken(store: DynamoAccounts, commit: Commit) -> None:
    with pytest.raises(TooManyAttempts):
        commit(store.give_back(LIMIT, "subject", NOW))


def test_a_counter_names_its_subject_by_a_hash_and_expires_with_its_window(
    store: DynamoAccounts, commit: Commit
) -> None:
    commit(store.take(LIMIT, "203.0.113.7", NOW))

    # A keyed hash of the subject; the window began at 09:00:00
    key = "limit#test#v1." + hmac.new(b"a key of the blind index", b"203.0.113.7", hashlib.sha256).hexdigest()
    start = int(NOW.timestamp()) - 10
    item = AccountsItem.read(key, f"window#{start}")
    assert item is not None
    assert (item.attempts, item.expires_at) == (1, start + 300)
