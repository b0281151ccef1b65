"""A debt as its collection sees it."""

from dataclasses import dataclass
from datetime import timedelta

GRACE = timedelta(days=14)  # from when a seller owes: so long only later earnings pay it. Published.
LOOK_AGAIN = timedelta(days=1)  # at a debt for which nothing, or not enough, lies at Stripe
REFUSED_AGAIN = timedelta(days=7)  # until a debt is looked at after Stripe refused to take of it
COLLECTION = "collection"  # the fact by which such an intent is known


@dataclass(frozen=True, slots=True)
class Owed:
    """What a seller owes in one currency, and how far its collection is."""

    seller_id: str
    currency: str
    amount_minor: int
    collections: int = 0  # begun until now
    collecting: str | None = None  # the intent that is under way, or whose outcome waits for a person

    @property
    def next_collection(self) -> str:
        """Name the next one: within its seller and currency, so within an order too."""
        return f"debt_{self.collections + 1}"
