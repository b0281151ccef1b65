"""A seller's balance at Stripe in a month: what came from the marketplace, what went back, what went to the bank.

The books end where money is transferred to the seller's own Stripe account. Here it goes on: opening balance, transfers
and what was taken back of them (from the books), payouts and those that the bank sent back, closing balance.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from marketplace.ledger.model import STRIPE, LedgerTransaction
from marketplace.payouts.model import Payout, PayoutState, Purse, Standing
from marketplace.statements.explain import REFERENCE_LENGTH, WITH_BUYER
from marketplace.statements.model import Entry

PAYOUT, PAYOUT_RETURNED = "payout", "payout_returned"
COMES_BACK_WITHIN = timedelta(days=100)  # a payout that a bank sends back; Stripe: a few days, in rare cases weeks


class PayoutMonths(Protocol):
    """Payouts by time; see payouts/month_store.py."""

    def begun_between(self, seller_id: str, currency: str, since: datetime, until: datetime) -> list[Payout]: ...


class Purses(Protocol):
    """Balances, as statements compare with them."""

    def purse(self, seller_id: str, currency: str) -> tuple[Purse, Standing]: ...


@dataclass(frozen=True, slots=True)
class AtStripe:
    """The month of a seller's own Stripe account, as far as the marketplace moves it."""

    opening_minor: int
    entries: tuple[Entry, ...]

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(each.amount_minor for each in self.entries)


class SellersAtStripe:
    """Explains balances at Stripe."""

    def __init__(self, *, payouts: PayoutMonths, purses: Purses) -> None:
        self._payouts = payouts
        self._purses = purses

    def moves(
        self, seller_id: str, currency: str, booked: Iterable[LedgerTransaction], since: datetime, until: datetime
    ) -> tuple[Entry, ...]:
        """Return every movement of [since, until), the oldest first; `booked` is what the books have of that time."""
        if since >= until:
            return ()
        began = self._payouts.begun_between(seller_id, currency, since - COMES_BACK_WITHIN, until)
        found = [*_from_books(booked), *_of_payouts(began)]
        within = [each for each in found if since <= each.at < until]
        return tuple(sorted(within, key=lambda each: (each.at, each.fact, each.book)))

    def stands_at(self, seller_id: str, currency: str) -> int:
        """Return the balance as it stands now, consistently."""
        return self._purses.purse(seller_id, currency)[0].at_stripe_minor


def _from_books(booked: Iterable[LedgerTransaction]) -> Iterator[Entry]:
    for each in booked:
        moved = -sum(posting.amount_minor for posting in each.postings if posting.account == STRIPE)
        if moved and each.kind not in WITH_BUYER:
            reference = each.stripe_object[-REFERENCE_LENGTH:] if each.stripe_object else ""
            yield Entry(each.booked_at, each.book, each.kind, moved, "", reference)


def _of_payouts(payouts: Sequence[Payout]) -> Iterator[Entry]:
    for each in payouts:
        reference = (each.stripe_payout_id or "")[-REFERENCE_LENGTH:]
        yield Entry(each.created_at, each.payout_id, PAYOUT, -each.amount_minor, "", reference)
        if each.state is PayoutState.FAILED and each.ended_at is not None:
            yield Entry(each.ended_at, each.payout_id, PAYOUT_RETURNED, each.amount_minor, each.reason or "", reference)
