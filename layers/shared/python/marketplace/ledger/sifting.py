"""Books of which a row makes no sense: the row is named, and keeps nobody from reading the others."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from marketplace.ledger.model import LedgerTransaction

NO_SENSE = (ValueError, TypeError, AttributeError, LookupError)  # whatever a row lacks, or contradicts itself in


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """A stored transaction that nobody can make sense of: where it lies, and why."""

    book: str
    key: str
    why: str
    currency: str = ""  # that it says of itself; "" where nobody can make sense of that either
    content: str = ""  # a hash of the row: it may be wrong in the same way, and by another amount
    orders: tuple[str, ...] = ()  # whose money it may be, where somebody looked them up


@dataclass(frozen=True, slots=True)
class Sifted:
    """What was read, and what could not be."""

    transactions: list[LedgerTransaction]
    unreadable: list[Unreadable] = field(default_factory=list)


class Rows(Protocol):
    """The ledger, row by row."""

    def sift_day(self, day: date) -> Sifted: ...
    def sift_book(self, book: str) -> Sifted: ...


class Sieve:
    """Reads the books for one run, and notes what it could not read."""

    def __init__(self, ledger: Rows) -> None:
        self._ledger = ledger
        self._found: set[Unreadable] = set()
        self._broken: set[str] = set()

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Each row once, however often it was met."""
        return tuple(sorted(self._found))

    def of_day(self, day: date) -> list[LedgerTransaction]:
        """Return what of a day can be read, from an index."""
        return self._kept(self._ledger.sift_day(day))

    def of_book(self, book: str) -> list[LedgerTransaction]:
        """Return what of a book can be read, consistently."""
        return self._kept(self._ledger.sift_book(book))

    def is_whole(self, book: str) -> bool:
        """Say whether everything met of a book so far could be read."""
        return book not in self._broken

    def _kept(self, found: Sifted) -> list[LedgerTransaction]:
        self._found.update(found.unreadable)
        self._broken.update(each.book for each in found.unreadable)
        return found.transactions
