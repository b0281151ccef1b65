"""The ledger table: one item a transaction, never updated (IAM denies it), never removed."""

from datetime import date
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.ledger.model import AlreadyBooked, LedgerTransaction, Posting
from marketplace.storage.tables import Item, meta
from marketplace.storage.transaction import Put


class ByDay(GlobalSecondaryIndex[Any]):
    """A day's transactions in the order of booking."""

    class Meta:
        """See data.yaml."""

        index_name = "by_day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
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

    by_day = ByDay()


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
        )
        return Put(item, AlreadyBooked(book=transaction.book, key=transaction.key))

    def of_book(self, book: str) -> list[LedgerTransaction]:
        return [ledger_transaction(item) for item in LedgerItem.read_partition(book)]

    def of_day(self, day: date) -> list[LedgerTransaction]:
        return [ledger_transaction(item) for item in LedgerItem.by_day.query(day.isoformat())]


def ledger_transaction(item: LedgerItem) -> LedgerTransaction:
    """Read a stored transaction, checking again that it balances."""
    legs = tuple(Posting(account, amount_minor) for account, amount_minor in item.postings)
    at = from_text(item.booked_at)
    return LedgerTransaction(item.pk, item.sk, item.kind, item.currency, legs, at, item.stripe_object)
