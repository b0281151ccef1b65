"""How much a seller gave back in a day by their own word, as rows of the payments table."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Update

GIVEN = "given"
KEPT_SECONDS = 3 * 86_400  # a day's sum is asked for on that day


class GivenItem(Item):
    """One seller's refunds of one day, UTC, in one currency."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    amount_minor = IntegerAttribute()
    seller_id = UnicodeAttribute()
    expires_at = IntegerAttribute()


class DynamoGiven:
    """Sums by seller, currency and day."""

    def count(
        self, seller_id: str, currency: str, amount_minor: int, at: datetime, *, at_most: int | None, refusal: Exception
    ) -> Write:
        """Add to the day's sum; refused with `refusal` when that would go beyond `at_most`, minor units."""
        item = GivenItem(f"given#{seller_id}#{currency}#{at:%Y-%m-%d}", GIVEN)
        actions = [
            GivenItem.amount_minor.set((GivenItem.amount_minor | 0) + amount_minor),
            GivenItem.seller_id.set(seller_id),
            GivenItem.expires_at.set(int(at.timestamp()) + KEPT_SECONDS),
        ]
        first = GivenItem.pk.does_not_exist()
        if at_most is None:
            return Update(item, actions, first | GivenItem.pk.exists(), refusal)
        room_minor = at_most - amount_minor
        within = GivenItem.amount_minor <= room_minor
        return Update(item, actions, within | first if room_minor >= 0 else within, refusal)
