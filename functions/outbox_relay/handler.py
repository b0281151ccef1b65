"""The outbox table's stream: carry each new event to the queues that want it."""

from collections.abc import Mapping
from typing import Any

from marketplace.outbox.model import Event
from marketplace.outbox.store import event_from_image
from marketplace.web.consumers import stream_consumer
from marketplace.wiring import Services, live


def event_of_record(record: Mapping[str, Any]) -> Event:
    """Read the event that was inserted."""
    return event_from_image(record["dynamodb"]["NewImage"])


def carry(event: Event, services: Services) -> str:
    """Send one event on."""
    return " ".join(services.relay.relay(event)) or "no_queue"


handler = stream_consumer("outbox_relay", event_of_record, carry, services=live)
