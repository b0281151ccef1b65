"""What has not cleared at Stripe yet, in DynamoDB: one item an earning, sorted by the time from which it can go on."""

from datetime import datetime

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.payouts.errors import AlreadyNoted, PurseMoved
from marketplace.payouts.model import Clearing
from marketplace.payouts.table_store import CLEARING, ClearingItem
from marketplace.storage.transaction import Delete, Put, Update


class DynamoClearing:
    """Money that is the seller's, and not yet to be had."""

    def note_clearing(self, part: Clearing) -> Write:
        item = ClearingItem(
            part.seller_id,
            _sort(part),
            order_id=part.order_id,
            stripe_object=part.stripe_object,
            amount_minor=part.amount_minor,
            since=to_text(part.since),
        )
        return Put(item, AlreadyNoted())

    def lessen(self, part: Clearing, amount_minor: int) -> Write:
        item = ClearingItem(part.seller_id, _sort(part))
        as_read = ClearingItem.amount_minor == part.amount_minor
        if amount_minor == part.amount_minor:
            return Delete(item, as_read, PurseMoved())
        return Update(item, [ClearingItem.amount_minor.add(-amount_minor)], as_read, PurseMoved())

    def clearing(self, seller_id: str, currency: str, now: datetime, limit: int) -> list[Clearing]:
        prefix = f"{CLEARING}{currency}#"
        later = ClearingItem.sk.between(f"{prefix}{to_text(now)}#~", f"{prefix}~")
        return [clearing_from(item) for item in ClearingItem.read_partition(seller_id, later, limit=limit)]


def _sort(part: Clearing) -> str:
    return f"{CLEARING}{part.currency}#{to_text(part.until)}#{part.stripe_object}"


def clearing_from(item: ClearingItem) -> Clearing:
    """Read a stored part."""
    currency, until, stripe_object = item.sk.removeprefix(CLEARING).split("#", 2)
    facts = (item.order_id, stripe_object, item.amount_minor, from_text(item.since), from_text(until))
    return Clearing(item.pk, currency, *facts)
