"""What others may do with the books: add, and read."""

from datetime import date, datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.sifting import Sifted


class Ledger(Protocol):
    """The books. There is no way to change or remove what they hold."""

    def book(self, transaction: LedgerTransaction) -> Write:
        """Return the write that adds a transaction; refused with AlreadyBooked when its fact stands."""

    def unbooked(self, book: str, key: str) -> Write:
        """Return the condition that a fact does not stand; refused with AlreadyBooked."""

    def of_book(self, book: str) -> list[LedgerTransaction]:
        """Return a book's transactions, consistently."""

    def of_day(self, day: date) -> list[LedgerTransaction]:
        """Return a day's transactions from an index: for statements, never for a decision."""

    def sift_day(self, day: date) -> Sifted:
        """Return what of a day can be read, from its index, and name what cannot."""

    def sift_book(self, book: str) -> Sifted:
        """Return what of a book can be read, consistently, and name what cannot."""

    def books_of(self, day: date) -> list[str]:
        """Name the books of a day's transactions, each once, from the same index, also where one cannot be read."""

    def of_seller(
        self, seller_id: str, since: datetime, until: datetime, cursor: str | None = None
    ) -> Rows[LedgerTransaction]:
        """Return what was booked to a seller's accounts in [since, until), oldest first, from an index."""
