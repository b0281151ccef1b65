"""Queue `escrow`: start an order's execution when it is paid, and wake it whenever the order moves."""

from marketplace.kit.clock import from_text
from marketplace.outbox.model import Event
from marketplace.web.consumers import queue_consumer
from marketplace.wiring import Services, live


def tell(event: Event, services: Services) -> str:
    """Pass one move on to the order's execution."""
    services.order_clock.order_moved(
        event.subject,
        str(event.data["came_from"]),
        event.kind.removeprefix("order."),
        version=int(event.data["process_version"]),
        due_at=from_text(str(event.data["due_at"])) if "due_at" in event.data else None,
    )
    return "told"


handler = queue_consumer("escrow_clock", tell, services=live)
