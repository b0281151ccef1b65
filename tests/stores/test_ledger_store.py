"""The books, on the in-memory DynamoDB and on moto: added to, read, and never changed."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from botocore.exceptions import ClientError

from marketplace.kit.errors import Unavailable
from marketplace.ledger import postings
from marketplace.ledger import store as ledger_store
from marketplace.ledger.model import AlreadyBooked, LedgerTransaction, balances
from marketplace.ledger.ports import Ledger
from marketplace.ledger.store import DynamoLedger, LedgerItem
from marketplace.orders.model import Award
from marketplace.storage.tables import shared_client
from tests.fakes.booked import released
from tests.stores.trading import NOW, order

STORE = DynamoLedger  # see conftest.py


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


def test_that_a_fact_does_not_stand_is_a_condition_of_what_else_is_written(store, commit):
    other = replace(CAPTURE, book="ord_2")
    commit(store.unbooked("ord_1", CAPTURE.key), store.book(other))
    commit(store.book(CAPTURE))

    with pytest.raises(AlreadyBooked) as refused:
        commit(store.unbooked("ord_1", CAPTURE.key), store.book(replace(CAPTURE, book="ord_3")))

    assert refused.value.facts == {"book": "ord_1", "key": CAPTURE.key}
    assert (store.of_book("ord_2"), store.of_book("ord_3")) == ([other], [])


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
    assert store.books_of(NOW.date()) == ["ord_early", "ord_late"]
    assert store.books_of(date(2030, 1, 1)) == []


def test_a_book_is_named_once_a_day_and_though_its_row_balances_no_more(store, commit):
    commit(store.book(CAPTURE), store.book(replace(CAPTURE, key="again")))
    item = LedgerItem.get("ord_1", "capture")
    item.postings = [["stripe", 1], ["held", -2]]
    item.save()

    assert store.books_of(NOW.date()) == ["ord_1"]
    with pytest.raises(ValueError, match="do not sum to zero"):
        store.of_book("ord_1")


def test_a_stored_transaction_that_does_not_balance_cannot_even_be_read(store, commit):
    commit(store.book(CAPTURE))
    item = LedgerItem.get("ord_1", "capture")
    item.postings = [["stripe", 1], ["held", -2]]
    item.save()

    with pytest.raises(ValueError, match="do not sum to zero"):
        store.of_book("ord_1")


SPOILT = {
    "of no balance": ({"postings": [["stripe", 1], ["held", -2]]}, "do not sum to zero", "eur"),
    "in words": ({"postings": [["stripe", "ten"], ["held", "minus ten"]]}, "unsupported operand", "eur"),
    "of no postings": ({"postings": None}, "not iterable", "eur"),
    "of another type": ({"postings": {"N": "5"}}, "Cannot deserialize 'postings'", "eur"),
    "of no JSON": ({"postings": {"S": "{"}}, "Expecting property name", "eur"),
    "of no currency either": ({"postings": {"S": "{"}, "currency": {"N": "5"}}, "Cannot deserialize", ""),
    "of no currency": ({"currency": {"NULL": True}}, "lacks its kind, its currency or its day", ""),
    "of no kind": ({"kind": {"NULL": True}}, "lacks its kind, its currency or its day", "eur"),
    "of no day of its own": ({"booked_at": {"S": "2026-11-03T00:00:00.000Z"}}, "or its day", "eur"),
    "of no time zone": ({"booked_at": {"S": "2026-11-02T09:30:00.250"}}, "or its day", "eur"),
}


def spoil(book: str, **said) -> None:
    """Change a stored row by hand, as nobody may; what is a dict is stored as it stands."""
    row = LedgerItem.get(book, "capture").serialize()
    for name, value in said.items():
        row[name] = value if isinstance(value, dict) else {"S": json.dumps(value)}
    shared_client().put_item(TableName=LedgerItem.Meta.table_name, Item=row)


@pytest.mark.parametrize("how", SPOILT)
def test_a_row_that_makes_no_sense_is_named_and_hides_no_other_of_its_day_or_book(store, commit, how):
    again, other = replace(CAPTURE, key="again"), replace(CAPTURE, book="ord_2")
    commit(store.book(CAPTURE), store.book(again), store.book(other))
    said, why, currency = SPOILT[how]
    spoil("ord_1", **said)

    day, book = store.sift_day(NOW.date()), store.sift_book("ord_1")

    assert (sorted(day.transactions, key=lambda each: each.book), book.transactions) == ([again, other], [again])
    assert day.unreadable == book.unreadable
    [named] = book.unreadable
    assert (named.book, named.key, named.currency) == ("ord_1", "capture", currency)
    assert why in named.why


def test_a_row_that_is_changed_again_is_another_though_it_is_wrong_in_the_same_way(store, commit):
    commit(store.book(CAPTURE))

    found = []
    for account in ("stripe", "commission", "commission"):
        spoil("ord_1", postings=[[account, 100], ["held", -99]])
        found += store.sift_book("ord_1").unreadable

    first, second, again = found
    assert first.why == second.why
    assert first != second == again


def test_a_row_whose_attributes_come_in_another_order_is_the_same(store, commit):
    commit(store.book(CAPTURE))
    spoil("ord_1", postings=[7])
    before = store.sift_book("ord_1").unreadable
    row = LedgerItem._get_connection().get_item("ord_1", "capture")["Item"]
    shared_client().delete_item(TableName=LedgerItem.Meta.table_name, Key={"pk": row["pk"], "sk": row["sk"]})

    shared_client().put_item(TableName=LedgerItem.Meta.table_name, Item=dict(reversed(row.items())))

    assert store.sift_book("ord_1").unreadable == before


def test_rows_that_make_sense_are_read_by_one_query(store, commit, monkeypatch):
    commit(store.book(CAPTURE), store.book(replace(CAPTURE, key="again")))
    asked = noted(monkeypatch)

    assert (store.sift_day(NOW.date()).unreadable, store.sift_book("ord_1").unreadable) == ([], [])
    assert asked == [("Query", False), ("Query", True)]


def test_a_book_is_read_consistently_down_to_the_row_that_makes_no_sense(store, commit, monkeypatch):
    commit(store.book(CAPTURE))
    spoil("ord_1", postings=[7])
    asked = noted(monkeypatch)

    store.sift_book("ord_1")

    assert asked == [("Query", True)] * 3


def noted(monkeypatch):
    """Return a list of the calls to DynamoDB from now on, and whether each was consistent."""
    asked, call = [], shared_client()._make_api_call

    def note(name, said):
        asked.append((name, said.get("ConsistentRead", False)))
        return call(name, said)

    monkeypatch.setattr(shared_client(), "_make_api_call", note)
    return asked


@pytest.mark.parametrize("nth", [1, 2, 3], ids=["the rows", "their names", "the one that makes no sense"])
def test_a_throttled_read_of_what_makes_no_sense_comes_again(store, commit, monkeypatch, nth):
    commit(store.book(CAPTURE), store.book(replace(CAPTURE, key="again")))
    spoil("ord_1", postings=[7])
    asked, call = [], shared_client()._make_api_call

    def throttled(name, said):
        asked.append(name)
        if len(asked) == nth:
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, name)
        return call(name, said)

    monkeypatch.setattr(shared_client(), "_make_api_call", throttled)

    with pytest.raises(Unavailable):
        store.sift_book("ord_1")
    assert len(asked) == nth


def test_a_read_that_fails_by_itself_is_no_row_and_ends(store, commit, monkeypatch):
    commit(store.book(CAPTURE))

    def fails(*_):
        raise TypeError("no row's mistake")

    monkeypatch.setattr(shared_client(), "_make_api_call", fails)

    with pytest.raises(TypeError):
        store.sift_book("ord_1")


def test_there_is_no_way_to_change_or_remove_what_is_booked():
    offered = {name for name in vars(DynamoLedger) if not name.startswith("_")}

    assert (
        offered
        == {name for name in vars(Ledger) if not name.startswith("_")}
        == {"book", "unbooked", "of_book", "of_day", "sift_book", "sift_day", "books_of", "of_seller"}
    )


def earned(book: str, at, seller_id: str = "acc_seller") -> LedgerTransaction:
    """Return a release, which touches a seller's account."""
    return postings.release(replace(order(book), seller_id=seller_id), 10_000, at)


def test_what_was_booked_to_a_seller_is_read_from_the_first_moment_to_before_the_last(store, commit):
    moment, until = timedelta(milliseconds=1), NOW + timedelta(days=1)
    times = {"ord_before": NOW - moment, "ord_last": until - moment, "ord_first": NOW, "ord_after": until}
    for book, at in times.items():
        commit(store.book(earned(book, at)))
    commit(store.book(earned("ord_other", NOW, "acc_other")), store.book(CAPTURE))

    found = store.of_seller("acc_seller", NOW, until)

    assert (found.items, found.cursor) == ((earned("ord_first", NOW), earned("ord_last", until - moment)), None)
    assert [each.book for each in store.of_seller("acc_other", NOW, until).items] == ["ord_other"]
    assert store.of_seller("acc_nobody", NOW, until).items == ()


def test_a_long_history_is_read_page_by_page(store, commit, monkeypatch):
    monkeypatch.setattr(ledger_store, "PAGE", 2)
    books = [f"ord_{place}" for place in range(5)]
    for place, book in enumerate(books):
        commit(store.book(earned(book, NOW + timedelta(hours=place))))

    read, cursor = [], None
    while cursor is not None or not read:
        page = store.of_seller("acc_seller", NOW, NOW + timedelta(days=1), cursor)
        assert len(page.items) <= 2
        read += [each.book for each in page.items]
        cursor = page.cursor

    assert read == books
