"""What happened in a dispute, step by step, as JSON."""

from datetime import datetime
from typing import Annotated

import msgspec

from marketplace.disputes import model
from marketplace.kit.clock import to_text

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class TimelineEntry(msgspec.Struct):
    """One step of the dispute: what, by which side, when."""

    what: str
    by: str
    at: Moment
    subject: str | None


def timeline(dispute: model.Dispute) -> list[TimelineEntry]:
    """Return what happened in a dispute, the oldest first: what was said, shown, offered and decided."""
    opener = "system" if dispute.reason in {"charged_back", "return_unfinished"} else "buyer"
    found: list[tuple[datetime, str, str, str | None]] = [(dispute.opened_at, "opened", opener, None)]
    if dispute.answered_at:
        found.append((dispute.answered_at, "answered", "seller", None))
    for shown in dispute.evidence:
        found.append((shown.at, "evidence_announced", shown.by, shown.evidence_id))
        if shown.uploaded_at:
            found.append((shown.uploaded_at, "evidence_uploaded", shown.by, shown.evidence_id))
    for offer in dispute.offers:
        found.append((offer.made_at, "offered", offer.by, offer.offer_id))
        if offer.ended_at:
            found.append((offer.ended_at, f"offer_{offer.state}", offer.by, offer.offer_id))
    found += [(each.at, "decided", decider(each), None) for each in (*dispute.past, dispute.decision) if each]
    if dispute.appeal:
        found.append((dispute.appeal.at, "appealed", dispute.appeal.by, None))
        if dispute.appeal.decision:
            found.append((dispute.appeal.decision.at, "appeal_decided", "operator", None))
    found.sort(key=lambda each: each[0])
    return [TimelineEntry(what, by, to_text(at), subject) for at, what, by, subject in found]


def decider(decision: model.Decision) -> str:
    """Name the part of whoever decided, never the person."""
    return "operator" if decision.is_by_person else decision.decided_by
