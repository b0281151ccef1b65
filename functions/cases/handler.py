"""/operator/cases: everything that waits for staff."""

from datetime import timedelta

from marketplace.casework.model import CaseMissing, CaseNotClosable, CaseTaken, Filters, NoteInvalid
from marketplace.casework.wire import (
    CaseQuery,
    CaseSummary,
    CaseView,
    Closing,
    NewNote,
    cases_to_wire,
)
from marketplace.web import Page, Request, Staff, make_app, route
from marketplace.wiring import Services, live

_ONE = "/operator/cases/{case_id}"


@route("GET", "/operator/cases", access=Staff, query=CaseQuery, returns=Page[CaseSummary])
def list_cases(request: Request, services: Services) -> Page[CaseSummary]:
    """List what waits for staff, the nearest deadline first: each with what silence does, and the calls that end it.

    Disputes and appeals, held payments, unproven deliveries, returns, money that stopped or could not be paid, payouts
    held or of unknown outcome, stops, banks' questions, appeals against suspensions and limits, failed checks of
    identity, proposals. Your own matters are left out. Of one kind at most the 200 longest waiting are listed.
    """
    asked, reader = request.query, request.account.account_id
    within = asked.due_within_days
    before = None if within is None else services.clock.now() + timedelta(days=within)
    assignee = {"me": reader, "nobody": ""}.get(asked.assignee or "", asked.assignee)
    wanted = Filters(asked.kind, asked.state, before, asked.order_id, asked.account, assignee)
    rows = services.casework.page(reader, wanted, after=asked.cursor, limit=asked.limit)
    return cases_to_wire(rows, request.locale)


@route("GET", _ONE, access=Staff, returns=CaseView, errors=(CaseMissing,))
def get_case(request: Request, services: Services) -> CaseView:
    """Read a case, who has taken it, and what staff wrote about it."""
    return CaseView.of(services.casework.read(request.path["case_id"], request.account.account_id), request.locale)


@route("PUT", f"{_ONE}/assignee", access=Staff, returns=CaseView, errors=(CaseMissing, CaseTaken))
def take_case(request: Request, services: Services) -> CaseView:
    """Take a case that nobody has; taking it again changes nothing."""
    case_id, reader = request.path["case_id"], request.account.account_id
    services.casework.take(case_id, reader)
    return CaseView.of(services.casework.read(case_id, reader), request.locale)


@route("DELETE", f"{_ONE}/assignee", access=Staff, returns=CaseView, errors=(CaseMissing, CaseTaken))
def leave_case(request: Request, services: Services) -> CaseView:
    """Give a case back, so that somebody else may take it."""
    case_id, reader = request.path["case_id"], request.account.account_id
    services.casework.leave(case_id, reader)
    return CaseView.of(services.casework.read(case_id, reader), request.locale)


@route(
    "POST",
    f"{_ONE}/notes",
    access=Staff,
    body=NewNote,
    returns=CaseView,
    status=201,
    errors=(CaseMissing, NoteInvalid),
)
def add_case_note(request: Request, services: Services) -> CaseView:
    """Write about a case what other staff should know; its parties never read it."""
    case_id, reader = request.path["case_id"], request.account.account_id
    services.casework.note(case_id, reader, request.body.text)
    return CaseView.of(services.casework.read(case_id, reader), request.locale)


@route(
    "POST",
    f"{_ONE}/close",
    access=Staff,
    body=Closing,
    status=204,
    errors=(CaseMissing, CaseNotClosable, CaseTaken, NoteInvalid),
)
def close_case(request: Request, services: Services) -> None:
    """End a case that is over once somebody has looked at it, as its `acts` say; what you found stays in its notes."""
    services.casework.close(request.path["case_id"], request.account.account_id, request.body.reasons)


ROUTES = (list_cases, get_case, take_case, leave_case, add_case_note, close_case)
handler = make_app("cases", *ROUTES, services=live)
