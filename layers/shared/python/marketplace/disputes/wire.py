"""Disputes as JSON."""

from typing import Annotated, Any, Literal

import msgspec

from marketplace.catalog.ports import UploadForm
from marketplace.disputes import model
from marketplace.disputes.service import DisputeView
from marketplace.kit.clock import to_text
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page

Statement = Annotated[str, msgspec.Meta(min_length=1, max_length=model.STATEMENT_LENGTH_MAX)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
ReasonCode = Literal["not_received", "not_as_described", "damaged", "counterfeit", "other"]


class NewDispute(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is wrong, and how much the buyer asks back (the whole amount unless said)."""

    reason: ReasonCode
    statement: Statement
    wanted_minor: Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX_MINOR)] | None = None


class Answer(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The seller's side."""

    statement: Statement


class NewEvidence(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A file that is about to be uploaded; the upload is refused unless it is exactly this."""

    content_type: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": [*model.EVIDENCE_TYPES]})]
    size_bytes: Annotated[int, msgspec.Meta(ge=1, le=model.EVIDENCE_BYTES_MAX)]
    sha256: Sha256
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class NewDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An operator's award: what the buyer gets back, of which rule, and why. The rest goes to the seller."""

    refund_minor: Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX_MINOR)]
    clause: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    reasons: Statement


class EvidenceItem(msgspec.Struct):
    """A file that one side announced."""

    evidence_id: str
    by: str
    content_type: str
    size_bytes: int
    sha256: str
    description: str
    at: Moment


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


def dispute_to_wire(view: DisputeView) -> Dispute:
    """Show a dispute whole."""
    dispute, order = view.dispute, view.order
    return Dispute(
        **_summary(dispute),
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
    )


def queue_to_wire(rows: Rows[model.Dispute]) -> Page[DisputeSummary]:
    """Show undecided disputes."""
    return Page([DisputeSummary(**_summary(dispute)) for dispute in rows.items], rows.cursor)


def upload_to_wire(evidence: model.Evidence, form: UploadForm) -> EvidenceUpload:
    """Show how to upload a file."""
    return EvidenceUpload(evidence_to_wire(evidence), form.url, dict(form.fields), form.expires_in_seconds)


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
    )


def _summary(dispute: model.Dispute) -> dict[str, Any]:
    return {
        "dispute_id": dispute.dispute_id,
        "order_id": dispute.order_id,
        "reason": dispute.reason,
        "wanted_minor": dispute.wanted_minor,
        "opened_at": to_text(dispute.opened_at),
        "answered": dispute.answer is not None,
    }


def _decision(decision: model.Decision) -> Decision:
    return Decision(
        decision.refund_minor,
        decision.seller_minor,
        decision.clause,
        decision.reasons,
        "clock" if decision.decided_by == "clock" else "operator",
        to_text(decision.at),
    )
