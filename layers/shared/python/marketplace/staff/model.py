"""Proposals, acts, suspensions and visits as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PROPOSAL, ACT, SUSPENSION, RECEIPT, VISIT = "prp", "act", "sus", "sdr", "vst"
OPEN, APPROVED, DECLINED, EXPIRED = "open", "approved", "declined", "expired"
PROPOSAL_KEPT = timedelta(days=7)
VISIT_LENGTH = timedelta(minutes=15)

WHOLE_ACCOUNT, SELLING = "account", "selling"  # what a suspension takes away
SUSPENDED, LIFTED, UPHELD = "suspended", "lifted", "upheld"  # what a standing decision says
WAITING, GRANTED, REJECTED = "waiting", "granted", "rejected"  # an appeal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that nobody does alone: who wants it and why, and who agreed."""

    proposal_id: str
    kind: str
    subject: str  # the id of what it is about
    facts: Mapping[str, str | int]  # ids, whole numbers and short codes: all that its effect needs
    proposed_by: str
    reasons: str
    proposed_at: datetime
    expires_at: datetime
    concerns: frozenset[str] = frozenset()  # accounts whose own matter it is, beyond those that the facts name
    state: str = OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reasons: str | None = None

    def is_own_matter_of(self, account_id: str) -> bool:
        """Tell whether it is about this account."""
        return account_id in {self.subject, *self.concerns, *self.facts.values()}

    def state_at(self, now: datetime) -> str:
        """Return the state, with EXPIRED for one that nobody decided in time."""
        return EXPIRED if self.state == OPEN and now >= self.expires_at else self.state


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody of the staff did, or looked at."""

    act_id: str
    at: datetime
    by: str
    kind: str  # subject.verb
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """What was taken from an account, on which ground, and how an appeal against it stands."""

    suspension_id: str
    account_id: str
    scope: str  # WHOLE_ACCOUNT or SELLING
    clause: str
    reasons: str
    decided_by: str
    decided_at: datetime
    appeal: str | None = None  # WAITING, GRANTED or REJECTED
    statement: str | None = None  # the person's own words
    appealed_at: datetime | None = None
    lifted_at: datetime | None = None

    @property
    def in_force(self) -> bool:
        return self.lifted_at is None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One decision about somebody's standing, never changed: what the person reads of it."""

    receipt_id: str
    account_id: str
    suspension_id: str
    decision: str  # SUSPENDED, LIFTED or UPHELD
    scope: str
    clause: str
    reasons: str
    decided_at: datetime
    decided_by: str  # shown to staff only
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody of support looking, for minutes, at what an account's owner sees."""

    visit_id: str
    account_id: str
    by: str
    case: str  # the ticket, order or dispute that it is for
    reasons: str
    begun_at: datetime
    ends_at: datetime
    session_hash: str
    ended_at: datetime | None = None
