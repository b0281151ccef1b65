"""Everything the invariants look at, gathered by whoever may read it all: a test, the local run, an auditor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.disputes.model import Dispute
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Move, Order
from marketplace.payments.model import Intent, Payment
from marketplace.payments.refund_model import Refund
from marketplace.payouts.model import Clearing, Entry, Hold, Payout, Purse, ReservePart
from marketplace.returns.model import Head, Return
from marketplace.reviews.model import Rating, Review
from marketplace.shipping.model import Punctuality
from marketplace.staff.model import Proposal, Suspension


@dataclass(frozen=True, slots=True)
class StripeMoney:
    """One object at Stripe that moved money: a charge, a transfer, a reversal or a refund."""

    object_id: str
    kind: str  # "charge", "transfer", "reversal" or "refund"
    amount_minor: int
    currency: str
    payment_id: str | None
    order_id: str | None = None
    intent_id: str | None = None
    destination: str | None = None  # of a transfer: the connected account that got it


@dataclass(frozen=True, slots=True)
class SellerPayout:
    """One payout of a connected account at Stripe; `key` is ours, where we made it."""

    account_id: str
    key: str | None
    amount_minor: int
    currency: str
    status: str  # Stripe's


@dataclass(frozen=True, slots=True)
class Door:
    """The ways into one account, as its rows say."""

    account_id: str
    locked: bool
    has_factor: bool
    live_sessions: int  # of its owner: visits of support are not counted
    passkeys_counted: int
    passkeys_stored: int
    passkeys_claimed: int  # credentials that name the account as theirs
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class View:
    """The marketplace's own records, and Stripe's."""

    now: datetime
    orders: Sequence[Order]
    moves: Sequence[Move]
    payments: Sequence[Payment]
    intents: Sequence[Intent]
    ledger: Sequence[LedgerTransaction]
    stripe: Sequence[StripeMoney] = ()
    stripe_platform_minor: Mapping[str, int] = field(default_factory=dict)  # available + pending, by currency
    reviews: Sequence[Review] = ()
    ratings: Sequence[Rating] = ()
    stock_sold_over: Sequence[str] = ()  # listings whose stock is below zero
    debts: Mapping[tuple[str, str], int] = field(default_factory=dict)  # stored, by seller and currency
    seller_accounts: Mapping[str, str] = field(default_factory=dict)  # a seller's account at Stripe
    purses: Sequence[Purse] = ()
    entries: Sequence[Entry] = ()
    reserves: Sequence[ReservePart] = ()
    clearing: Sequence[Clearing] = ()
    payouts: Sequence[Payout] = ()
    payout_holds: Sequence[tuple[str, Hold, datetime | None]] = ()  # seller, hold, when it ended
    stops: Sequence[tuple[str, datetime, datetime | None]] = ()  # scope of the kill switch, since, until
    stripe_payouts: Sequence[SellerPayout] = ()
    stripe_payouts_since: datetime | None = None  # whoever asked Stripe asked for those from then on; None: for all
    stripe_connected_minor: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by account and currency
    unsealed: Sequence[str] = ()  # places of personal fields that lie as they were typed
    proposals: Sequence[Proposal] = ()
    suspensions: Sequence[Suspension] = ()  # the last one of each account that ever had one
    suspended: Mapping[str, frozenset[str]] = field(default_factory=dict)  # what is marked on each account
    roster: Mapping[str, frozenset[str]] = field(default_factory=dict)
    punctuality: Sequence[Punctuality] = ()
    doors: Sequence[Door] = ()
    admins: int = 0  # as the roster counts them
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)  # as each account has them
    refunds: Sequence[Refund] = ()
    returns: Sequence[Return] = ()
    return_heads: Sequence[Head] = ()
    disputes: Sequence[Dispute] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: which, about what, and what was seen."""

    rule: str
    subject: str
    seen: str
