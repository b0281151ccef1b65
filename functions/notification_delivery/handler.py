"""The notifications queue: tell the parties of each event, by inbox and by mail."""

from marketplace.outbox.model import Event
from marketplace.web.consumers import queue_consumer
from marketplace.wiring import Services, live


def tell(event: Event, services: Services) -> str:
    """Deliver one event's notices."""
    outcomes = services.delivery.deliver(event)
    return " ".join(f"{each.party}.{each.channel}={each.result}" for each in outcomes) or "nobody"


handler = queue_consumer("notification_delivery", tell, services=live)
