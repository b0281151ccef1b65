"""What each Stripe event makes us look at again. Nothing here trusts the event: it only says where to look."""

from collections.abc import Callable, Mapping
from typing import Protocol

from marketplace.outbox.model import Event
from marketplace.payments.chargebacks import Chargebacks
from marketplace.payments.fraud_warnings import FraudWarnings
from marketplace.payments.model import PaymentMissing
from marketplace.payments.ports import Finisher
from marketplace.payments.refund_legs import RefundLegs
from marketplace.payments.service import PaymentService


class SellerFollower(Protocol):
    """Sellers, as Stripe's events see them."""

    def stripe_account_updated(self, stripe_account_id: str) -> None:
        """Re-read the account at Stripe and unlock or lock selling."""


class IdentityFollower(Protocol):
    """Checks of identity, as Stripe's events see them."""

    def follow(self, session_id: str) -> None:
        """Re-read the session at Stripe and go along with it."""

    def redact(self, account_id: str) -> None:
        """Have Stripe remove what it collected."""


class PayoutFollower(Protocol):
    """Payouts, as Stripe's events see them."""

    def told(self, stripe_account_id: str, stripe_payout_id: str) -> bool:
        """Re-read a connected account's payout at Stripe and go along; False when it is none of ours."""


class BankFollower(Protocol):
    """Sellers' bank accounts, as Stripe's events see them."""

    def follow(self, stripe_account_id: str) -> bool:
        """Re-read a connected account's bank accounts at Stripe; False when it is none of ours."""


class OwnerFollower(Protocol):
    """The owner's own money, as Stripe's events see it."""

    def follow(self, stripe_object: str) -> object:
        """Look up at Stripe what a top-up, or a payout of the platform, has moved, and book it."""


class StripeEvents:
    """Dispatches stored events."""

    def __init__(
        self,
        *,
        payments: PaymentService,
        chargebacks: Chargebacks,
        warnings: FraudWarnings,
        sellers: SellerFollower,
        identities: IdentityFollower,
        legs: RefundLegs,
        finisher: Finisher,
        payouts: PayoutFollower,
        banks: BankFollower,
        owner: OwnerFollower,
    ) -> None:
        self._payments = payments
        self._legs = legs
        self._finisher = finisher
        self._sellers = sellers
        self._ours: Mapping[str, Callable[[Event], None]] = {
            "refund.requested": self._advance,
            "identity.redaction_due": lambda event: identities.redact(event.subject),
        }
        # By how Stripe's kind begins. A refund's failure is told in both tongues; it is read again, so twice is once.
        self._followed: Mapping[str, Callable[[str], object]] = {
            "charge.dispute.": chargebacks.follow,
            "radar.early_fraud_warning.": warnings.follow,
            "refund.updated": self._came_back,
            "refund.failed": self._came_back,
            "charge.refund.updated": self._came_back,
            "identity.verification_session.": identities.follow,
            "account.updated": sellers.stripe_account_updated,
            "topup.": owner.follow,
            "payout.": owner.follow,  # of the platform's own account: a seller's names theirs, see below
        }
        self._payouts = payouts
        self._banks = banks

    def handle(self, event: Event) -> bool:
        """Follow one event; True when it was of a kind that we follow.

        Raises: Unavailable when it must be delivered again.
        """
        if event.kind in self._ours:
            self._ours[event.kind](event)
            return True
        kind, object_id = str(event.data.get("stripe_kind", "")), str(event.data.get("object_id", ""))
        account_id = str(event.data.get("stripe_account", ""))
        if account_id:
            return self._of_seller(kind, object_id, account_id)
        if kind.startswith("payment_intent."):
            return self._of_payment(event)
        follow = next((each for prefix, each in self._followed.items() if kind.startswith(prefix)), None)
        if follow is not None:
            follow(object_id)
        return follow is not None

    def _of_payment(self, event: Event) -> bool:
        if "payment_id" not in event.data:
            return False
        try:
            self._payments.complete(str(event.data["payment_id"]))
        except PaymentMissing:
            return False  # another system's payment on the same Stripe account
        return True

    def _advance(self, event: Event) -> None:
        self._legs.advance(str(event.data["order_id"]), event.subject)

    def _came_back(self, refund_id: str) -> None:
        self._legs.came_back(refund_id, self._finisher)

    def _of_seller(self, kind: str, object_id: str, account_id: str) -> bool:
        """Follow an event of a connected account: its payouts, its bank accounts, itself, and nothing else of it.

        A payment or a dispute of its own, whatever it says in its metadata, is none of ours.
        """
        if kind.startswith("payout."):
            return self._payouts.told(account_id, object_id)
        if kind.startswith("account.external_account."):
            return self._banks.follow(account_id)
        if kind == "account.updated" and object_id == account_id:
            self._sellers.stripe_account_updated(account_id)
            return self._banks.follow(account_id) or True
        return False
