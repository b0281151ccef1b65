"""/operator/unclaimed: money that could not be sent, or came back too late, and what becomes of it."""

from marketplace.orders.model import OwnCase
from marketplace.payments.unclaimed_model import (
    BankReferenceNeeded,
    BeyondPaid,
    NoMoreByCard,
    NotTheBuyers,
    NotTheirs,
    OnlyTheBuyers,
    UnclaimedMissing,
    UnclaimedMoved,
    Way,
)
from marketplace.payments.waiting.wire import UnclaimedDecision, UnclaimedShown, unclaimed_to_wire
from marketplace.payments.wire import intent_id_of
from marketplace.staff.errors import ReasonsNeeded
from marketplace.staff.wire import ProposalView
from marketplace.storage.cursor import BadCursor
from marketplace.web import Finance, Page, PageQuery, Request, make_app, route
from marketplace.wiring import Services, live

_REFUSALS = (
    UnclaimedMissing,
    UnclaimedMoved,
    NotTheirs,
    NotTheBuyers,
    BeyondPaid,
    NoMoreByCard,
    OnlyTheBuyers,
    BankReferenceNeeded,
    OwnCase,
    ReasonsNeeded,
)


@route("GET", "/operator/unclaimed", access=Finance, query=PageQuery, returns=Page[UnclaimedShown], errors=(BadCursor,))
def list_unclaimed(request: Request, services: Services) -> Page[UnclaimedShown]:
    """List money that waits for a decision, the oldest first, then what is kept."""
    rows = services.unclaimed.page(request.query.cursor, request.query.limit)
    return Page([unclaimed_to_wire(each) for each in rows.items], rows.cursor)


@route("GET", "/operator/unclaimed/{name}", access=Finance, returns=UnclaimedShown, errors=(UnclaimedMissing,))
def get_unclaimed(request: Request, services: Services) -> UnclaimedShown:
    """Read one amount."""
    return unclaimed_to_wire(services.unclaimed.read(intent_id_of(request.path["name"])))


@route(
    "POST",
    "/operator/unclaimed/{name}/decision",
    access=Finance,
    body=UnclaimedDecision,
    returns=ProposalView,
    status=201,
    errors=_REFUSALS,
)
def decide_unclaimed(request: Request, services: Services) -> ProposalView:
    """Propose to send it to the seller, to refund it to the buyer, to pay them outside, or to keep it; two decide."""
    name, said = intent_id_of(request.path["name"]), request.body
    way, facts = Way(said.to), {"bank_reference": said.bank_reference}
    made = services.unclaimed.propose(name, way, request.account, said.reasons, **facts)
    return ProposalView.of(made, made.state, request.locale)


ROUTES = (list_unclaimed, get_unclaimed, decide_unclaimed)
handler = make_app("unclaimed", *ROUTES, services=live)
