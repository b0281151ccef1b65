"""Accounts that money only passes through: each must return to zero, and what has not has an age."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.ledger.model import LATE_PAYMENT, REFUND_OWED, UNCLAIMED, WITH_BANK, LedgerTransaction


@dataclass(frozen=True, slots=True)
class Open:
    """A clearing account of one book that is not zero, since when, and for how long now."""

    book: str
    account: str
    currency: str
    amount_minor: int
    since: datetime
    age: timedelta


def is_clearing(account: str) -> bool:
    """Say whether an account is one that must return to zero.

    A bank decides, a late payment and a promised refund go back, a seller's earnings leave with their transfer, and for
    what could not be paid a person looks.
    """
    return account in {WITH_BANK, LATE_PAYMENT, REFUND_OWED, UNCLAIMED} or account.startswith("seller:")


def not_cleared(book: str, transactions: Iterable[LedgerTransaction], now: datetime) -> Iterator[Open]:
    """Yield the clearing accounts of one whole book that are not zero; each is open since it last left zero."""
    balances: dict[tuple[str, str], int] = {}
    since: dict[tuple[str, str], datetime] = {}
    for transaction in sorted(transactions, key=lambda each: (each.booked_at, each.key)):
        for posting in transaction.postings:
            if is_clearing(posting.account):
                place = (posting.account, transaction.currency)
                if not balances.get(place):
                    since[place] = transaction.booked_at
                balances[place] = balances.get(place, 0) + posting.amount_minor
    for (account, currency), amount_minor in sorted(balances.items()):
        if amount_minor:
            began = since[account, currency]
            yield Open(book, account, currency, amount_minor, began, now - began)
