"""Decisions about orders as receipts that their parties can read, and the cases that wait for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

HOLD_SCORE = 50  # findings weighing this much together hold the release
REASONS_LENGTH_MAX = 2_000  # characters

# What a receipt decides.
ALLOW, HOLD, CLEAR, REFUSE = "allow", "hold", "clear", "refuse"
# What became of the decision.
IN_FORCE, TOO_LATE = "in_force", "too_late"
# What a rule said. NO_DATA never counts against anybody.
FIRED, PASSED, NO_DATA = "fired", "passed", "no_data"
# Whose data a rule looked at.
ABOUT_BUYER, ABOUT_BOTH = "buyer", "both"
# A case's states.
OPEN, CLEARED, REFUSED = "open", "cleared", "refused"


class HoldMissing(Missing):
    """No hold was ever placed on such an order."""

    code = "hold_not_found"
    title_en = "There is no hold on such an order."
    title_es = "No existe ninguna retención sobre ese pedido."


class HoldAlreadyDecided(Conflict):
    """A person already decided about this hold; a decision is not replaced, only followed by another process."""

    code = "hold_already_decided"
    title_en = "This hold was already decided."
    title_es = "Esta retención ya se decidió."


class ReasonsMissing(Invalid):
    """Both parties read the reasons of a decision, so there must be some."""

    code = "reasons_required"
    title_en = "Give the reasons for the decision: both parties will read them."
    title_es = "Indica los motivos de la decisión: ambas partes los leerán."

    def __init__(self) -> None:
        super().__init__(fields={"reasons": "required"})


class AlreadyScreened(Exception):
    """This order's payment was screened before: a repeated message has nothing to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said about one order, in words that stand even when the rule changes later."""

    rule_id: str
    version: int
    weight: int
    outcome: str  # FIRED, PASSED or NO_DATA
    about: str  # ABOUT_BUYER or ABOUT_BOTH
    reason_en: str
    reason_es: str
    remedy_en: str  # what would have changed the outcome
    remedy_es: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def score(self) -> int:
        return self.weight if self.outcome == FIRED else 0


@dataclass(frozen=True, slots=True)
class DecisionReceipt:
    """One decision about one order, never changed afterwards."""

    receipt_id: str
    order_id: str
    decision: str  # ALLOW, HOLD, CLEAR or REFUSE
    effect: str  # IN_FORCE, or TOO_LATE when the order had already ended
    automated: bool
    decided_at: datetime
    findings: tuple[Finding, ...] = ()
    score: int = 0
    threshold: int = HOLD_SCORE
    decided_by: str | None = None  # the operator's account
    reasons: str | None = None  # in the operator's words
    answers: str | None = None  # the receipt that this one decides about


@dataclass(frozen=True, slots=True)
class Case:
    """A held order that waits, or waited, for a person."""

    order_id: str
    receipt_id: str  # the receipt that opened it
    buyer_id: str
    seller_id: str
    total_minor: int
    currency: str
    score: int
    opened_at: datetime
    state: str = OPEN
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_receipt_id: str | None = None

    @property
    def parties(self) -> frozenset[str]:
        """Whose order it is: none of them decides, or reads what was found."""
        return frozenset({self.buyer_id, self.seller_id})


@dataclass(frozen=True, slots=True)
class Payment:
    """One paid order of a buyer, as the velocity rules count it."""

    order_id: str
    payment_id: str
    paid_at: datetime
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening came to."""

    decision: str
    effect: str
    score: int


def score_of(findings: tuple[Finding, ...]) -> int:
    """Add up the weights of the rules that fired."""
    return sum(finding.score for finding in findings)
