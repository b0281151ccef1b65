"""Ledger transactions: sums of zero, named after the business fact that they book.

A book is an order (`ord_...`) or a payment (`pay_...`); within it a key names the fact once, so that booking the
same fact twice is refused by the store itself. Positive amounts are debits, negative ones credits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict

STRIPE = "stripe"  # asset: what Stripe holds for the platform, pending and available
HELD = "held"  # liability: what is held for buyer and seller until the order ends
COMMISSION = "commission"  # revenue, without VAT
VAT_PAYABLE = "vat_payable"  # liability: VAT on the commission, owed to a tax office
STRIPE_FEES = "stripe_fees"  # expense
STRIPE_BILLED = "stripe_billed"  # expense: what Stripe took by itself, with no object of ours behind it
WITH_BANK = "with_bank"  # asset: withdrawn while a bank looks at a chargeback
LATE_PAYMENT = "late_payment"  # liability: received for an order that no longer stands
CHARGEBACK_LOSS = "chargeback_loss"  # expense: what the platform bears
MADE_GOOD = "made_good"  # expense: paid to a seller when an appeal overturned a decision after the money had gone
BAD_DEBT = "bad_debt"  # expense: what sellers owed and two people wrote off
REFUND_OWED = "refund_owed"  # liability: promised to a buyer and not yet given back
OWNER_CAPITAL = "owner_capital"  # equity: what the owner put in, less what they took out
UNCLAIMED = "unclaimed"  # liability: owed to somebody whom it could not be paid to, until a person knows better
_PLAIN = frozenset(
    {
        STRIPE,
        HELD,
        COMMISSION,
        VAT_PAYABLE,
        STRIPE_FEES,
        STRIPE_BILLED,
        WITH_BANK,
        LATE_PAYMENT,
        CHARGEBACK_LOSS,
        MADE_GOOD,
        BAD_DEBT,
        REFUND_OWED,
        UNCLAIMED,
        OWNER_CAPITAL,
    }
)
_PER_SELLER = ("seller", "seller_debt")  # liability owed to, and asset owed by, one seller


def seller_account(seller_id: str) -> str:
    """Name the account of what is owed to a seller."""
    return f"seller:{seller_id}"


def seller_debt_account(seller_id: str) -> str:
    """Name the account of what a seller owes: after a chargeback or a refund of what they had been paid."""
    return f"seller_debt:{seller_id}"


class AlreadyBooked(Conflict):
    """This business fact is in the books."""

    code = "already_booked"


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg: debit when positive, credit when negative, never zero."""

    account: str
    amount_minor: int


class Contradiction(ValueError):
    """A transaction that cannot be: stored, it was changed by hand."""


@dataclass(frozen=True, slots=True)
class LedgerTransaction:
    """One fact in one book and one currency; its postings sum to zero (M1).

    `stripe_object` is the id of the Stripe object that moved the money, where one did.
    """

    book: str
    key: str
    kind: str
    currency: str
    postings: tuple[Posting, ...]
    booked_at: datetime
    stripe_object: str | None = None

    @property
    def seller_id(self) -> str | None:
        """Whose accounts a posting is, where it is a seller's; one transaction concerns one seller at most."""
        parts = (posting.account.partition(":") for posting in self.postings)
        return next((seller_id for kind, _, seller_id in parts if kind in _PER_SELLER), None)

    def __post_init__(self) -> None:
        if not self.postings or sum(posting.amount_minor for posting in self.postings) != 0:
            amounts = [posting.amount_minor for posting in self.postings]  # told, as people let go on what they saw
            raise Contradiction(f"the postings of {self.book}/{self.key} do not sum to zero: {amounts}")
        if any(type(posting.amount_minor) is not int or posting.amount_minor == 0 for posting in self.postings):
            raise Contradiction(f"a posting of {self.book}/{self.key} is zero or not an integer")
        if any(not _is_account(posting.account) for posting in self.postings):
            raise Contradiction(f"a posting of {self.book}/{self.key} names no account")


def balances(transactions: Iterable[LedgerTransaction]) -> Mapping[tuple[str, str], int]:
    """Fold transactions into balances by (account, currency)."""
    totals: dict[tuple[str, str], int] = {}
    for transaction in transactions:
        for posting in transaction.postings:
            place = (posting.account, transaction.currency)
            totals[place] = totals.get(place, 0) + posting.amount_minor
    return totals


def _is_account(name: str) -> bool:
    return name in _PLAIN or name.partition(":")[0] in _PER_SELLER
