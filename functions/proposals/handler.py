"""/operator/proposals: what one person of the staff wants done, and another must agree to."""

from marketplace.orders.model import OwnCase
from marketplace.staff.errors import OwnProposal, ProposalDecided, ProposalExpired, ProposalMissing, ReasonsNeeded
from marketplace.staff.wire import ProposalQuery, ProposalView, StaffReasons
from marketplace.storage.cursor import BadCursor
from marketplace.web import Page, Request, Staff, make_app, route
from marketplace.wiring import Services, live

_REFUSALS = (ProposalMissing, ProposalDecided, OwnCase, ReasonsNeeded)


@route(
    "GET",
    "/operator/proposals",
    access=Staff,
    query=ProposalQuery,
    returns=Page[ProposalView],
    errors=(BadCursor,),
)
def list_proposals(request: Request, services: Services) -> Page[ProposalView]:
    """List proposals in a state, the newest first."""
    asked, now = request.query, services.clock.now()
    rows = services.approvals.page(asked.state, asked.cursor, asked.limit)
    shown = [ProposalView.of(each, each.state_at(now), request.locale) for each in rows.items]
    return Page(items=shown, cursor=rows.cursor)


@route("GET", "/operator/proposals/{proposal_id}", access=Staff, returns=ProposalView, errors=(ProposalMissing,))
def get_proposal(request: Request, services: Services) -> ProposalView:
    """Read a proposal: who wants what and why, who may approve it, and what was decided."""
    found = services.approvals.read(request.path["proposal_id"])
    return ProposalView.of(found, found.state_at(services.clock.now()), request.locale)


@route(
    "POST",
    "/operator/proposals/{proposal_id}/approve",
    access=Staff,
    body=StaffReasons,
    returns=ProposalView,
    step_up=True,
    errors=(*_REFUSALS, OwnProposal, ProposalExpired),
)
def approve_proposal(request: Request, services: Services) -> ProposalView:
    """Agree, as the second person: what was proposed happens now, once.

    It takes a role that the kind names, and never whoever proposed it. What changed meanwhile may refuse it; the
    proposal then stays open.
    """
    made = services.approvals.approve(request.path["proposal_id"], request.account, request.body.reasons)
    return ProposalView.of(made, made.state, request.locale)


@route(
    "POST",
    "/operator/proposals/{proposal_id}/decline",
    access=Staff,
    body=StaffReasons,
    returns=ProposalView,
    errors=_REFUSALS,
)
def decline_proposal(request: Request, services: Services) -> ProposalView:
    """Refuse a proposal, or take back your own."""
    made = services.approvals.decline(request.path["proposal_id"], request.account, request.body.reasons)
    return ProposalView.of(made, made.state, request.locale)


ROUTES = (list_proposals, get_proposal, approve_proposal, decline_proposal)
handler = make_app("proposals", *ROUTES, services=live)
