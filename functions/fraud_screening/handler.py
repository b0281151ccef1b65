"""The fraud queue: judge each paid order once."""

from marketplace.outbox.model import Event
from marketplace.web.consumers import queue_consumer
from marketplace.wiring import Services, live


def screen(event: Event, services: Services) -> str:
    """Screen the order that was paid."""
    screened = services.screening.screen(event)
    return f"{screened.decision} {screened.effect} {screened.score}" if screened else "already_screened"


handler = queue_consumer("fraud_screening", screen, services=live)
