"""/decisions: what was decided about the reader, on which ground, and what they can do about it."""

from marketplace.decisions.model import DecisionMissing
from marketplace.decisions.wire import AboutQuery, Decision, DecisionsAbout, page_to_wire
from marketplace.storage.cursor import BadCursor
from marketplace.web import EvenSuspended, Page, Request, Staff, make_app, route
from marketplace.web.wire import PageQuery
from marketplace.wiring import Services, live


@route(
    "GET",
    "/decisions",
    access=EvenSuspended,
    query=PageQuery,
    returns=Page[Decision],
    errors=(BadCursor,),
    private=True,
)
def list_decisions(request: Request, services: Services) -> Page[Decision]:
    """List every decision about you, the newest first: automated or not, also while suspended."""
    asked = request.query
    return page_to_wire(services.decisions.page(request.account.account_id, asked.cursor, asked.limit), request.locale)


@route(
    "GET",
    "/decisions/{decision_id}",
    access=EvenSuspended,
    returns=Decision,
    errors=(DecisionMissing,),
    private=True,
)
def get_decision(request: Request, services: Services) -> Decision:
    """Read one decision: what it changes, the rule and the facts, who decided, and until when you can act."""
    found = services.decisions.read(request.path["decision_id"], request.account.account_id)
    return Decision.of(found, request.locale)


@route("GET", "/operator/decisions", access=Staff, query=AboutQuery, returns=DecisionsAbout)
def list_decisions_about(request: Request, services: Services) -> DecisionsAbout:
    """List what was decided about an order, an account or another subject, except in a matter of your own."""
    reader = request.account.account_id
    found = services.decisions.about(request.query.about, reader=reader, sellers=services.teams.sellers_of(reader))
    return DecisionsAbout([Decision.of(each, request.locale) for each in found])


ROUTES = (list_decisions, get_decision, list_decisions_about)
handler = make_app("decisions", *ROUTES, services=live)
