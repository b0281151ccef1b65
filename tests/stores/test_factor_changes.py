"""What changes of factors and addresses do to the account's own item, on both DynamoDBs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.errors import AddressTaken, FactorsChanged
from marketplace.accounts.model import Account
from marketplace.accounts.store import DynamoAccounts
from marketplace.kit.writes import Write
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.vault import FakeKms, vault_for
from tests.fakes.world import FrozenClock
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ID = "acc_01jgx5z3k8q4w2c9e7r6t5y4u3"
OTHER = "acc_01jgx5z3k8q4w2c9e7r6t5y4u4"


@pytest.fixture(params=NAMES)
def store(request: pytest.FixtureRequest) -> Iterator[DynamoAccounts]:
    with backend_of(request.param):
        made = DynamoAccounts(vault_for(FrozenClock(NOW), FakeKms()))
        commit(made.open(account(ID, "lucia@example.com")))
        yield made


def account(account_id: str, email: str, *, verified: bool = True) -> Account:
    return Account(account_id, email, "Lucía", "es", "hash", NOW, email_verified=verified)


def commit(*writes: Write | list[Write]) -> None:
    flat = [one for each in writes for one in (each if isinstance(each, list) else [each])]
    DynamoTransactions(pause=lambda _: None).commit(flat)


def read(store: DynamoAccounts, account_id: str = ID) -> Account:
    found = store.read(account_id)
    assert found is not None
    return found


def with_app(store: DynamoAccounts) -> Account:
    commit(store.begin_factor(ID, "secret"))
    commit(store.enable_factor(read(store), 40))
    return read(store)


def test_a_pending_secret_leaves_the_app_that_is_on(store: DynamoAccounts) -> None:
    with_app(store)

    commit(store.begin_factor(ID, "another"))

    assert (read(store).totp_secret, read(store).totp_pending) == ("secret", "another")
    commit(store.enable_factor(read(store), 41))
    assert (read(store).totp_secret, read(store).totp_pending, read(store).session_epoch) == ("another", None, 2)


def test_removing_the_app_removes_all_of_it_and_ends_sessions(store: DynamoAccounts) -> None:
    commit(store.disable_factor(with_app(store)))

    left = read(store)
    assert (left.has_factor, left.totp_last_step, left.session_epoch) == (False, 0, 2)


def test_passkeys_are_counted_from_what_was_read(store: DynamoAccounts) -> None:
    before = read(store)
    commit(store.count_passkeys(before, +1))

    assert (read(store).passkeys, read(store).has_factor, read(store).session_epoch) == (1, True, 1)
    for late in (store.count_passkeys(before, +1), store.disable_factor(before)):
        with pytest.raises(FactorsChanged):
            commit(late)
    commit(store.count_passkeys(read(store), -1))
    assert not read(store).has_factor


def test_a_recovery_forgets_every_factor_and_unlocks(store: DynamoAccounts) -> None:
    with_app(store)
    commit(store.count_passkeys(read(store), +1))
    commit(store.begin_factor(ID, "pending"))

    commit(store.recover(read(store), "new hash", password_is_long=True))

    left = read(store)
    assert (left.password_hash, left.has_factor, left.totp_pending, left.locked) == ("new hash", False, None, False)


def test_an_address_moves_with_its_claim(store: DynamoAccounts) -> None:
    commit(store.move_address(read(store), "new@example.com"))

    assert read(store).email == "new@example.com"
    assert (store.owner_of("new@example.com"), store.owner_of("lucia@example.com")) == (ID, None)


def test_a_taken_address_moves_nobody(store: DynamoAccounts) -> None:
    commit(store.open(account(OTHER, "taken@example.com")))

    for displaced in (None, OTHER):
        with pytest.raises(AddressTaken):
            commit(store.move_address(read(store), "taken@example.com", displaced=displaced))
    assert (read(store).email, store.owner_of("taken@example.com")) == ("lucia@example.com", OTHER)


def test_an_unproved_holder_of_the_address_gives_way(store: DynamoAccounts) -> None:
    commit(store.open(account(OTHER, "free@example.com", verified=False)))

    commit(store.move_address(read(store), "free@example.com", displaced=OTHER))

    assert (store.owner_of("free@example.com"), store.read(OTHER)) == (ID, None)


def test_payouts_wait_until_the_latest_moment_that_was_said(store: DynamoAccounts) -> None:
    assert store.payouts_after(ID) is None

    commit(store.cool(ID, NOW, "totp:enabled"), store.disable_factor(read(store)))
    commit(store.cool(ID, NOW + timedelta(hours=72), "passkey:added"))

    assert store.payouts_after(ID) == NOW + timedelta(hours=72)
