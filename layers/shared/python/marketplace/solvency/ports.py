"""What the proof of solvency needs from outside."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Order
from marketplace.payments.model import Intent, Payment
from marketplace.payouts.model import Payout, Purse, StripePayout
from marketplace.solvency.model import Base, Claim, Signed


class Ledger(Protocol):
    """The books, by day."""

    def of_day(self, day: date) -> list[LedgerTransaction]:
        """Return a day's transactions, from an index."""


class Orders(Protocol):
    """Orders, as those whose claims are theirs are found."""

    def read_many(self, order_ids: Sequence[str]) -> list[Order]: ...


class Payments(Protocol):
    """Payments, and what is on its way at Stripe."""

    def read(self, payment_id: str) -> Payment | None: ...

    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]:
        """Return those there are, of up to a hundred, in one round trip."""

    def due(self, queue: str, before: datetime, limit: int) -> list[str]:
        """Name the intents of a queue (an index: a hint)."""


class Balances(Protocol):
    """What Stripe holds.

    Raises: Unavailable.
    """

    def balances(self) -> Mapping[str, int]:
        """Return the platform's balance by currency, available and pending together."""


class Purses(Protocol):
    """Sellers' balances. Reads are consistent."""

    def purses_of(self, places: Sequence[tuple[str, str]]) -> list[Purse]:
        """Return the balances of up to a hundred (seller, currency); those that nothing ever moved are left out."""

    def moving(self, purse: Purse) -> list[Payout]:
        """Return the payouts that make up what of a balance is in transit."""


class ConnectedAccounts(Protocol):
    """Which Stripe account is whose."""

    def stripe_accounts(self, seller_ids: Sequence[str]) -> Mapping[str, str]:
        """Return by seller the account of each of up to a hundred; those without are left out."""


class Connected(Protocol):
    """What Stripe holds for sellers.

    Raises, from every method: Unavailable; PayoutRefused when Stripe shows us nothing of that account.
    """

    def held(self, stripe_account_id: str) -> Mapping[str, int]:
        """Return an account's balance by currency, available and pending together."""

    def find(self, payout: Payout) -> StripePayout | None:
        """Look for a payout by our key."""

    def read(self, stripe_account_id: str, stripe_payout_id: str) -> StripePayout: ...


class Signer(Protocol):
    """A key that signs and never leaves its place.

    Raises, from every method: Unavailable.
    """

    key_id: str

    def sign(self, message: bytes) -> bytes:
        """Return an ECDSA signature (P-256, SHA-256), DER."""

    def public_key(self) -> bytes:
        """Return the public key, DER (SubjectPublicKeyInfo)."""


class Switch(Protocol):
    """The kill switch."""

    def stop(self, scope: str, cause: str, reasons: str) -> object:
        """Stop payments of a scope at once; harmless when it is stopped already."""

    def stop_unless_lifted(self, scope: str, cause: str, reasons: str) -> object:
        """As `stop`, but not again what two people let go on for this very cause and reasons."""


class Proofs(Protocol):
    """Where statements lie; they are only ever added. Reads are consistent."""

    def latest(self, day: str | None = None) -> Signed | None:
        """Return the latest statement, or that of a day."""

    def base(self, run_id: str) -> Base:
        """Return what a run left for the next one to begin from."""

    def seed(self, run_id: str) -> str:
        """Return what a run's salts follow from."""

    def claims(self, run_id: str) -> list[Claim]:
        """Return a run's claims, in the order of their leaves within a currency."""

    def keep(self, run_id: str, seed: str, claims: Sequence[Claim], base: Base) -> list[list[Write]]:
        """Return the writes that keep what a statement stands on, in portions that fit a transaction each."""

    def publish(self, signed: Signed) -> Write:
        """Put the statement itself, last; refused with AlreadyStated."""
