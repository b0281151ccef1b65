"""Events: facts in the past tense, ids only, and the queues that want each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.ids import derived_id

EVENT_KEPT_SECONDS = 35 * 86_400  # longer than any redelivery upstream

# An event goes to every queue that has one of its kind's prefixes.
ROUTES: Mapping[str, tuple[str, ...]] = {
    "payments": ("stripe.", "identity.", "refund.requested"),
    "escrow": ("order.",),
    "fraud": ("order.paid",),
    "notifications": (
        "account.",
        "seller.",
        "order.",
        "dispute.",
        "review.",
        "hold.",
        "decision.",
        "payout.",
        "statement.",
        "invoice.",
        "refund.",
        "chargeback.",
        "return.",
        "withdrawal.",
    ),
}

# What begins like a move of an order and is none.
NOT_WANTED: Mapping[str, tuple[str, ...]] = {"escrow": ("_reminder",), "fraud": ("_reminder",)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to `subject`.

    `data` holds ids, integers and short codes; personal data never travels in an event.
    """

    event_id: str
    kind: str
    subject: str
    occurred_at: datetime
    data: Mapping[str, str | int] = field(default_factory=dict)


def event(kind: str, subject: str, at: datetime, *, once: str = "", **data: str | int) -> Event:
    """Make an event whose id follows from the fact itself.

    `once` tells apart facts of one kind on one subject (a state's number, a Stripe event id); the same
    fact made twice has the same id, and the outbox holds it once.
    """
    return Event(derived_id("evt", kind, subject, once), kind, subject, at, data)


def queues_for(kind: str) -> tuple[str, ...]:
    """Name the queues that want this kind of event."""
    wanted = (queue for queue, prefixes in ROUTES.items() if kind.startswith(prefixes))
    return tuple(queue for queue in wanted if not kind.endswith(NOT_WANTED.get(queue, ())))
