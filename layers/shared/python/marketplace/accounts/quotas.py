"""Quotas of trading, counted like attempts and taken in the transaction that they bound."""

from datetime import datetime

from marketplace.accounts.limits import Limit
from marketplace.accounts.ports import AttemptStore
from marketplace.kit.writes import Write

# A reserved cart keeps others from buying for 15 minutes: enough for anybody who shops, too few to empty the shelves.
CARTS = Limit("carts", 10, 900, fails_closed=True, failures_only=False)


class CartQuota:
    """Bounds the carts that one buyer may reserve in a stretch of 15 minutes; see orders.ports.Quota."""

    def __init__(self, *, store: AttemptStore) -> None:
        self._store = store

    def take(self, buyer_id: str, now: datetime) -> Write:
        return self._store.take(CARTS, buyer_id, now)
