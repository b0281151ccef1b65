"""A dispute about one order. Its stage is the order's own state; the record holds what was said and decided."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

STATEMENT_LENGTH_MAX = 4_000  # characters
DECISION_REASONS_LENGTH_MAX = 2_000  # characters; what a second person would approve is no longer
EVIDENCE_MAX = 10  # files a side
EVIDENCE_BYTES_MAX = 10 * 1024 * 1024
EVIDENCE_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
REASONS = (
    "not_received", "not_as_described", "damaged", "counterfeit", "incomplete", "not_done", "charged_back",
    "return_unfinished", "other",
)  # fmt: skip
EVIDENCE_FOR_APPEAL_MAX = 5  # files a side beyond those, after the decision
OFFERS_MAX = 30  # of one side in one dispute
OFFER_HOURS_MIN, OFFER_HOURS_MAX = 24, 168
CLOCK, PARTIES = "clock", "parties"  # who decides when no person of ours does
OPEN, ACCEPTED, DECLINED, WITHDRAWN, COUNTERED, EXPIRED = (
    "open", "accepted", "declined", "withdrawn", "countered", "expired",
)  # fmt: skip
SELLER_PART_MIN_MINOR = 50  # less than this could not carry its own commission


class DisputeMissing(Missing):
    """No such dispute, or the caller is no party to it."""

    code = "dispute_not_found"
    title_en = "There is no such dispute."
    title_es = "No existe esa disputa."


class DisputeExists(Conflict):
    """The order has its dispute."""

    code = "dispute_exists"
    title_en = "This order already has a dispute."
    title_es = "Este pedido ya tiene una disputa."


class DisputeDecided(Conflict):
    """The decision stands; nothing more is taken."""

    code = "dispute_decided"
    title_en = "This dispute is decided."
    title_es = "Esta disputa ya está resuelta."


class EvidenceFull(Conflict):
    """One side has shown as much as it may."""

    code = "evidence_full"
    title_en = f"At most {EVIDENCE_MAX} files a side."
    title_es = f"Como máximo {EVIDENCE_MAX} archivos por parte."


class EvidenceRefused(Invalid):
    """The file is of a type or size that is not taken; `fields` says which."""

    code = "evidence_refused"
    title_en = "This file cannot be taken as evidence."
    title_es = "Este archivo no se admite como prueba."


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that one side announced; it counts once its upload was seen in the storage."""

    evidence_id: str
    by: str  # BUYER or SELLER
    content_type: str
    size_bytes: int
    sha256: str
    description: str
    at: datetime  # of the announcement
    kind: str = "other"  # of reasons.EVIDENCE_KINDS
    uploaded_at: datetime | None = None  # when its upload was confirmed
    member_id: str = ""  # who of the seller's team, when not the seller


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator, the clock or both sides decided, with reasons."""

    refund_minor: int
    seller_minor: int
    clause: str
    reasons: str
    decided_by: str  # an operator's account id, or CLOCK or PARTIES
    at: datetime
    lines: tuple[tuple[int, int], ...] = ()  # (place in the order, refunded of it), where it was said line by line
    approved_by: str = ""  # the second person, above the limit of one
    files: int | None = None  # how many the case held when a first decision was made: those after it are new

    @property
    def people(self) -> frozenset[str]:
        """Name who had a part in it."""
        return frozenset({self.decided_by, self.approved_by} - {""}) if self.is_by_person else frozenset()

    @property
    def is_by_person(self) -> bool:
        return self.decided_by not in {CLOCK, PARTIES}


@dataclass(frozen=True, slots=True)
class Offer:
    """What one side proposes to end the dispute with; at most one of each side is open."""

    offer_id: str
    by: str  # BUYER or SELLER
    refund_minor: int  # to the buyer; the rest is the seller's
    return_needed: bool  # whether the buyer sends the goods back first: what is refunded follows their receipt
    made_at: datetime
    expires_at: datetime
    state: str = OPEN  # or ACCEPTED, DECLINED, WITHDRAWN, COUNTERED; lapsed ones stay open in the record
    ended_at: datetime | None = None
    member_id: str = ""
    ended_by: str = ""  # the account that accepted, declined or withdrew it
    return_id: str = ""  # the return that an accepted one opened
    left_minor: int = 0  # of the order when it was made: what it divides; 0 for offers from before this was kept

    def state_at(self, now: datetime) -> str:
        return EXPIRED if self.state == OPEN and now >= self.expires_at else self.state


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a loser holds against a decision, and what somebody else then decided."""

    by: str  # BUYER or SELLER
    statement: str
    at: datetime
    due_at: datetime  # without an answer by then the first decision stands
    after_end: bool = False  # the money had gone by then: only a further refund can follow
    decision: Decision | None = None
    lapsed: bool = False
    counter_statement: str = ""  # what the other side, having lost too, holds against the same decision
    counter_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.decision is None and not self.lapsed

    @property
    def sides(self) -> frozenset[str]:
        """Name the sides that appealed: both once the other one did too."""
        return frozenset({"buyer", "seller"}) if self.counter_at else frozenset({self.by})


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute."""

    dispute_id: str
    order_id: str
    buyer_id: str
    seller_id: str
    reason: str
    statement: str
    wanted_minor: int
    opened_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    decision: Decision | None = None
    revision: int = 0
    offers: tuple[Offer, ...] = ()
    appeal: Appeal | None = None
    past: tuple[Decision, ...] = ()  # decisions that a bank undid before they were carried out
    past_appeals: tuple[Appeal, ...] = ()  # and the appeals against them
    proposal_id: str = ""  # a decision above the limit of one waits for a second person here
    accepted: tuple[str, ...] = ()  # sides that lose by the decision and accept it

    @property
    def standing(self) -> Decision | None:
        """Return the decision that counts: the appeal's, when there is one."""
        return self.appeal.decision if self.appeal and self.appeal.decision else self.decision

    @property
    def deciders(self) -> frozenset[str]:
        """Name who decided in this case before, undone or not: none of them judges an appeal."""
        appealed = tuple(each.decision for each in self.past_appeals if each.decision)
        before = (*self.past, *appealed, *((self.decision,) if self.decision else ()))
        return frozenset(name for each in before for name in each.people)

    def new_evidence(self, side: str) -> bool:
        """Say whether a side showed a file that the decision could not know: uploaded since, and none of the earlier.

        Decisions from before the files were counted know those that were announced before them.
        """
        decision = self.decision
        if decision is None:
            return False
        earlier = sum(each.at < decision.at for each in self.evidence) if decision.files is None else decision.files
        known = {each.sha256 for each in self.evidence[:earlier] if each.uploaded_at}
        shown = (each for each in self.evidence[earlier:] if each.by == side and each.uploaded_at)
        return any(each.sha256 not in known for each in shown)

    @property
    def waits_for_operator(self) -> bool:
        return self.decision is None or (self.appeal is not None and self.appeal.is_open)
