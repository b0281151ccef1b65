"""What parties and operators send about a dispute, as JSON."""

from typing import Annotated, Literal

import msgspec

from marketplace.disputes import clauses, model
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.orders.model import LINES_MAX

Statement = Annotated[str, msgspec.Meta(min_length=1, max_length=model.STATEMENT_LENGTH_MAX)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
ReasonCode = Literal["not_received", "not_as_described", "damaged", "counterfeit", "incomplete", "not_done", "other"]
EvidenceKind = Literal["photo", "tracking", "listing_snapshot", "message", "other"]


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
    kind: EvidenceKind = "other"


class LineRefund(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What of a refund is for one line of the order, by its place from 0."""

    line: Annotated[int, msgspec.Meta(ge=0, lt=LINES_MAX)]
    refund_minor: Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX_MINOR)]


class NewDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An operator's award: what the buyer gets back, by which clause, and why. The rest goes to the seller.

    Lines may say what the refund is for; they must sum to it.
    """

    refund_minor: Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX_MINOR)]
    clause: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    reasons: Annotated[
        str, msgspec.Meta(min_length=clauses.REASONS_LENGTH_MIN, max_length=model.DECISION_REASONS_LENGTH_MAX)
    ]
    lines: Annotated[tuple[LineRefund, ...], msgspec.Meta(max_length=LINES_MAX)] = ()

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        return tuple((each.line, each.refund_minor) for each in self.lines)


class NewOffer(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A proposal to end the dispute: what the buyer gets back; the seller gets the rest.

    With `return_needed` the buyer sends everything back first, at the seller's cost: the refund follows its receipt, or
    the seller's silence; what is not sent back in time is not refunded.
    """

    refund_minor: Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX_MINOR)]
    expires_in_hours: Annotated[int, msgspec.Meta(ge=model.OFFER_HOURS_MIN, le=model.OFFER_HOURS_MAX)]
    return_needed: bool = False
    counters: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class NewAppeal(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is wrong with the decision, and what the new evidence shows."""

    statement: Statement
