"""Payments, and the intents that stand for each effect outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.kit.errors import Conflict, DomainError, Missing

# Stripe may prune idempotency keys after 24 h (its documentation); an hour is kept for clocks that disagree.
SAME_KEY_FOR = timedelta(hours=23)


class PaymentStatus(StrEnum):
    """Where a checkout's one payment is."""

    AWAITING = "awaiting"
    PAID = "paid"
    EXPIRED = "expired"


class IntentKind(StrEnum):
    """An effect outside, each with a fixed key."""

    TRANSFER = "transfer"  # to a seller's Stripe account
    REFUND = "refund"  # of an order's money, to the buyer
    REVERSAL = "reversal"  # of a transfer, or of a part of it
    LATE_REFUND = "late_refund"  # of a payment that came for cancelled orders


class IntentState(StrEnum):
    """How far an effect has come."""

    OPEN = "open"  # perhaps not called, perhaps called and not recorded
    DONE = "done"
    PARKED = "parked"  # a person must decide: refused, given back, or the key is too old and nothing was found
    CLOSED = "closed"  # without effect: it was overtaken, booked as debt, or a person decided so


class PaymentMissing(Missing):
    """No such checkout, or somebody else's."""

    code = "checkout_not_found"
    title_en = "There is no such checkout."
    title_es = "No existe ese proceso de pago."


class PaymentMoved(Conflict):
    """The payment is no longer in the state that was read; read again."""

    code = "payment_moved"


class PaymentNotPossible(Conflict):
    """Stripe will not take this payment, however often it is asked; nothing was paid, and the goods are freed."""

    code = "payment_not_possible"
    title_en = "This cannot be paid for here. Nothing was charged."
    title_es = "Esto no se puede pagar aquí. No se ha cobrado nada."


class IntentFinished(Conflict):
    """Somebody else recorded this effect first: there is nothing left to do."""

    code = "intent_finished"


class StripeRefused(DomainError):
    """Stripe said no for good: repeating changes nothing."""

    code = "stripe_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Payment:
    """One checkout's one payment, over the orders of one or more sellers."""

    payment_id: str
    buyer_id: str
    order_ids: tuple[str, ...]
    amount_minor: int
    currency: str
    status: PaymentStatus
    fingerprint: str  # of the request that made it: its idempotency key may not be used for another
    created_at: datetime
    due_at: datetime  # unpaid until here: cancelled
    payment_intent_id: str | None = None
    charge_id: str | None = None
    clears_at: datetime | None = None  # from when Stripe lets what was paid go on to a bank


@dataclass(frozen=True, slots=True)
class Intent:
    """One effect outside: committed before the call, recorded with its result after it.

    The id is the business fact and the Stripe idempotency key at once; repeating an intent can only repeat the call.
    """

    intent_id: str
    kind: IntentKind
    payment_id: str
    order_id: str | None
    amount_minor: int
    currency: str
    created_at: datetime
    state: IntentState = IntentState.OPEN
    result_id: str | None = None
    reason: str | None = None  # why it was parked or closed
    facts: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0  # counts reopenings by people, each under a key of its own
    attempted_at: datetime | None = None  # when the present attempt began; None for the first
    parked_at: datetime | None = None
    unknown_since: datetime | None = None  # since when nobody knows whether Stripe did it
    called_at: datetime | None = None  # the last call whose outcome stayed unknown
    gated: bool = False  # Stripe never hears of it before its leave is noted: its key ages from then
    let_go_at: datetime | None = None  # the present attempt's first leave
    allowed_at: datetime | None = None  # its last one

    @property
    def stripe_key(self) -> str:
        """The idempotency key of the present attempt."""
        return f"{self.intent_id}#{self.attempt}" if self.attempt else self.intent_id

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in {IntentState.DONE, IntentState.CLOSED}

    def key_is_good(self, now: datetime) -> bool:
        """Say whether Stripe still remembers this attempt's key for certain."""
        if self.gated:
            return self.let_go_at is None or now - self.let_go_at < SAME_KEY_FOR
        return now - (self.attempted_at or self.created_at) < SAME_KEY_FOR


@dataclass(frozen=True, slots=True)
class StripePayment:
    """What Stripe says of a PaymentIntent when asked."""

    payment_intent_id: str
    status: str  # Stripe's: requires_payment_method, requires_action, succeeded, canceled, ...
    amount_minor: int
    currency: str
    payment_id: str | None  # ours, from the metadata
    client_secret: str | None = None
    charge_id: str | None = None
    fee_minor: int = 0
    clears_at: datetime | None = None
    fee_currency: str = ""  # Stripe takes its fee in what it settles, which is another currency after a conversion


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """What Stripe says of a refund when asked."""

    refund_id: str
    status: str  # Stripe's: pending, requires_action, succeeded, failed, canceled
    intent_id: str | None  # ours, from the metadata
    amount_minor: int
    currency: str
    failed: bool = False  # the buyer got nothing, and the money is back with the platform
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class StripeDispute:
    """What Stripe says of a chargeback when asked."""

    dispute_id: str
    status: str
    payment_intent_id: str | None  # None for a charge that was not made by one, hence not by us
    amount_minor: int
    fees: Mapping[str, int]  # minor units by the currency that Stripe took each in, which is what it settles
    withdrawn: bool  # whether the money is with the bank
    reinstated: bool
    taken: Mapping[str, int]  # minor units by the currency that left Stripe's balance for the bank
    reason: str = "general"  # Stripe's: fraudulent, product_not_received, ...
    currency: str = ""  # of `amount_minor`: the bank's, which need not be the payment's
    answer_by: datetime | None = None  # evidence is taken until here
    submissions: int = 0  # how often evidence was submitted

    def amount_in(self, currency: str) -> int | None:
        """Return what the bank disputes in this currency; None when neither it nor Stripe's balance is in it."""
        return self.amount_minor if self.currency == currency else self.taken.get(currency)

    @property
    def inquiry(self) -> bool:
        """Whether the bank only asks, and has moved no money."""
        return self.status.startswith("warning_")

    @property
    def closed(self) -> bool:
        return self.status in {"won", "lost", "warning_closed", "prevented"}


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """What Stripe says of a card issuer's early warning when asked."""

    warning_id: str
    payment_intent_id: str | None
    fraud_type: str
    actionable: bool  # neither disputed nor wholly refunded


class DisputeInAnotherCurrency(RuntimeError):
    """A bank took money in a currency that no order of the payment is in: only a person can say how much of each."""


class WarningNoted(Conflict):
    """What this warning does to this order was done before."""

    code = "warning_noted"


def transfer_intent_id(order_id: str) -> str:
    """Name the one release of an order."""
    return f"transfer#{order_id}"


def refund_intent_id(order_id: str) -> str:
    """Name the refund that an order's award contains."""
    return f"refund#{order_id}#award"


def refund_leg_id(order_id: str, refund_id: str) -> str:
    """Name the money of one refund on its way to the buyer."""
    return f"refund#{order_id}#{refund_id}"


def reversal_leg_id(order_id: str, refund_id: str) -> str:
    """Name the money of one refund on its way back from the seller."""
    return f"reversal#{order_id}#{refund_id}"


def transfer_back_id(order_id: str, dispute_id: str) -> str:
    """Name what a seller gets again when a bank gives back what it had kept."""
    return f"transfer#{order_id}#{dispute_id}"


def late_refund_intent_id(payment_id: str) -> str:
    """Name the refund of a payment that came too late."""
    return f"late_refund#{payment_id}"


def intent_name(intent_id: str) -> str:
    """Write an intent's id as it stands in a path: `#` would begin a fragment there."""
    return intent_id.replace("#", ".")
