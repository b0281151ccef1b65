"""The shipping table: tracking numbers, carriers' events, and sellers' counts.

pk `tracking#<carrier>#<number>`, sk `order`     which order a parcel is
pk `order#<order>`, sk `event#<carrier>#<id>`    what a carrier said of it, once
pk `seller#<seller>`, sk `punctuality`           kept and broken promises
"""

from collections.abc import Mapping
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.shipping.model import (
    CarrierEvent,
    EventSeen,
    KnownEvent,
    Punctuality,
    Tracking,
    TrackingNumberUsed,
)
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put, Update

PARCEL, EVENT_PREFIX, COUNTS = "order", "event#", "punctuality"
SELLER_PREFIX = "seller#"


class ParcelItem(Item):
    """One tracking number."""

    class Meta(meta("shipping")):  # type: ignore[misc]
        """See data.yaml."""

    order_id = UnicodeAttribute()
    claimed_at = UnicodeAttribute()


class CarrierEventItem(Item):
    """One event."""

    class Meta(meta("shipping")):  # type: ignore[misc]
        """See data.yaml."""

    outcome = UnicodeAttribute()
    at = UnicodeAttribute()
    received_at = UnicodeAttribute()
    moved = BooleanAttribute()
    tracking_number = UnicodeAttribute(null=True)


class PunctualityItem(Item):
    """One seller's counts."""

    class Meta(meta("shipping")):  # type: ignore[misc]
        """See data.yaml."""

    shipped_on_time = IntegerAttribute(null=True)
    shipped_late = IntegerAttribute(null=True)
    delivered_on_time = IntegerAttribute(null=True)
    delivered_late = IntegerAttribute(null=True)


class DynamoShipping:
    """Parcels, events and counts in DynamoDB."""

    def claim(self, tracking: Tracking, order_id: str, at: datetime) -> Write:
        item = ParcelItem(_parcel(tracking), PARCEL, order_id=order_id, claimed_at=to_text(at))
        # The order's own refusal says more: whoever ships it twice is told so.
        return Put(item, TrackingNumberUsed(), telling=False)

    def order_of(self, tracking: Tracking) -> str | None:
        item = ParcelItem.read(_parcel(tracking), PARCEL)
        return item.order_id if item else None

    def keep(self, order_id: str, carrier: str, event: CarrierEvent, at: datetime, *, moved: bool) -> Write:
        item = CarrierEventItem(
            _order(order_id),
            _event(carrier, event.event_id),
            outcome=event.outcome.value,
            at=to_text(event.at),
            received_at=to_text(at),
            moved=moved,
            tracking_number=Tracking.of(carrier, event.tracking_number).number,
        )
        return Put(item, EventSeen())

    def is_known(self, order_id: str, carrier: str, event_id: str) -> bool:
        return CarrierEventItem.read(_order(order_id), _event(carrier, event_id)) is not None

    def events_of(self, order_id: str) -> list[KnownEvent]:
        rows = CarrierEventItem.read_partition(_order(order_id), CarrierEventItem.sk.startswith(EVENT_PREFIX))
        found = [_known(order_id, row) for row in rows]
        return sorted(found, key=lambda event: (event.received_at, event.event_id))

    def count_kept(self, seller_id: str, counts: Mapping[str, int]) -> Write:
        # ADD commutes, and the move that is counted is what keeps it from being counted twice.
        item = PunctualityItem(SELLER_PREFIX + seller_id, COUNTS)
        always = PunctualityItem.pk.exists() | PunctualityItem.pk.does_not_exist()
        actions = [getattr(PunctualityItem, name).add(count) for name, count in counts.items()]
        return Update(item, actions, always, EventSeen())

    def punctuality(self, seller_id: str) -> Punctuality:
        item = PunctualityItem.read(SELLER_PREFIX + seller_id, COUNTS)
        return punctuality_from(item) if item else Punctuality(seller_id)


def punctuality_from(item: PunctualityItem) -> Punctuality:
    """Read stored counts."""
    counts = (item.shipped_on_time, item.shipped_late, item.delivered_on_time, item.delivered_late)
    return Punctuality(item.pk.removeprefix(SELLER_PREFIX), *(count or 0 for count in counts))


def _parcel(tracking: Tracking) -> str:
    return f"tracking#{tracking.carrier}#{tracking.number}"


def _order(order_id: str) -> str:
    return f"order#{order_id}"


def _event(carrier: str, event_id: str) -> str:
    return f"{EVENT_PREFIX}{carrier}#{event_id}"


def _known(order_id: str, row: CarrierEventItem) -> KnownEvent:
    carrier, _, event_id = row.sk.removeprefix(EVENT_PREFIX).partition("#")
    moments = (from_text(row.at), from_text(row.received_at))
    return KnownEvent(order_id, carrier, event_id, row.outcome, *moments, row.moved, row.tracking_number or "")
