"""Accounts that money only passes through: each must return to zero, and what has not has an age and a term."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.ledger.model import LATE_PAYMENT, REFUND_OWED, UNCLAIMED, WITH_BANK, LedgerTransaction

PASSES_WITHIN = timedelta(days=7)  # earnings and refunds: what stops them is alarmed within a day
WITH_BANK_MAX = timedelta(days=120)  # weeks to answer in, and two to three months for the bank to decide


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


def overdue(left: Iterable[Open]) -> list[Open]:
    """Return what is open for longer than what it waits for explains; give it whole books.

    What waits for two people's decision is left out, since it is listed and alarmed by itself (payments/backlog.py):
    `unclaimed`, and what a bank gave back when its order was over. While a bank decides, the rest of its book waits
    too. A late payment's bank is in the books of its orders, which are not of this one: it has a bank's time in any
    case, and what stops its refund is alarmed as an intent.
    """
    found = list(left)
    at_bank = {each.book for each in found if each.account == WITH_BANK}
    return [each for each in found if not _for_people(each) and each.age > _term(each, at_bank)]


def _for_people(each: Open) -> bool:
    return each.account == UNCLAIMED or (each.account == LATE_PAYMENT and each.book.startswith("ord_"))


def _term(each: Open, at_bank: Container[str]) -> timedelta:
    return WITH_BANK_MAX if each.book in at_bank or each.account == LATE_PAYMENT else PASSES_WITHIN
