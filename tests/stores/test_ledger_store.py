"""The books, on the in-memory DynamoDB and on moto: added to, read, and never changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.ledger import postings
from marketplace.ledger.model import AlreadyBooked, balances
from marketplace.ledger.ports import Ledger
from marketplace.ledger.store import DynamoLedger, LedgerItem
from marketplace.orders.model import Award
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.booked import released
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW, order


@pytest.fixture(params=NAMES)
def store(request):
    with backend_of(request.param):
        yield DynamoLedger()


@pytest.fixture
def commit(store):
    transactions = DynamoTransactions(pause=lambda _: None)
    return lambda *writes: transactions.commit(writes)


CAPTURE = postings.capture(order(), "ch_1", NOW)


def test_what_is_booked_comes_back_to_the_cent(store, commit):
    split = order(award=Award(3_333, 6_667))
    book = [
        CAPTURE,
        *released(split, 6_667, "tr_1", NOW),
        postings.refund(split, 3_333, "re_1", "refund#ord_1#award", NOW),
    ]
    commit(*(store.book(each) for each in book))

    found = store.of_book("ord_1")

    assert sorted(found, key=lambda each: each.key) == sorted(book, key=lambda each: each.key)
    assert balances(found) == balances(book)
    assert store.of_book("ord_never") == []


def test_a_fact_is_booked_once_whatever_it_says_the_second_time(store, commit):
    commit(store.book(CAPTURE))

    with pytest.raises(AlreadyBooked):
        commit(store.book(replace(CAPTURE, stripe_object="ch_2", booked_at=NOW + timedelta(days=1))))

    assert store.of_book("ord_1") == [CAPTURE]


def test_the_same_fact_of_another_book_is_another_fact(store, commit):
    commit(store.book(CAPTURE), store.book(replace(CAPTURE, book="ord_2")))

    assert [len(store.of_book(book)) for book in ("ord_1", "ord_2")] == [1, 1]


def test_a_transaction_with_one_fact_that_stands_books_nothing(store, commit):
    commit(store.book(CAPTURE))

    with pytest.raises(AlreadyBooked):
        commit(store.book(replace(CAPTURE, book="ord_2")), store.book(CAPTURE))

    assert store.of_book("ord_2") == []


def test_a_day_lists_its_transactions_in_the_order_of_booking(store, commit):
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    times = {
        "ord_late": midnight + timedelta(hours=23, minutes=59, seconds=59),
        "ord_early": midnight,
        "ord_before": midnight - timedelta(milliseconds=1),
        "ord_after": midnight + timedelta(days=1),
    }
    for book, at in times.items():
        commit(store.book(replace(CAPTURE, book=book, booked_at=at)))

    assert [each.book for each in store.of_day(NOW.date())] == ["ord_early", "ord_late"]
    assert store.of_day(date(2030, 1, 1)) == []


def test_a_stored_transaction_that_does_not_balance_cannot_even_be_read(store, commit):
    commit(store.book(CAPTURE))
    item = LedgerItem.get("ord_1", "capture")
    item.postings = [["stripe", 1], ["held", -2]]
    item.save()

    with pytest.raises(ValueError, match="do not sum to zero"):
        store.of_book("ord_1")


def test_there_is_no_way_to_change_or_remove_what_is_booked():
    offered = {name for name in vars(DynamoLedger) if not name.startswith("_")}

    assert (
        offered
        == {name for name in vars(Ledger) if not name.startswith("_")}
        == {"book", "of_book", "of_day", "of_seller"}
    )
