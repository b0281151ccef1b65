"""What an audit of one order, or of one seller, reads. Reads are consistent, unless they say otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from marketplace.accounts.model import SellerProfile
from marketplace.disputes.model import Dispute
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Move, Order
from marketplace.payments.collection_model import Owed
from marketplace.payments.model import Payment
from marketplace.payments.refund_model import Refund
from marketplace.payouts.model import Hold, StripePayout
from marketplace.payouts.switch import Change
from marketplace.returns.model import Head, Return


class Ledger(Protocol):
    """The books."""

    def of_book(self, book: str) -> list[LedgerTransaction]: ...

    def books_of(self, day: date) -> list[str]:
        """Name the books of a day's transactions (an index)."""


class Orders(Protocol):
    """Orders and their logs."""

    def read(self, order_id: str) -> Order | None: ...
    def read_many(self, order_ids: Sequence[str]) -> list[Order]: ...
    def moves(self, order_id: str) -> list[Move]: ...


class PaymentRows(Protocol):
    """Payments, and the names of intents that are open (an index: a hint)."""

    def read(self, payment_id: str) -> Payment | None: ...
    def due(self, queue: str, before: datetime, limit: int) -> list[str]: ...


class Refunds(Protocol):
    """Refunds by order."""

    def of_order(self, order_id: str) -> list[Refund]: ...


class Returns(Protocol):
    """Returns by order."""

    def head(self, order_id: str) -> Head: ...
    def read_many(self, return_ids: Sequence[str]) -> list[Return]: ...


class Disputes(Protocol):
    """Disputes by id."""

    def read(self, dispute_id: str) -> Dispute | None: ...


class Holds(Protocol):
    """Why sellers' money waits."""

    def holds(self, seller_id: str) -> list[Hold]: ...


class Switches(Protocol):
    """What is stopped."""

    def read_many(self, scopes: list[str]) -> list[Change]: ...


class Sellers(Protocol):
    """Sellers, with their accounts at Stripe."""

    def seller(self, account_id: str) -> SellerProfile | None: ...


class Debts(Protocol):
    """What sellers owe."""

    def owed_by(self, seller_id: str, currency: str) -> Owed | None: ...


class ConnectedAccounts(Protocol):
    """Stripe, of sellers' accounts.

    Raises, from every method: Unavailable; PayoutRefused when Stripe knows no such account.
    """

    def held(self, stripe_account_id: str) -> Mapping[str, int]:
        """Return what is there by currency, available and pending together."""

    def since(self, stripe_account_id: str, moment: datetime) -> list[StripePayout]:
        """Return the payouts that Stripe has from then on, whoever made them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the runs of a night have come: the last that was looked at, and whether nothing is left to look at.

    `again` were looked at without success: nobody answered, or they could not be stopped.
    """

    after: str = ""
    done: bool = False
    again: tuple[str, ...] = ()


class Nights(Protocol):
    """Where that is kept."""

    def of(self, day: date) -> Progress: ...
    def note(self, day: date, progress: Progress) -> None: ...


class Switch(Protocol):
    """The kill switch."""

    def stop_unless_lifted(self, scope: str, cause: str, reasons: str, marks: Sequence[str] = ()) -> Change | None: ...
