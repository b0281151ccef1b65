"""The outbox table: append-only, read by its stream."""

from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.outbox.model import EVENT_KEPT_SECONDS, Event
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

_SORT = "event"


class EventPublished(Conflict):
    """The same fact left before: whoever publishes it again is repeating finished work."""

    code = "event_published"


class OutboxItem(Item):
    """One event."""

    class Meta(meta("outbox")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    data = JSONAttribute()
    expires_at = IntegerAttribute()


class DynamoOutbox:
    """Stores events inside business transactions."""

    def publish(self, event: Event) -> Write:
        item = OutboxItem(
            event.event_id,
            _SORT,
            kind=event.kind,
            subject=event.subject,
            occurred_at=to_text(event.occurred_at),
            data=dict(event.data),
            expires_at=int(event.occurred_at.timestamp()) + EVENT_KEPT_SECONDS,
        )
        return Put(item, refusal=EventPublished(), telling=False)


def event_from_image(image: dict[str, Any]) -> Event:
    """Read an event from a stream record's NewImage (DynamoDB's own JSON)."""
    item = OutboxItem.from_raw_data(image)
    return Event(item.pk, item.kind, item.subject, from_text(item.occurred_at), item.data)
