"""What happened in a dispute, step by step, from its own record: what was said, shown, offered and decided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.disputes.model import Appeal, Decision, Dispute, Evidence, Offer
from marketplace.orders.model import BUYER, OPERATOR, SELLER, SYSTEM

_OPENED_BY_SYSTEM = frozenset({"charged_back", "return_unfinished"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, by which side, when."""

    at: datetime
    what: str
    by: str
    subject: str = ""
    facts: dict[str, str | int] = field(default_factory=dict)


def steps(dispute: Dispute) -> list[Step]:
    """Return what happened in a dispute, the oldest first."""
    return sorted(_steps(dispute), key=lambda each: each.at)


def decider(decision: Decision) -> str:
    """Name the part of whoever decided, never the person."""
    return OPERATOR if decision.is_by_person else decision.decided_by


def _steps(dispute: Dispute) -> Iterator[Step]:
    opener = SYSTEM if dispute.reason in _OPENED_BY_SYSTEM else BUYER
    yield Step(dispute.opened_at, "opened", opener, "", {"reason": dispute.reason})
    if dispute.answered_at:
        yield Step(dispute.answered_at, "answered", SELLER)
    for shown in dispute.evidence:
        yield from _evidence(shown)
    for offer in dispute.offers:
        yield from _offer(offer)
    for decided in (*dispute.past, dispute.decision):
        if decided:
            yield Step(decided.at, "decided", decider(decided), "", _decision(decided))
    for appeal in (*dispute.past_appeals, dispute.appeal):
        if appeal:
            yield from _appeal(appeal)


def _evidence(shown: Evidence) -> Iterator[Step]:
    facts: dict[str, str | int] = {"content_type": shown.content_type, "kind": shown.kind}
    yield Step(shown.at, "evidence_announced", shown.by, shown.evidence_id, facts)
    if shown.uploaded_at:
        yield Step(shown.uploaded_at, "evidence_uploaded", shown.by, shown.evidence_id, facts)


def _offer(offer: Offer) -> Iterator[Step]:
    facts: dict[str, str | int] = {"refund_minor": offer.refund_minor}
    yield Step(offer.made_at, "offered", offer.by, offer.offer_id, facts)
    if offer.ended_at:
        yield Step(offer.ended_at, f"offer_{offer.state}", offer.by, offer.offer_id, facts)


def _appeal(appeal: Appeal) -> Iterator[Step]:
    yield Step(appeal.at, "appealed", appeal.by)
    if appeal.counter_at:
        yield Step(appeal.counter_at, "appealed", SELLER if appeal.by == BUYER else BUYER)
    if appeal.decision:
        yield Step(appeal.decision.at, "appeal_decided", OPERATOR, "", _decision(appeal.decision))


def _decision(decided: Decision) -> dict[str, str | int]:
    return {"refund_minor": decided.refund_minor, "seller_minor": decided.seller_minor, "clause": decided.clause}
