"""Books with an open clearing account, remembered from night to night until each has returned to zero.

A day's bookings name the books that moved. An account that nothing moves any more is in none of them: without being
remembered it would leave the measure while its money is stuck.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger.clearing import Open, not_cleared
from marketplace.ledger.sifting import Rows, Sieve, Unreadable


class OpenMoved(Conflict):
    """Another run noted it first."""

    code = "open_book_moved"


class BookRows(Protocol):
    """Where the names of these books lie. Reads are consistent."""

    def books(self) -> list[str]: ...

    def remember(self, book: str) -> Write:
        """Note that a book has an open account; refused with OpenMoved when that is noted."""

    def forget(self, book: str) -> Write:
        """Note that it has none; refused with OpenMoved when that is noted."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is open, the longest first, and what of these books makes no sense."""

    left: tuple[Open, ...]
    unreadable: tuple[Unreadable, ...] = ()


class OpenBooks:
    """Says what is open now, of whatever day."""

    def __init__(self, *, clock: Clock, transactions: Transactions, ledger: Rows, rows: BookRows) -> None:
        self._clock = clock
        self._tx = transactions
        self._ledger = ledger
        self._rows = rows

    def look(self, moved: Iterable[str]) -> Looked:
        """Look at these books and at those that were open before.

        It may die anywhere and be run again: a book is forgotten only once all of it was read and had nothing open.
        One that cannot be read whole is remembered, as nobody can say that it has nothing open.

        Raises: Unavailable.
        """
        now, known, books = self._clock.now(), set(self._rows.books()), Sieve(self._ledger)
        found = list[Open]()
        for book in sorted({*known, *moved}):
            left = list(not_cleared(book, books.of_book(book), now))
            is_whole = books.is_whole(book)
            found += left if is_whole else []
            is_open = bool(left) or not is_whole
            if is_open != (book in known):
                with suppress(OpenMoved):
                    self._tx.commit([self._rows.remember(book) if is_open else self._rows.forget(book)])
        found.sort(key=lambda each: (each.since, each.book, each.account))
        return Looked(tuple(found), books.unreadable)
