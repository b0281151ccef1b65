"""What payments need: a store, and Stripe as the marketplace sees it."""

from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import SellerProfile
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.payments.model import Intent, Payment, StripeDispute, StripePayment


class Payments(Protocol):
    """Where payments and intents live. Reads are consistent."""

    def read(self, payment_id: str) -> Payment | None: ...

    def open(self, payment: Payment) -> Write:
        """Store a new payment; refused with PaymentMoved when the id is taken."""

    def attach(self, payment: Payment, payment_intent_id: str) -> Write:
        """Note Stripe's id, once, while the payment waits; refused with PaymentMoved."""

    def paid(self, payment: Payment, charge_id: str) -> Write:
        """Move from awaiting to paid; refused with PaymentMoved."""

    def expired(self, payment: Payment) -> Write:
        """Move from awaiting to expired, with the PaymentIntent as read; refused with PaymentMoved."""

    def intent(self, intent_id: str) -> Intent | None: ...

    def open_intent(self, intent: Intent) -> Write:
        """Store a new intent, due for the sweep; refused with IntentFinished when it exists."""

    def finish_intent(self, intent: Intent, result_id: str) -> Write:
        """Move from open to done; refused with IntentFinished."""

    def park_intent(self, intent: Intent, reason: str) -> Write:
        """Move from open to parked, into the human queue; refused with IntentFinished."""

    def due(self, queue: str, before: datetime, limit: int) -> list[str]:
        """Name payments or intents whose time has come (an index: a hint)."""

    def remember_event(self, stripe_event_id: str, kind: str, at: datetime) -> Write:
        """Store a Stripe event id for 35 days; refused with AlreadyReceived when it is known."""


class StripePayments(Protocol):
    """Stripe, for payments. Every call takes the key that makes repeating it harmless.

    Raises, from every method: Unavailable when the outcome is unknown or a repeat may succeed;
    StripeRefused when Stripe said no for good.
    """

    def create_payment(self, payment: Payment) -> StripePayment: ...

    def read_payment(self, payment_intent_id: str) -> StripePayment: ...

    def find_payment(self, payment: Payment) -> StripePayment | None:
        """Look for a PaymentIntent that carries our id, when the key is too old to ask again."""

    def cancel_payment(self, payment_intent_id: str) -> StripePayment:
        """Cancel, or return it as it is when it can no longer be cancelled; takes no key, for twice is once."""

    def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
        """Move money to a seller's account; return the transfer's id."""

    def find_transfer(self, intent: Intent) -> str | None: ...

    def refund(self, intent: Intent, *, charge_id: str) -> str:
        """Give money back to the buyer; return the refund's id."""

    def find_refund(self, intent: Intent, *, charge_id: str) -> str | None: ...

    def read_dispute(self, dispute_id: str) -> StripeDispute: ...


class SellerAccounts(Protocol):
    """Sellers, as payments see them."""

    def of(self, seller_id: str) -> SellerProfile | None:
        """Return the seller's profile with the Stripe account that is paid."""


class Completion(Protocol):
    """Payments, as chargebacks see them."""

    def complete(self, payment_id: str) -> Payment:
        """Ask Stripe how the payment stands, and follow; see service.PaymentService."""


class CaseFiles(Protocol):
    """Disputes, as chargebacks see them."""

    def reopen_after_chargeback(self, order: Order) -> tuple[str, list[Write]]:
        """Return the id of the case in which an operator decides now, and the writes that open it."""

    def lapse(self, order: Order) -> list[Write]:
        """Return the writes that close an order's open case without a decision."""
