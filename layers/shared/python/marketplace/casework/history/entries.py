"""An entry of an order's history, and who may read which kind of entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from marketplace.orders.model import BUYER, SELLER

STAFF = "staff"
EVERYBODY = frozenset({BUYER, SELLER, STAFF})
ENTRIES_MAX = 200  # of one page

# Where an entry comes from. Things of one moment are told in this order.
ORDER, CARRIER, REMINDER, DISPUTE, MESSAGE, RETURN, SCREENING, BANK, DECISION, REFUND, LEDGER, PAYOUT, NOTE = (
    *("order", "carrier", "reminder", "dispute", "message", "return", "screening", "bank", "decision", "refund"),
    *("ledger", "payout", "note"),
)
SOURCES = (
    *(ORDER, CARRIER, REMINDER, DISPUTE, MESSAGE, RETURN, SCREENING, BANK, DECISION, REFUND, LEDGER, PAYOUT, NOTE),
)
RANK: Mapping[str, int] = {name: place for place, name in enumerate(SOURCES)}

# Who may read entries of a source at all; an entry may be for fewer. What is not said here nobody reads.
SEEN_BY: Mapping[str, frozenset[str]] = {
    ORDER: EVERYBODY,
    CARRIER: EVERYBODY,
    REMINDER: EVERYBODY,  # each party its own
    DISPUTE: EVERYBODY,
    MESSAGE: EVERYBODY,  # by its audience
    RETURN: EVERYBODY,
    DECISION: EVERYBODY,  # whom it concerns
    REFUND: EVERYBODY,
    PAYOUT: frozenset({SELLER, STAFF}),  # the seller's bank is nobody else's business
    SCREENING: frozenset({STAFF}),  # the parties read the decision that follows
    BANK: frozenset({STAFF}),
    LEDGER: frozenset({STAFF}),
    NOTE: frozenset({STAFF}),
}

# The facts that parties may read: codes, amounts and numbers, never what people wrote and never who acted for a side.
PARTY_FACTS = frozenset(
    {
        *("state", "reason", "refund_minor", "seller_minor", "amount_minor", "currency", "cause", "clause"),
        *("content_type", "kind", "number", "audience", "carrier", "tracking_number", "rule", "offer_id", "return_id"),
        *("refund_id", "dispute_id"),
    }
)
_WRITTEN_IN: Mapping[str, frozenset[str]] = {ORDER: frozenset({"reason"})}  # where such a fact is somebody's own words


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    at: datetime
    source: str
    what: str
    by: str  # a side or a role; never a name
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    only_for: frozenset[str] = EVERYBODY

    def is_for(self, viewer: str) -> bool:
        """Say whether BUYER, SELLER or STAFF may read it."""
        return viewer in SEEN_BY.get(self.source, frozenset()) and viewer in self.only_for

    def shown_to(self, viewer: str) -> "Happening":
        """Return the entry with the facts that this viewer may read."""
        if viewer == STAFF:
            return self
        readable = PARTY_FACTS - _WRITTEN_IN.get(self.source, frozenset())
        return replace(self, facts={name: fact for name, fact in self.facts.items() if name in readable})
