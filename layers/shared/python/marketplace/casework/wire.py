"""Cases and timelines as JSON."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.casework import model
from marketplace.casework.kinds import KINDS, Words
from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
CaseName = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
LIMIT_MAX = 100


KindName = Literal[
    "dispute", "appeal", "hold", "delivery", "return", "standing_appeal", "claims_appeal", "verification", "intent",
    "unclaimed", "payout", "payout_hold", "stop", "chargeback", "inquiry", "proposal",
]  # fmt: skip


class CaseQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which cases. `assignee` is `me`, `nobody`, or an account; `account` one of whose own matters it is."""

    kind: KindName | None = None
    state: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    order_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    account: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    due_within_days: Annotated[int, msgspec.Meta(ge=0, le=365)] | None = None
    assignee: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    cursor: CaseName | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)] = 50


class NewNote(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Something that staff should know."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=model.NOTE_LENGTH_MAX)]


class Closing(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What somebody found who looked at a case."""

    reasons: Annotated[str, msgspec.Meta(min_length=1, max_length=model.NOTE_LENGTH_MAX)]


class CaseSummary(msgspec.Struct, frozen=True):
    """Something that waits for a person: until when, what happens if nobody acts, and the calls that end it."""

    case_id: str
    kind: str
    what: str
    subject: str
    order_id: str | None
    state: str
    opened_at: Moment
    due_at: Moment | None  # when silence decides, or until when an answer is promised
    amount_minor: int | None  # of what is about one amount
    currency: str | None
    assignee: str | None
    if_nobody_acts: str
    acts: list[str]  # method and path
    roles: list[str]  # who of the staff may do them
    accounts: list[str]  # whose own matter it is

    @classmethod
    def of(cls, listed: model.Listed, locale: str) -> Self:
        """Show a case to staff."""
        case, kind = listed.case, KINDS[listed.case.kind]
        return cls(
            case.case_id,
            case.kind,
            _in(kind.what, locale),
            case.subject,
            case.order_id,
            case.state,
            to_text(case.opened_at),
            to_text(case.due_at) if case.due_at else None,
            case.amount_minor,
            case.currency,
            listed.assignee,
            _in(case.if_nobody_acts, locale),
            list(case.acts),
            list(kind.roles),
            sorted(case.parties),
        )


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
    def of(cls, found: tuple[model.Listed, list[model.Note]], locale: str) -> Self:
        """Show a case and what staff wrote about it."""
        listed, notes = found
        return cls(CaseSummary.of(listed, locale), [CaseNote(each.by, each.text, to_text(each.at)) for each in notes])


def cases_to_wire(rows: Rows[model.Listed], locale: str) -> Page[CaseSummary]:
    """Show a page of cases."""
    return Page([CaseSummary.of(each, locale) for each in rows.items], rows.cursor)


def _in(words: Words, locale: str) -> str:
    return words.es if locale == "es" else words.en
