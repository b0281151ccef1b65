"""Everything that one seller's balances are made of, as whoever checks them reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.kit.errors import Conflict
from marketplace.payouts.model import Clearing, Entry, Hold, Payout, Purse, ReservePart


class TooManyRows(Conflict):
    """A seller has more rows than one look may take."""

    code = "too_many_rows"


@dataclass(frozen=True, slots=True)
class Books:
    """One seller's rows; `holds` are those that stand."""

    purses: Sequence[Purse]
    entries: Sequence[Entry]
    reserves: Sequence[ReservePart]
    clearing: Sequence[Clearing]
    payouts: Sequence[Payout]
    holds: Sequence[Hold]


class SellerBooks(Protocol):
    """Where they lie."""

    def of(self, seller_id: str, rows_max: int) -> Books:
        """Return all of a seller's, consistently.

        Raises: TooManyRows when a kind has more than `rows_max`; Unavailable.
        """

    def moving(self, since: datetime) -> list[str]:
        """Name sellers with a payout on its way, parked, or back since then (an index: a hint)."""
