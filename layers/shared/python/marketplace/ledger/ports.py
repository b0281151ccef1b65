"""What others may do with the books: add, and read."""

from datetime import date
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.ledger.model import LedgerTransaction


class Ledger(Protocol):
    """The books. There is no way to change or remove what they hold."""

    def book(self, transaction: LedgerTransaction) -> Write:
        """Return the write that adds a transaction; refused with AlreadyBooked when its fact stands."""

    def of_book(self, book: str) -> list[LedgerTransaction]:
        """Return a book's transactions, consistently."""

    def of_day(self, day: date) -> list[LedgerTransaction]:
        """Return a day's transactions from an index: for statements, never for a decision."""
