"""Disputes as JSON."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from marketplace.catalog.ports import UploadForm
from marketplace.disputes import clauses, model
from marketplace.disputes.asking.wire import LineRefund
from marketplace.disputes.desk import APPEALABLE_FROM, DisputeView
from marketplace.disputes.reasons import checklist
from marketplace.disputes.steps.wire import Moment, TimelineEntry, decider, timeline
from marketplace.kit.clock import to_text
from marketplace.kit.files import Download


class EvidenceItem(msgspec.Struct):
    """A file that one side announced."""

    evidence_id: str
    by: str
    content_type: str
    size_bytes: int
    sha256: str
    description: str
    at: Moment
    kind: str
    uploaded_at: Moment | None


class EvidenceDownload(msgspec.Struct):
    """Where a file can be read for a while; whoever has the address can read it."""

    evidence: EvidenceItem
    url: str
    expires_in_seconds: int


class EvidenceUpload(msgspec.Struct):
    """Where to POST the file, with these form fields first and the file last."""

    evidence: EvidenceItem
    url: str
    fields: dict[str, str]
    expires_in_seconds: int


class Decision(msgspec.Struct):
    """What was decided, and why."""

    refund_minor: int
    seller_minor: int
    clause: str
    reasons: str
    decided_by: str
    at: Moment
    lines: list[LineRefund]
    clause_en: str
    clause_es: str


class Offer(msgspec.Struct):
    """What one side proposes."""

    offer_id: str
    by: str
    refund_minor: int
    return_needed: bool
    made_at: Moment
    expires_at: Moment
    state: str
    return_id: str | None  # the return that an accepted one opened


class Appeal(msgspec.Struct):
    """What a loser holds against the decision, and what became of it."""

    by: str
    statement: str
    at: Moment
    due_at: Moment
    after_end: bool
    lapsed: bool
    decision: Decision | None
    counter_statement: str | None = None  # of the other side, where both lost and both appealed
    counter_at: Moment | None = None


class DisputeSummary(msgspec.Struct):
    """A dispute in the operators' list."""

    dispute_id: str
    order_id: str
    reason: str
    wanted_minor: int
    opened_at: Moment
    answered: bool


class Dispute(DisputeSummary):
    """A dispute as its parties and operators see it."""

    buyer_id: str
    seller_id: str
    order_state: str
    due_at: Moment | None
    total_minor: int
    currency: str
    statement: str
    answer: str | None
    answered_at: Moment | None
    evidence: list[EvidenceItem]
    decision: Decision | None
    evidence_missing: dict[str, list[str]]
    offers: list[Offer]
    appeal: Appeal | None
    appeal_until: Moment | None
    carried_out_at: Moment | None
    earlier_decisions: list[Decision]
    earlier_appeals: list[Appeal]
    accepted_by: list[str]
    proposal_id: str | None
    timeline: list[TimelineEntry]


def dispute_to_wire(view: DisputeView, now: datetime) -> Dispute:
    """Show a dispute whole, as it stands at `now`."""
    dispute, order = view.dispute, view.order
    return Dispute(
        **summary_of(dispute),
        buyer_id=dispute.buyer_id,
        seller_id=dispute.seller_id,
        order_state=order.state,
        due_at=to_text(order.due_at) if order.due_at else None,
        total_minor=order.total_minor,
        currency=order.currency,
        statement=dispute.statement,
        answer=dispute.answer,
        answered_at=to_text(dispute.answered_at) if dispute.answered_at else None,
        evidence=[evidence_to_wire(each) for each in dispute.evidence],
        decision=_decision(dispute.decision) if dispute.decision else None,
        evidence_missing=dict(checklist(dispute)),
        offers=[_offer(each, now) for each in dispute.offers],
        appeal=_appeal(dispute.appeal) if dispute.appeal else None,
        appeal_until=_appeal_until(view),
        carried_out_at=to_text(order.due_at) if order.state == "decided" and order.due_at else None,
        earlier_decisions=[_decision(each) for each in dispute.past],
        earlier_appeals=[_appeal(each) for each in dispute.past_appeals],
        accepted_by=list(dispute.accepted),
        proposal_id=dispute.proposal_id or None,
        timeline=timeline(dispute),
    )


def upload_to_wire(evidence: model.Evidence, form: UploadForm) -> EvidenceUpload:
    """Show how to upload a file."""
    return EvidenceUpload(evidence_to_wire(evidence), form.url, dict(form.fields), form.expires_in_seconds)


def download_to_wire(evidence: model.Evidence, download: Download) -> EvidenceDownload:
    """Show where to read a file."""
    return EvidenceDownload(evidence_to_wire(evidence), download.url, download.expires_in_seconds)


def evidence_to_wire(evidence: model.Evidence) -> EvidenceItem:
    """Show one file."""
    return EvidenceItem(
        evidence.evidence_id,
        evidence.by,
        evidence.content_type,
        evidence.size_bytes,
        evidence.sha256,
        evidence.description,
        to_text(evidence.at),
        evidence.kind,
        to_text(evidence.uploaded_at) if evidence.uploaded_at else None,
    )


def summary_of(dispute: model.Dispute) -> dict[str, Any]:
    """Return what every view of a dispute shows."""
    return {
        "dispute_id": dispute.dispute_id,
        "order_id": dispute.order_id,
        "reason": dispute.reason,
        "wanted_minor": dispute.wanted_minor,
        "opened_at": to_text(dispute.opened_at),
        "answered": dispute.answer is not None,
    }


def _decision(decision: model.Decision) -> Decision:
    clause = clauses.CLAUSES.get(decision.clause)
    return Decision(
        decision.refund_minor,
        decision.seller_minor,
        decision.clause,
        decision.reasons,
        decider(decision),
        to_text(decision.at),
        [LineRefund(line=place, refund_minor=amount) for place, amount in decision.lines],
        clause.en if clause else "",
        clause.es if clause else "",
    )


def _offer(offer: model.Offer, now: datetime) -> Offer:
    moments = (to_text(offer.made_at), to_text(offer.expires_at))
    said = (offer.offer_id, offer.by, offer.refund_minor, offer.return_needed)
    return Offer(*said, *moments, offer.state_at(now), offer.return_id or None)


def _appeal(appeal: model.Appeal) -> Appeal:
    return Appeal(
        by=appeal.by,
        statement=appeal.statement,
        at=to_text(appeal.at),
        due_at=to_text(appeal.due_at),
        after_end=appeal.after_end,
        lapsed=appeal.lapsed,
        decision=_decision(appeal.decision) if appeal.decision else None,
        counter_statement=appeal.counter_statement or None,
        counter_at=to_text(appeal.counter_at) if appeal.counter_at else None,
    )


def _appeal_until(view: DisputeView) -> str | None:
    decision = view.dispute.decision
    if decision is None or not decision.is_by_person or view.order.process_version < APPEALABLE_FROM:
        return None
    return to_text(decision.at + timedelta(days=clauses.APPEAL_DAYS))
