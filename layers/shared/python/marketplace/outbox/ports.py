"""What the outbox needs, and what it offers to other areas."""

from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.outbox.model import Event


class Outbox(Protocol):
    """Where a business transaction leaves its events."""

    def publish(self, event: Event) -> Write:
        """Return the write that stores the event; refused when the same fact was published before."""


class Queues(Protocol):
    """The queues that drive the consumers."""

    def send(self, queue: str, event: Event) -> None:
        """Send at least once.

        Raises: Unavailable when the queue did not take it.
        """
