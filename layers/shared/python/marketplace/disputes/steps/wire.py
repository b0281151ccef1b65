"""What happened in a dispute, step by step, as JSON."""

from typing import Annotated

import msgspec

from marketplace.disputes import history, model
from marketplace.disputes.history import decider
from marketplace.kit.clock import to_text

__all__ = ["Moment", "TimelineEntry", "decider", "timeline"]

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class TimelineEntry(msgspec.Struct):
    """One step of the dispute: what, by which side, when."""

    what: str
    by: str
    at: Moment
    subject: str | None


def timeline(dispute: model.Dispute) -> list[TimelineEntry]:
    """Show what happened in a dispute, the oldest first."""
    return [
        TimelineEntry(each.what, each.by, to_text(each.at), each.subject or None) for each in history.steps(dispute)
    ]
