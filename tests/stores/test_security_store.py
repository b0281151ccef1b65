"""The security log and what signing in leaves behind: the same cases on the in-memory DynamoDB and on moto."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.errors import AddressTaken, CodeWrong, HistoryMoved, ResetLinkInvalid, SignInClosed
from marketplace.accounts.history import NOBODY, Entrance, History
from marketplace.accounts.limits import Limit
from marketplace.accounts.mailed import NOT_ME, RESET, MailCode, MailedToken
from marketplace.accounts.model import Account
from marketplace.accounts.store import DynamoAccounts
from marketplace.kit.errors import Unavailable
from marketplace.kit.origin import Origin
from marketplace.security.model import KEPT_SECONDS, AlreadyNoted, Entry
from marketplace.security.risk import Sighting
from marketplace.security.store import DynamoLog
from marketplace.storage.cursor import BadCursor, encode_cursor
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.vault import vault_for
from tests.fakes.world import FrozenClock
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
EMAIL = "lucia@example.com"
HERE = Origin("203.0.113.7", "Firefox", "ES", 40.4168, -3.7038)
ACCOUNT = Account("acc_" + "1" * 26, EMAIL, "Lucía", "es", "hash-1", created_at=NOW, email_verified=True)
STOP = Limit("password-stop", 3, 400 * 86_400, fails_closed=True, in_succession=True)
RECENT = Limit("password-email", 10, 300, fails_closed=True)


@pytest.fixture(params=NAMES)
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[DynamoAccounts, DynamoLog]]:
    with backend_of(request.param):
        vault = vault_for(FrozenClock(NOW))
        store = DynamoAccounts(vault)
        commit(*store.open(ACCOUNT))
        yield store, DynamoLog(vault)


def commit(*writes: object) -> None:
    DynamoTransactions(pause=lambda _: None).commit(list(writes))  # type: ignore[arg-type]


def entry(number: int, at: datetime, **more: object) -> Entry:
    made = Entry(
        ACCOUNT.account_id, f"sec_{number}", "sign_in:succeeded", at, network="203.0.113.0/24", device="Firefox"
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_the_log_reads_newest_first_a_page_at_a_time(stores) -> None:
    _, log = stores
    written = [entry(number, NOW + timedelta(minutes=number), country="ES") for number in range(5)]
    for each in written:
        commit(log.add(each))

    first = log.page(ACCOUNT.account_id, None, 3, NOW)
    rest = log.page(ACCOUNT.account_id, first.cursor, 3, NOW)

    assert [*first.items, *rest.items] == written[::-1]
    assert log.page("acc_" + "2" * 26, None, 3, NOW).items == ()


def test_what_expired_is_not_shown_whatever_the_table_still_has(stores) -> None:
    _, log = stores
    commit(log.add(entry(1, NOW)))
    edge = NOW + timedelta(seconds=KEPT_SECONDS)

    assert len(log.page(ACCOUNT.account_id, None, 3, edge - timedelta(seconds=1)).items) == 1
    assert log.page(ACCOUNT.account_id, None, 3, edge).items == ()


@pytest.mark.parametrize("place", ["x", "once#sec_1", "event", "account"])
def test_a_forged_cursor_leads_nowhere(stores, place: str) -> None:
    _, log = stores

    with pytest.raises(BadCursor):
        log.page(ACCOUNT.account_id, encode_cursor(place), 3, NOW)


def test_an_entry_and_its_mark_stand_once(stores) -> None:
    _, log = stores
    commit(log.add(entry(1, NOW)), log.guard(entry(1, NOW)))

    with pytest.raises(AlreadyNoted):
        commit(log.add(entry(1, NOW + timedelta(hours=1))), log.guard(entry(1, NOW + timedelta(hours=1))))


def test_what_a_stranger_caused_needs_no_key_and_the_rest_goes_with_the_person(stores) -> None:
    store, log = stores
    commit(log.add(entry(1, NOW)), log.add(entry(2, NOW, device="", by_stranger=True)))
    commit(log._vault.erase(ACCOUNT.account_id))

    found = log.page(ACCOUNT.account_id, None, 5, NOW).items

    assert {(each.entry_id, each.network) for each in found} == {("sec_1", ""), ("sec_2", "203.0.113.0/24")}
    assert store is not None


def look(
    store: DynamoAccounts, account_id: str = ACCOUNT.account_id, now: datetime = NOW
) -> tuple[Account | None, Entrance]:
    return store.entrance(account_id, HERE, counters=(STOP, RECENT), email=EMAIL, now=now)


def test_one_look_finds_account_history_and_counters(stores) -> None:
    store, _ = stores
    history = History(ACCOUNT.account_id).after(Sighting(NOW, "ES", 40.4, -3.7), "a" * 64)
    commit(store.keep_history(history), store.take(STOP, EMAIL, NOW), store.take(RECENT, EMAIL, NOW))
    commit(*store.note_failing(HERE, "one@example.com", Entrance(history), NOW))
    commit(*store.note_failing(HERE, "two@example.com", Entrance(history), NOW))
    commit(*store.note_failing(HERE, "two@example.com", Entrance(history), NOW))

    account, found = look(store)

    assert account == ACCOUNT
    assert (found.failures, found.recent, found.failing_at_address, found.failing_in_network) == (1, 1, 2, 2)
    assert found.history.countries == {"ES"}
    assert found.history.last == Sighting(NOW, "ES", 40.4, -3.7)
    assert found.history.known("a" * 64, NOW) is not None


def test_nobody_is_read_in_place_of_an_account_and_is_none(stores) -> None:
    store, _ = stores

    assert look(store, NOBODY)[1].nobody_is_there is False
    commit(*store.keep_nobody(NOW))
    account, found = look(store, NOBODY)

    assert account is None
    assert found.nobody_is_there
    with pytest.raises(AddressTaken):
        commit(*store.keep_nobody(NOW))


def test_of_two_histories_at_once_the_second_looks_again(stores) -> None:
    store, _ = stores
    first = History(ACCOUNT.account_id).after(Sighting(NOW), "a" * 64)
    commit(store.keep_history(first))

    for late in (History(ACCOUNT.account_id).after(Sighting(NOW), "b" * 64), first):
        with pytest.raises(HistoryMoved):
            commit(store.keep_history(late))
    commit(store.keep_history(store.history(ACCOUNT.account_id).without_devices()))
    assert store.history(ACCOUNT.account_id).devices == "[]"


def test_failures_in_succession_stand_until_one_succeeds_whatever_the_time(stores) -> None:
    store, _ = stores
    for days in range(3):
        commit(store.take(STOP, EMAIL, NOW + timedelta(days=days * 30)))

    with pytest.raises(SignInClosed):
        commit(store.take(STOP, EMAIL, NOW + timedelta(days=300)))
    commit(store.give_back(STOP, EMAIL, NOW + timedelta(days=300)))
    commit(store.give_back(STOP, EMAIL, NOW + timedelta(days=300)))
    commit(store.take(STOP, EMAIL, NOW + timedelta(days=300)))
    account = store.read(ACCOUNT.account_id)
    assert account is not None
    commit(store.forgive(STOP, account, NOW))
    assert look(store)[1].failures == 0


def test_a_mailed_code_is_spent_once_and_replaced_by_the_next(stores) -> None:
    store, _ = stores
    first, second = (MailCode(ACCOUNT.account_id, "asked", NOW, name) for name in ("one", "two"))
    commit(store.put_mail_code(first))
    commit(store.put_mail_code(second))

    assert store.read_mail_code(ACCOUNT.account_id) == second
    with pytest.raises(CodeWrong):
        commit(store.spend_mail_code(first))
    commit(store.spend_mail_code(second))
    with pytest.raises(CodeWrong):
        commit(store.spend_mail_code(second))
    assert store.read_mail_code(ACCOUNT.account_id) is None


def test_a_link_is_for_one_purpose_and_spent_once(stores) -> None:
    store, _ = stores
    link = MailedToken(ACCOUNT.account_id, "mark", NOW, "password")
    commit(store.put_link(RESET, "hash", link))

    assert store.read_link(RESET, "hash") == link
    assert store.read_link(NOT_ME, "hash") is None
    with pytest.raises(ResetLinkInvalid):
        commit(store.spend_link(NOT_ME, "hash"))
    commit(store.spend_link(RESET, "hash"))
    with pytest.raises(ResetLinkInvalid):
        commit(store.spend_link(RESET, "hash"))


def test_a_password_is_set_on_the_account_as_it_was_read_and_opens_the_lock(stores) -> None:
    store, _ = stores
    read = store.read(ACCOUNT.account_id)
    assert read is not None
    commit(store.lock(read))
    locked = store.read(ACCOUNT.account_id)
    assert locked is not None

    with pytest.raises(Unavailable):  # the lock ended the sessions meanwhile
        commit(store.set_password(read, "hash-2", is_long=True))
    commit(store.set_password(locked, "hash-2", is_long=False))

    found = store.read(ACCOUNT.account_id)
    assert found is not None
    assert (locked.locked, found.locked, found.password_hash, found.password_is_long) == (True, False, "hash-2", False)
    assert (read.session_epoch, locked.session_epoch, found.session_epoch) == (0, 1, 2)
