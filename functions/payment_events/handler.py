"""Queue `payments`: follow what Stripe's events point at, by asking Stripe again."""

from marketplace.outbox.model import Event
from marketplace.web.consumers import queue_consumer
from marketplace.wiring import Services, live


def follow(event: Event, services: Services) -> str:
    """Look again at what one Stripe event points at."""
    return "followed" if services.stripe_events.handle(event) else "ignored"


handler = queue_consumer("payment_events", follow, services=live)
