"""Earnings, holds and payouts as values.

A purse is one seller's money in one currency. Its buckets are a cache that its entries prove:

    earned - reversed = available + reserved + in transit + paid

and what is not paid yet is what the seller's connected account holds at Stripe. A purse counts its payouts: entries
carry the number of the payout that will contain them, so each payout is explained to the cent by its own entries.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Stripe may prune idempotency keys after 24 h (its documentation); an hour is kept for clocks that disagree.
SAME_KEY_FOR = timedelta(hours=23)

# The least that is sent to a bank, in minor units; smaller balances wait for the next date. Published.
MINIMUM_MINOR: Mapping[str, int] = {"eur": 1_000, "usd": 1_000, "gbp": 1_000, "jpy": 1_500}

# In these months smaller balances are sent as well: no money may lie at Stripe for 90 days, and a seller who sells
# little is paid too. What is less still is not worth the transfer, and Stripe sends no less in most currencies.
SMALLEST_MINOR: Mapping[str, int] = {"eur": 100, "usd": 100, "gbp": 100, "jpy": 100}
SMALL_MONTHS = (1, 4, 7, 10)

FAILURES_MAX = 3  # refusals by a bank in a row, after which a person or a new bank account must help
REASONS_LENGTH_MAX = 1_000  # characters
MANUAL_HOLD_DAYS_MAX = 90  # Stripe lets platforms keep sellers' money 90 days in most countries ("Manual payouts")

_PAYOUT_ID = re.compile(r"payout_([0-9a-z]{26})_([a-z]{3})_([1-9][0-9]{0,7})")


class EntryKind(StrEnum):
    """What moves money between a purse's buckets."""

    EARNED = "earned"  # a transfer arrived
    REVERSED = "reversed"  # a transfer was taken back
    RESERVED = "reserved"  # a part of an earning set aside, by a published rule
    RESERVE_RELEASED = "reserve_released"
    RETURNED = "returned"  # a payout that the bank did not take


class PayoutState(StrEnum):
    """How far a payout has come."""

    OPEN = "open"  # perhaps called, perhaps not, and not recorded
    IN_TRANSIT = "in_transit"  # Stripe has it; the bank does not yet
    PAID = "paid"
    FAILED = "failed"  # the money is back in the balance
    PARKED = "parked"  # the key is too old and nothing was found: a person must decide


MOVING = frozenset({PayoutState.OPEN, PayoutState.IN_TRANSIT, PayoutState.PARKED})


class Cause(StrEnum):
    """Why money waits."""

    COOLING = "cooling"
    FACTOR_MISSING = "factor_missing"
    VERIFICATION = "verification"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    CURRENCY = "currency"
    CHARGEBACK = "chargeback"
    DEBT = "debt"
    RESERVE = "reserve"
    CLEARING = "clearing"
    MINIMUM = "minimum"
    KILL_SWITCH = "kill_switch"
    BANK_REFUSED = "bank_refused"
    PAYOUT_UNKNOWN = "payout_unknown"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Purse:
    """One seller's money in one currency, in minor units."""

    seller_id: str
    currency: str
    available_minor: int = 0  # may be below zero for the moment between a reversal and what follows it
    reserved_minor: int = 0
    in_transit_minor: int = 0
    paid_minor: int = 0
    earned_minor: int = 0
    reversed_minor: int = 0
    brought_minor: int = 0  # of `available_minor`, what the last payout left behind
    number: int = 1  # of the next payout
    version: int = 0  # counts every change
    due_at: datetime | None = None  # the next payout date; None while there is nothing to pay

    @property
    def at_stripe_minor(self) -> int:
        """What the connected account must hold."""
        return self.available_minor + self.reserved_minor

    @property
    def unpaid_minor(self) -> int:
        """What is the seller's and not at their bank yet, wherever it is on the way there."""
        return self.at_stripe_minor + self.in_transit_minor

    @property
    def is_sound(self) -> bool:
        """Say whether the buckets account for every cent, with none below zero but what may be."""
        whole = self.available_minor + self.reserved_minor + self.in_transit_minor + self.paid_minor
        least = min(self.reserved_minor, self.in_transit_minor, self.paid_minor, self.earned_minor, self.reversed_minor)
        return self.earned_minor - self.reversed_minor == whole and least >= 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement; `amount_minor` is signed as it changes what is available."""

    seller_id: str
    currency: str
    fact: str  # what it books, once
    kind: EntryKind
    amount_minor: int
    number: int  # of the payout that will contain it
    at: datetime
    order_id: str | None = None
    stripe_object: str | None = None
    rule: str | None = None  # of a reserve
    payout_number: int | None = None  # of a returned payout


@dataclass(frozen=True, slots=True)
class ReservePart:
    """A part of one earning that is set aside until its date."""

    seller_id: str
    currency: str
    order_id: str
    stripe_object: str
    amount_minor: int
    rule: str
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        return f"{self.until.date().isoformat()}#{self.stripe_object}"


@dataclass(frozen=True, slots=True)
class Clearing:
    """A part of one earning that Stripe lets go on to a bank only from `until`; kept as it was noted."""

    seller_id: str
    currency: str
    order_id: str
    stripe_object: str
    amount_minor: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the payout rules look at, and what the seller chose, over all currencies."""

    seller_id: str
    ended_orders: int = 0
    chargebacks: int = 0
    first_at: datetime | None = None  # the first earning
    interval: str | None = None  # the seller's choice of schedule; None: by the rules
    failures: int = 0  # refusals by the bank in a row
    holds_version: int = 0  # counts changes of holds: a payout is conditional on it
    settles: frozenset[str] | None = None  # currencies that the connected account takes; None: not known yet
    external_mark: str | None = None  # which bank accounts, as last seen


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that waits, with the cause and the date or the condition that ends it.

    `amount_minor` None means everything; `key` tells holds of one cause apart.
    """

    cause: Cause
    key: str
    since: datetime | None = None
    until: datetime | None = None
    amount_minor: int | None = None
    currency: str | None = None
    order_id: str | None = None
    reasons: str | None = None
    by: str | None = None  # who placed a manual one
    beside_minor: int = 0  # of `amount_minor`, what holds of another cause keep of the same order already

    @property
    def own_minor(self) -> int:
        """What this hold keeps beside the others, where it is one of an amount: never less than nothing."""
        return max(0, self.amount_minor or 0) - self.beside_minor

    def covers(self, currency: str, now: datetime) -> bool:
        """Say whether it stands now, for this currency."""
        return self.currency in (None, currency) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Payout:
    """One payout: committed with its amount before the call, recorded after it."""

    seller_id: str
    currency: str
    number: int
    amount_minor: int
    brought_minor: int  # what the payout before left behind, contained in this one
    kept_minor: int  # what this one left behind because of a hold of an amount, or because it had not cleared
    created_at: datetime
    state: PayoutState = PayoutState.OPEN
    stripe_account_id: str = ""
    stripe_payout_id: str | None = None
    arrives_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None  # Stripe's code
    gated: bool = False  # Stripe never hears of it before its leave is noted
    let_go_at: datetime | None = None  # the first leave
    allowed_at: datetime | None = None  # the last one
    holds_version: int | None = None  # of the seller's holds that it was divided by; None: not noted
    leaves: int = 0  # how often its call was allowed; not counted in rows from before

    @property
    def payout_id(self) -> str:
        """Name it for people and for the API."""
        return f"payout_{self.seller_id.removeprefix('acc_')}_{self.currency}_{self.number}"

    @property
    def key(self) -> str:
        """Name the business fact: also Stripe's idempotency key."""
        return f"payout#{self.seller_id}#{self.currency}#{self.number}"

    @property
    def may_have_left(self) -> bool:
        """Say whether Stripe may have heard of it: rows from before leaves were noted say nothing about their call."""
        return not self.gated or self.let_go_at is not None

    def key_is_good(self, now: datetime) -> bool:
        """Say whether Stripe still remembers this payout's key for certain, or never heard of it."""
        if self.gated:
            return self.let_go_at is None or now - self.let_go_at < SAME_KEY_FOR
        return now - self.created_at < SAME_KEY_FOR


@dataclass(frozen=True, slots=True)
class StripePayout:
    """What Stripe says of a payout when asked."""

    stripe_payout_id: str
    status: str  # pending, in_transit, paid, failed, canceled
    amount_minor: int
    currency: str
    key: str | None  # ours, from the metadata
    arrives_at: datetime | None
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class BankAccounts:
    """Which currencies a connected account takes, and a mark that changes when its bank accounts do."""

    currencies: frozenset[str]
    mark: str


@dataclass(frozen=True, slots=True)
class PayeeFacts:
    """What the payout rules ask about a seller's account."""

    stripe_account_id: str | None
    active: bool  # verified: Stripe lets money in and out
    suspended: bool
    has_factor: bool
    cooling_until: datetime | None
    created_at: datetime
    locked: bool = False  # by "this was not me", until a new password


def minimum_at(currency: str, at: datetime) -> int:
    """Return the least that is sent on a payout date, in minor units."""
    return (SMALLEST_MINOR if at.month in SMALL_MONTHS else MINIMUM_MINOR)[currency]


def parse_payout_id(payout_id: str) -> tuple[str, str, int] | None:
    """Return the seller, currency and number that a payout id names; None when it cannot be one."""
    found = _PAYOUT_ID.fullmatch(payout_id)
    return (f"acc_{found[1]}", found[2], int(found[3])) if found else None
