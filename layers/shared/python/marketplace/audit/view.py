"""Everything the invariants look at, gathered by whoever may read it all: a test, the local run, an auditor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Move, Order
from marketplace.payments.model import Intent, Payment
from marketplace.reviews.model import Rating, Review


@dataclass(frozen=True, slots=True)
class StripeMoney:
    """One object at Stripe that moved money: a charge, a transfer, a reversal or a refund."""

    object_id: str
    kind: str  # "charge", "transfer", "reversal" or "refund"
    amount_minor: int
    currency: str
    payment_id: str | None
    order_id: str | None = None
    intent_id: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The marketplace's own records, and Stripe's."""

    now: datetime
    orders: Sequence[Order]
    moves: Sequence[Move]
    payments: Sequence[Payment]
    intents: Sequence[Intent]
    ledger: Sequence[LedgerTransaction]
    stripe: Sequence[StripeMoney] = ()
    stripe_platform_minor: Mapping[str, int] = field(default_factory=dict)  # available + pending, by currency
    reviews: Sequence[Review] = ()
    ratings: Sequence[Rating] = ()
    stock_sold_over: Sequence[str] = ()  # listings whose stock is below zero


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: which, about what, and what was seen."""

    rule: str
    subject: str
    seen: str
