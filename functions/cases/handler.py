"""/operator/cases: everything that waits for staff, and the whole history of an order."""

from datetime import timedelta

from marketplace.casework.model import CaseMissing, CaseTaken, NoteInvalid
from marketplace.casework.timeline import timeline
from marketplace.casework.wire import (
    CaseQuery,
    CaseSummary,
    CaseView,
    NewNote,
    OrderTimeline,
    cases_to_wire,
    timeline_to_wire,
)
from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.web import Page, Request, Staff, make_app, route
from marketplace.wiring import Services, live

_ONE = "/operator/cases/{case_id}"


@route("GET", "/operator/cases", access=Staff, query=CaseQuery, returns=Page[CaseSummary])
def list_cases(request: Request, services: Services) -> Page[CaseSummary]:
    """List disputes, appeals, held payments and money that stopped: what waits for staff, the nearest deadline first.

    Your own matters are left out. Of one kind at most the 200 longest waiting are listed.
    """
    asked, reader = request.query, request.account.account_id
    within = asked.due_within_days
    rows = services.casework.page(
        reader,
        kind=asked.kind,
        state=asked.state,
        before=None if within is None else services.clock.now() + timedelta(days=within),
        assignee={"me": reader, "nobody": ""}.get(asked.assignee or "", asked.assignee),
        after=asked.cursor,
        limit=asked.limit,
    )
    return cases_to_wire(rows)


@route("GET", _ONE, access=Staff, returns=CaseView, errors=(CaseMissing,))
def get_case(request: Request, services: Services) -> CaseView:
    """Read a case, who has taken it, and what staff wrote about it."""
    return CaseView.of(services.casework.read(request.path["case_id"], request.account.account_id))


@route("PUT", f"{_ONE}/assignee", access=Staff, returns=CaseView, errors=(CaseMissing, CaseTaken))
def take_case(request: Request, services: Services) -> CaseView:
    """Take a case that nobody has; taking it again changes nothing."""
    case_id, reader = request.path["case_id"], request.account.account_id
    services.casework.take(case_id, reader)
    return CaseView.of(services.casework.read(case_id, reader))


@route("DELETE", f"{_ONE}/assignee", access=Staff, returns=CaseView, errors=(CaseMissing, CaseTaken))
def leave_case(request: Request, services: Services) -> CaseView:
    """Give a case back, so that somebody else may take it."""
    case_id, reader = request.path["case_id"], request.account.account_id
    services.casework.leave(case_id, reader)
    return CaseView.of(services.casework.read(case_id, reader))


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
    return CaseView.of(services.casework.read(case_id, reader))


@route(
    "GET",
    "/operator/orders/{order_id}/timeline",
    access=Staff,
    returns=OrderTimeline,
    errors=(OrderMissing, OwnCase),
)
def get_order_timeline(request: Request, services: Services) -> OrderTimeline:
    """Read everything that happened to an order: its moves, money, dispute, checks, refunds and decisions."""
    order_id = request.path["order_id"]
    return timeline_to_wire(order_id, timeline(order_id, request.account.account_id, services.order_records))


ROUTES = (list_cases, get_case, take_case, leave_case, add_case_note, get_order_timeline)
handler = make_app("cases", *ROUTES, services=live)
