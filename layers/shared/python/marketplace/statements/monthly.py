"""A month as a statement: opening balance, every entry, closing balance. Pure; opening + entries = closing, always.

A seller's balance is what the marketplace owes them (debts counted against it). A buyer's balance is what the
marketplace holds of their money: for orders that run, and for what is on its way back to them. Both contain what could
not be sent, and waits to be paid to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from marketplace.kit.errors import Conflict
from marketplace.ledger.model import (
    COMMISSION,
    VAT_PAYABLE,
    LedgerTransaction,
    seller_account,
)
from marketplace.statements.at_stripe import AtStripe
from marketplace.statements.explain import KNOWN, REFERENCE_LENGTH, SETTLING, owed_to_seller
from marketplace.statements.model import BadMonth, Entry
from marketplace.statements.waiting import WAITING, on, owed_to_buyer, waits_for_buyer, waits_for_seller

CLOSES_AFTER = timedelta(hours=3)  # after its end nothing of a month is booked any more, nor missing in an index


class AlreadyClosed(Conflict):
    """How this month ended is on record."""

    code = "already_closed"


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC."""

    name: str  # YYYY-MM

    @property
    def begins(self) -> datetime:
        return datetime.fromisoformat(f"{self.name}-01T00:00:00+00:00")

    @property
    def ends(self) -> datetime:
        """The first moment of the next month."""
        return (self.begins + timedelta(days=32)).replace(day=1)

    def is_closed(self, now: datetime) -> bool:
        return now >= self.ends + CLOSES_AFTER


@dataclass(frozen=True, slots=True)
class Closing:
    """What was owed to a seller at the end of a month."""

    seller_id: str
    currency: str
    month: str
    balance_minor: int
    closed_at: datetime
    at_stripe_minor: int | None = None  # None: closed before this was kept
    waiting_minor: int | None = None  # of the balance; None: closed before it contained what waits


@dataclass(frozen=True, slots=True)
class Statement:
    """One person's month in one currency."""

    month: str
    role: str
    currency: str
    opening_minor: int
    entries: tuple[Entry, ...]
    commission_minor: int  # without VAT, of the month
    commission_vat_minor: int
    is_closed: bool
    at_stripe: AtStripe | None = None  # of a seller: how it went on to the bank
    waiting_minor: int = 0  # of the closing balance, what could not be sent and waits to be paid

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(entry.amount_minor for entry in self.entries)


def month_of(name: str, now: datetime) -> Month:
    """Read a month.

    Raises: BadMonth when it is none, or has not begun.
    """
    try:
        date.fromisoformat(f"{name}-01")
    except ValueError:
        raise BadMonth(fields={"month": "not_a_month"}) from None
    month = Month(name)
    if month.begins > now:
        raise BadMonth(fields={"month": "in_the_future"})
    return month


def month_at(moment: datetime) -> Month:
    """Return the month of a moment."""
    return Month(moment.astimezone(UTC).strftime("%Y-%m"))


def seller_entries(seller_id: str, transactions: Iterable[LedgerTransaction]) -> Iterator[Entry]:
    """Explain every change of what is owed to a seller; the entries sum to that change."""
    for each in transactions:
        if each.kind in SETTLING:
            yield from _settled(seller_id, each)
            continue
        commission, vat = -on(each, COMMISSION), -on(each, VAT_PAYABLE)
        gross = owed_to_seller(seller_id, each) + commission + vat
        taken = (("commission", -commission), ("commission_vat", -vat))
        parts = ((_fact(each), gross), *taken, (WAITING, waits_for_seller(each)))
        yield from (_entry(each, fact, minor) for fact, minor in parts if minor)


def buyer_entries(transactions: Iterable[LedgerTransaction]) -> Iterator[Entry]:
    """Explain every change of what is held of a buyer's money, in books of orders and payments.

    What could not be sent leaves what is on its way, and begins to wait: two lines, as it is still owed.
    """
    for each in transactions:
        owed, waits = owed_to_buyer(each), waits_for_buyer(each)
        if owed or waits:
            yield _entry(each, each.kind, owed or waits)
        if owed and waits:
            yield _entry(each, WAITING, waits)


def held_by(transaction: LedgerTransaction) -> int:
    """Return by how much a booking raises what is held for a buyer, waiting or not."""
    return owed_to_buyer(transaction) + waits_for_buyer(transaction)


def commission_in(transactions: Iterable[LedgerTransaction]) -> tuple[int, int]:
    """Return (commission without VAT, VAT on it) that these bookings took, less what they gave back."""
    booked = list(transactions)
    return -sum(on(each, COMMISSION) for each in booked), -sum(on(each, VAT_PAYABLE) for each in booked)


def _settled(seller_id: str, each: LedgerTransaction) -> Iterator[Entry]:
    paid = on(each, seller_account(seller_id))
    if paid:
        yield _entry(each, each.kind, -paid)
    if rest := owed_to_seller(seller_id, each) + paid:
        yield _entry(each, "debt_settled", rest)


def _fact(each: LedgerTransaction) -> str:
    return each.kind if each.kind in KNOWN else "correction"


def _entry(each: LedgerTransaction, fact: str, amount_minor: int) -> Entry:
    reference = each.stripe_object[-REFERENCE_LENGTH:] if each.stripe_object else ""
    return Entry(each.booked_at, each.book, fact, amount_minor, "", reference)
