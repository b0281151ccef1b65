"""Carry events from the outbox to the queues."""

from marketplace.outbox.model import Event, queues_for
from marketplace.outbox.ports import Queues


class Relay:
    """Sends each event to every queue that wants it, at least once."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def relay(self, event: Event) -> tuple[str, ...]:
        """Send one event on; a repeat sends it again, and consumers apply it once.

        Raises: Unavailable.
        """
        names = queues_for(event.kind)
        for name in names:
            self._queues.send(name, event)
        return names
