"""A seller's whole partition of the payouts table, and who has a payout on its way: what an audit reads."""

from datetime import datetime
from typing import Any

from marketplace.kit.clock import to_text
from marketplace.payouts.clearing_store import clearing_from
from marketplace.payouts.hold_store import hold_from
from marketplace.payouts.model import PayoutState
from marketplace.payouts.payout_store import payout_from
from marketplace.payouts.purse_store import entry_from, purse_from, reserve_from
from marketplace.payouts.seller_books import Books, TooManyRows
from marketplace.payouts.table_store import (
    CLEARING,
    ENTRY,
    HOLD,
    PAYOUT,
    PURSE,
    RESERVE,
    ClearingItem,
    EntryItem,
    HoldItem,
    PayoutItem,
    PurseItem,
    ReserveItem,
    Work,
)

_MOVING = (PayoutState.OPEN, PayoutState.IN_TRANSIT, PayoutState.PARKED, PayoutState.FAILED)


class DynamoSellerBooks:
    """Reads all of a seller's rows; it writes nothing."""

    def of(self, seller_id: str, rows_max: int) -> Books:
        """Return everything of a seller, consistently, a query a kind.

        Raises: TooManyRows when a kind has more than `rows_max`; Unavailable.
        """

        def rows(model: Any, begins: str) -> list[Any]:
            found: list[Any] = model.read_partition(seller_id, model.sk.startswith(begins), limit=rows_max + 1)
            if len(found) > rows_max:
                raise TooManyRows
            return found

        return Books(
            purses=[purse_from(each) for each in rows(PurseItem, PURSE)],
            entries=[entry_from(each) for each in rows(EntryItem, ENTRY)],
            reserves=[reserve_from(each) for each in rows(ReserveItem, RESERVE)],
            clearing=[clearing_from(each) for each in rows(ClearingItem, CLEARING)],
            payouts=[payout_from(each) for each in rows(PayoutItem, PAYOUT)],
            holds=[hold_from(each) for each in rows(HoldItem, HOLD) if not each.ended_at],
        )

    def moving(self, since: datetime) -> list[str]:
        """Name sellers with a payout on its way, parked, or back since then (an index: a hint)."""
        late = Work.due_at >= to_text(since)  # what is on its way is looked at later than that
        found = (PayoutItem.work.query(state.value, late) for state in _MOVING)
        return sorted({item.pk for some in found for item in some})
