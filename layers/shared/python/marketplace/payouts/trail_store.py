"""What of an order reached its seller's balance and bank, by what moved it at Stripe."""

from collections.abc import Mapping, Sequence

from marketplace.payouts.model import Entry, EntryKind, Payout
from marketplace.payouts.payout_store import payout_from
from marketplace.payouts.purse_store import entry_from
from marketplace.payouts.table_store import ENTRY, EntryItem, PayoutItem, payout_sort
from marketplace.storage.tables import BATCH_MAX

_OF_ORDERS = (EntryKind.EARNED, EntryKind.RESERVED, EntryKind.RESERVE_RELEASED, EntryKind.REVERSED)  # of one moment
_OBJECTS_MAX = BATCH_MAX // len(_OF_ORDERS)  # an order has a few transfers and reversals


class DynamoTrail:
    """Reads entries by their own keys: no index."""

    def of_order(
        self, seller_id: str, currency: str, stripe_objects: Sequence[str]
    ) -> tuple[list[Entry], Mapping[int, Payout]]:
        """Return a seller's entries about these objects, the oldest first, and the payouts that contain them."""
        objects = stripe_objects[:_OBJECTS_MAX]
        names = [f"{ENTRY}{currency}#{kind.value}#{each}" for each in objects for kind in _OF_ORDERS]
        found = [entry_from(item) for item in EntryItem.read_many([(seller_id, name) for name in names])]
        numbers = sorted({each.number for each in found})[:BATCH_MAX]
        items = PayoutItem.read_many([(seller_id, payout_sort(currency, number)) for number in numbers])
        payouts = (payout_from(item) for item in items)
        in_order = sorted(found, key=lambda each: (each.at, _OF_ORDERS.index(each.kind)))
        return in_order, {each.number: each for each in payouts}
