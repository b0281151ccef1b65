"""What each Stripe event makes us look at again. Nothing here trusts the event: it only says where to look."""

from typing import Protocol

from marketplace.outbox.model import Event
from marketplace.payments.chargebacks import Chargebacks
from marketplace.payments.model import PaymentMissing
from marketplace.payments.service import PaymentService


class SellerFollower(Protocol):
    """Sellers, as Stripe's events see them."""

    def stripe_account_updated(self, stripe_account_id: str) -> None:
        """Re-read the account at Stripe and unlock or lock selling."""


class StripeEvents:
    """Dispatches stored events."""

    def __init__(self, *, payments: PaymentService, chargebacks: Chargebacks, sellers: SellerFollower) -> None:
        self._payments = payments
        self._chargebacks = chargebacks
        self._sellers = sellers

    def handle(self, event: Event) -> bool:
        """Follow one event; True when it was of a kind that we follow.

        Raises: Unavailable when it must be delivered again.
        """
        kind, object_id = str(event.data.get("stripe_kind", "")), str(event.data.get("object_id", ""))
        if kind.startswith("payment_intent.") and "payment_id" in event.data:
            try:
                self._payments.complete(str(event.data["payment_id"]))
            except PaymentMissing:
                return False  # another system's payment on the same Stripe account
            return True
        if kind.startswith("charge.dispute."):
            self._chargebacks.follow(object_id)
            return True
        if kind == "account.updated":
            self._sellers.stripe_account_updated(object_id)
            return True
        return False
