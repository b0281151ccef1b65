"""A seller's payouts of a time, as statements list them."""

from datetime import datetime

from marketplace.kit.clock import to_text
from marketplace.payouts.model import Payout
from marketplace.payouts.payout_store import payout_from
from marketplace.payouts.table_store import Explained, PayoutItem


class DynamoPayoutMonths:
    """Reads payouts by time."""

    def begun_between(self, seller_id: str, currency: str, since: datetime, until: datetime) -> list[Payout]:
        """Return what began in [since, until), the oldest first (an index: for people)."""
        between = Explained.at.between(to_text(since), to_text(until))
        found = (payout_from(item) for item in PayoutItem.explained.query(f"history#{seller_id}", between))
        return [each for each in found if each.currency == currency and since <= each.created_at < until]
