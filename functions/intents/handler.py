"""/operator/intents: money that is on its way, or that stopped and waits for finance."""

from marketplace.orders.model import OwnCase
from marketplace.payments.desk import CLOSE, RETRY, IntentJustParked, IntentMissing, IntentNotParked
from marketplace.payments.wire import IntentCase, IntentQuery, IntentView, case_to_wire, intent_id_of, intent_to_wire
from marketplace.staff.errors import ReasonsNeeded
from marketplace.staff.wire import ProposalView, StaffReasons
from marketplace.storage.cursor import BadCursor
from marketplace.web import Finance, Page, Request, make_app, route
from marketplace.wiring import Services, live

_REFUSALS = (IntentMissing, IntentNotParked, IntentJustParked, OwnCase, ReasonsNeeded)


@route("GET", "/operator/intents", access=Finance, query=IntentQuery, returns=Page[IntentView], errors=(BadCursor,))
def list_intents(request: Request, services: Services) -> Page[IntentView]:
    """List what is parked for a person, or still open, the oldest first."""
    asked = request.query
    rows = services.intent_desk.page(asked.state, asked.cursor, asked.limit)
    return Page([intent_to_wire(each) for each in rows.items], rows.cursor)


@route("GET", "/operator/intents/{intent_id}", access=Finance, returns=IntentCase, errors=(IntentMissing,))
def get_intent(request: Request, services: Services) -> IntentCase:
    """Read one intent with all that is needed to decide, and what Stripe shows of it right now."""
    return case_to_wire(services.intent_desk.read(intent_id_of(request.path["intent_id"])))


@route(
    "POST",
    "/operator/intents/{intent_id}/retry",
    access=Finance,
    body=StaffReasons,
    returns=ProposalView,
    status=201,
    errors=_REFUSALS,
)
def retry_intent(request: Request, services: Services) -> ProposalView:
    """Propose to send it again; once approved, what Stripe did after all is adopted, and else it is asked anew."""
    return _propose(RETRY, request, services)


@route(
    "POST",
    "/operator/intents/{intent_id}/close",
    access=Finance,
    body=StaffReasons,
    returns=ProposalView,
    status=201,
    errors=_REFUSALS,
)
def close_intent(request: Request, services: Services) -> ProposalView:
    """Propose to send nothing: the money stays owed as unclaimed, and what waited for it goes on."""
    return _propose(CLOSE, request, services)


def _propose(kind: str, request: Request, services: Services) -> ProposalView:
    desk, intent_id = services.intent_desk, intent_id_of(request.path["intent_id"])
    proposal = desk.propose(kind, intent_id, request.account, request.body.reasons)
    return ProposalView.of(proposal, proposal.state_at(services.clock.now()), request.locale)


ROUTES = (list_intents, get_intent, retry_intent, close_intent)
handler = make_app("intents", *ROUTES, services=live)
