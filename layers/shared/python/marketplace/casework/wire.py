"""Cases and timelines as JSON."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.casework import model
from marketplace.casework.timeline import Happening
from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
CaseName = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
LIMIT_MAX = 100


class CaseQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which cases. `assignee` is `me`, `nobody`, or an account."""

    kind: Literal["dispute", "appeal", "hold", "standing_appeal", "intent", "payout"] | None = None
    state: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    due_within_days: Annotated[int, msgspec.Meta(ge=0, le=365)] | None = None
    assignee: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    cursor: CaseName | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)] = 50


class NewNote(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Something that staff should know."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=model.NOTE_LENGTH_MAX)]


class CaseSummary(msgspec.Struct, frozen=True):
    """Something that waits for a person."""

    case_id: str
    kind: str
    subject: str
    order_id: str | None
    state: str
    opened_at: Moment
    due_at: Moment | None  # when silence decides
    assignee: str | None

    @classmethod
    def of(cls, listed: model.Listed) -> Self:
        """Show a case to staff."""
        case = listed.case
        due_at = to_text(case.due_at) if case.due_at else None
        told = (case.case_id, case.kind, case.subject, case.order_id, case.state, to_text(case.opened_at), due_at)
        return cls(*told, listed.assignee)


class CaseNote(msgspec.Struct, frozen=True):
    """What somebody of the staff wrote."""

    by: str
    text: str
    at: Moment


class CaseView(msgspec.Struct, frozen=True):
    """A case with its notes."""

    case: CaseSummary
    notes: list[CaseNote]

    @classmethod
    def of(cls, found: tuple[model.Listed, list[model.Note]]) -> Self:
        """Show a case and what staff wrote about it."""
        listed, notes = found
        return cls(CaseSummary.of(listed), [CaseNote(each.by, each.text, to_text(each.at)) for each in notes])


class TimelineHappening(msgspec.Struct, frozen=True):
    """One thing that happened, and whose record says so."""

    at: Moment
    source: str
    what: str
    by: str
    subject: str
    facts: dict[str, str | int]


class OrderTimeline(msgspec.Struct, frozen=True):
    """An order's whole history, the oldest first."""

    order_id: str
    items: list[TimelineHappening]


def cases_to_wire(rows: Rows[model.Listed]) -> Page[CaseSummary]:
    """Show a page of cases."""
    return Page([CaseSummary.of(each) for each in rows.items], rows.cursor)


def timeline_to_wire(order_id: str, found: list[Happening]) -> OrderTimeline:
    """Show an order's history."""
    items = [
        TimelineHappening(to_text(each.at), each.source, each.what, each.by, each.subject, dict(each.facts))
        for each in found
    ]
    return OrderTimeline(order_id, items)
