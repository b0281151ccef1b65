"""Books with an open clearing account, remembered from night to night until each has returned to zero.

A day's bookings name the books that moved. An account that nothing moves any more is in none of them: without being
remembered it would leave the measure while its money is stuck.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger.clearing import Open, not_cleared
from marketplace.ledger.model import LedgerTransaction


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


class Books(Protocol):
    """The ledger, by book."""

    def of_book(self, book: str) -> Sequence[LedgerTransaction]: ...


class OpenBooks:
    """Says what is open now, of whatever day."""

    def __init__(self, *, clock: Clock, transactions: Transactions, ledger: Books, rows: BookRows) -> None:
        self._clock = clock
        self._tx = transactions
        self._ledger = ledger
        self._rows = rows

    def look(self, moved: Iterable[str]) -> list[Open]:
        """Return what is open in these books and in those that were open before, the longest open first.

        It may die anywhere and be run again: a book is forgotten only once it was read and had nothing open.

        Raises: Unavailable; ExceptionGroup, at the end, of books that cannot be read.
        """
        now, known = self._clock.now(), set(self._rows.books())
        found, broken = dict[str, list[Open]](), list[Exception]()
        for book in sorted({*known, *moved}):
            try:
                found[book] = list(not_cleared(book, self._ledger.of_book(book), now))
            except ValueError as error:  # a stored transaction contradicts itself
                error.add_note(book)
                broken.append(error)
        for book, left in found.items():
            if bool(left) != (book in known):
                with suppress(OpenMoved):
                    self._tx.commit([self._rows.remember(book) if left else self._rows.forget(book)])
        if broken:
            raise ExceptionGroup("books that cannot be read", broken)
        return sorted(chain.from_iterable(found.values()), key=lambda each: (each.since, each.book, each.account))
