"""What the owner has in the marketplace, and how much of it may leave without going below what is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from marketplace.kit.errors import Conflict
from marketplace.ledger.model import OWNER_CAPITAL
from marketplace.solvency.model import Covering
from marketplace.solvency.moment import UnreadableBooks
from marketplace.solvency.service import Look


class BooksUnreadable(Conflict):
    """A row of the books contradicts itself; asking again changes nothing until it is put right."""

    code = "books_unreadable"
    title_en = "A row of the books makes no sense, so nobody can say what is owed. Have it put right first."
    title_es = "Una fila de los libros no tiene sentido y nadie puede decir cuánto se debe. Hay que corregirla primero."


@dataclass(frozen=True, slots=True)
class Capital:
    """One currency, in its minor unit."""

    covering: Covering
    put_in_minor: int  # by top-ups, less what the owner took out; negative when that was more
    available_minor: int  # what Stripe would send to a bank now
    may_leave_minor: int  # of it; the rest is owed, not cleared, or in calls whose outcome nobody knows

    @property
    def missing_minor(self) -> int:
        """What the owner would have to put in so that everything owed is there."""
        return self.covering.shortfall_minor


class Looks(Protocol):
    """The proof of solvency, as its owner's side sees it. Raises: UnreadableBooks; Unavailable."""

    def look(self) -> Look: ...


class Spendable(Protocol):
    """Stripe's balance, as far as it has cleared. Raises: Unavailable."""

    def available(self) -> Mapping[str, int]: ...


class OwnerCapital:
    """Says how the owner stands."""

    def __init__(self, *, solvency: Looks, balances: Spendable) -> None:
        self._solvency = solvency
        self._balances = balances

    def now(self) -> list[Capital]:
        """Return every currency in which anything is owed, held or put in.

        Raises: BooksUnreadable; Unavailable.
        """
        try:
            look = self._solvency.look()
        except UnreadableBooks as error:
            raise BooksUnreadable(seen=str(error)) from error
        available = self._balances.available()
        return [self._of(each, look, available.get(each.currency, 0)) for each in look.coverings]

    def _of(self, covering: Covering, look: Look, available_minor: int) -> Capital:
        put_in_minor = -look.positions.get(("", OWNER_CAPITAL, covering.currency), 0)
        over_minor = covering.at_stripe_minor - covering.total_owed_minor - covering.moving_minor
        return Capital(covering, put_in_minor, available_minor, max(0, min(available_minor, over_minor)))
