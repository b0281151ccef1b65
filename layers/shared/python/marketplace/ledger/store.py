"""The ledger table: one item a transaction, never updated (IAM denies it), never removed."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.pagination import ResultIterator

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger.model import AlreadyBooked, Contradiction, LedgerTransaction, Posting
from marketplace.ledger.sifting import NO_SENSE, Sifted, Unreadable
from marketplace.storage.tables import Item, meta, read_page
from marketplace.storage.transaction import Check, Put

PAGE = 200  # transactions in one read of an index
WHY_LENGTH_MAX = 200  # characters of what is wrong with a row
HASH_LENGTH = 16  # hexadecimal digits


class ByDay(GlobalSecondaryIndex[Any]):
    """A day's transactions in the order of booking."""

    class Meta:
        """See data.yaml."""

        index_name = "by_day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
    booked_at = UnicodeAttribute(range_key=True)


class BySeller(GlobalSecondaryIndex[Any]):
    """What was booked to a seller's accounts, in the order of booking: for statements, which check it by book."""

    class Meta:
        """See data.yaml."""

        index_name = "by_seller"
        projection = AllProjection()

    seller_id = UnicodeAttribute(hash_key=True)
    booked_at = UnicodeAttribute(range_key=True)


class LedgerItem(Item):
    """One balanced transaction; pk is the book, sk the fact."""

    class Meta(meta("ledger")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    currency = UnicodeAttribute()
    postings = JSONAttribute()
    day = UnicodeAttribute()
    booked_at = UnicodeAttribute()
    stripe_object = UnicodeAttribute(null=True)
    seller_id = UnicodeAttribute(null=True)  # of whose accounts a posting is

    by_day = ByDay()
    by_seller = BySeller()


class DynamoLedger:
    """The books in DynamoDB."""

    def book(self, transaction: LedgerTransaction) -> Write:
        booked_at = to_text(transaction.booked_at)
        item = LedgerItem(
            transaction.book,
            transaction.key,
            kind=transaction.kind,
            currency=transaction.currency,
            postings=[[posting.account, posting.amount_minor] for posting in transaction.postings],
            day=booked_at[:10],
            booked_at=booked_at,
            stripe_object=transaction.stripe_object,
            seller_id=transaction.seller_id,
        )
        return Put(item, AlreadyBooked(book=transaction.book, key=transaction.key))

    def unbooked(self, book: str, key: str) -> Write:
        return Check(LedgerItem(book, key), LedgerItem.pk.does_not_exist(), AlreadyBooked(book=book, key=key))

    def of_book(self, book: str) -> list[LedgerTransaction]:
        return [ledger_transaction(item) for item in LedgerItem.read_partition(book)]

    def of_day(self, day: date) -> list[LedgerTransaction]:
        return [ledger_transaction(item) for item in LedgerItem.by_day.query(day.isoformat())]

    def sift_day(self, day: date) -> Sifted:
        """Return what of a day can be read, from its index, and name what cannot."""
        return _sifted(lambda **said: LedgerItem.by_day.query(day.isoformat(), **said))

    def sift_book(self, book: str) -> Sifted:
        """Return what of a book can be read, consistently, and name what cannot."""
        return _sifted(lambda **said: LedgerItem.query(book, consistent_read=True, **said))

    def books_of(self, day: date) -> list[str]:
        """Name the books of a day's transactions, each once, from an index; no transaction is read for it."""
        return sorted({item.pk for item in LedgerItem.by_day.query(day.isoformat(), attributes_to_get=["pk"])})

    def of_seller(
        self, seller_id: str, since: datetime, until: datetime, cursor: str | None = None
    ) -> Rows[LedgerTransaction]:
        """Return what was booked to a seller's accounts in [since, until), oldest first, from an index."""
        last = to_text(until - timedelta(milliseconds=1))
        between = BySeller.booked_at.between(to_text(since), last)
        rows = read_page(
            LedgerItem.by_seller,
            seller_id,
            sort_attribute="booked_at",
            cursor=cursor,
            limit=PAGE,
            newest_first=False,
            condition=between,
        )
        return Rows(tuple(ledger_transaction(item) for item in rows.items), rows.cursor)


def ledger_transaction(item: LedgerItem) -> LedgerTransaction:
    """Read a stored transaction, checking again that it balances, and that it lacks nothing that sums are made by."""
    legs = tuple(Posting(account, amount_minor) for account, amount_minor in item.postings)
    at = from_text(item.booked_at)
    if not item.kind or not item.currency or at.tzinfo is None or item.booked_at[:10] != item.day:
        raise Contradiction(f"{item.pk}/{item.sk} lacks its kind, its currency or its day")
    return LedgerTransaction(item.pk, item.sk, item.kind, item.currency, legs, at, item.stripe_object)


def _sifted(query: Callable[..., ResultIterator[LedgerItem]]) -> Sifted:
    """Read row by row; where one fails, name them all, and look by itself at each that was not read.

    One whose attributes are not even of their types comes back without its name: hence the second query.
    """
    rows = list(_rows(query()))
    read = {(each.book, each.key): each for each in rows if each}
    if len(read) == len(rows):
        return Sifted(list(read.values()))
    bad = []
    for name in _guarded(query(attributes_to_get=["pk", "sk"])):
        if (name.pk, name.sk) not in read:
            for stored in _stored(name.pk, name.sk):
                try:
                    read[name.pk, name.sk] = ledger_transaction(LedgerItem.from_raw_data(stored))
                except NO_SENSE as error:
                    currency = stored.get("currency", {}).get("S", "")
                    why = str(error)[:WHY_LENGTH_MAX]
                    bad.append(Unreadable(name.pk, name.sk, why, currency, _hash_of(stored)))
    return Sifted(list(read.values()), bad)


def _rows(found: ResultIterator[LedgerItem]) -> Iterator[LedgerTransaction | None]:
    """Yield each row's transaction, and None for one that makes no sense; pynamodb goes on behind it."""
    failed = 0
    while True:
        try:
            yield ledger_transaction(next(found))
        except StopIteration:
            return
        except PynamoDBException as error:
            raise Unavailable from error
        except NO_SENSE:
            failed += 1
            if failed > found.total_count:  # no row's mistake: the read itself fails, and would for ever
                raise
            yield None


def _stored(book: str, key: str) -> list[dict[str, Any]]:
    """Read one row consistently and as it is stored, whatever that is."""
    table = LedgerItem._get_connection()  # noqa: SLF001 - a model reads only what makes sense to it
    try:
        return list(table.query(book, LedgerItem.sk == key, consistent_read=True)["Items"])
    except PynamoDBException as error:
        raise Unavailable from error


def _hash_of(stored: dict[str, Any]) -> str:
    whole = json.dumps(stored, sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:HASH_LENGTH]


def _guarded(found: ResultIterator[LedgerItem]) -> Iterator[LedgerItem]:
    try:
        yield from found
    except PynamoDBException as error:
        raise Unavailable from error
