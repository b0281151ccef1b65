"""What Stripe's webhook is answered."""

import msgspec


class Received(msgspec.Struct):
    """The event is stored; what follows from it is done from a queue."""

    event_id: str
