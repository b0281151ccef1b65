"""What the owner has in the marketplace, and how much of it may leave without going below what is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from marketplace.ledger.model import OWNER_CAPITAL
from marketplace.solvency.model import Covering
from marketplace.solvency.service import Look


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
    """The proof of solvency, as its owner's side sees it."""

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

        Raises: Unavailable.
        """
        look, available = self._solvency.look(), self._balances.available()
        return [self._of(each, look, available.get(each.currency, 0)) for each in look.coverings]

    def _of(self, covering: Covering, look: Look, available_minor: int) -> Capital:
        put_in_minor = -look.positions.get(("", OWNER_CAPITAL, covering.currency), 0)
        over_minor = covering.at_stripe_minor - covering.total_owed_minor - covering.moving_minor
        return Capital(covering, put_in_minor, available_minor, max(0, min(available_minor, over_minor)))
