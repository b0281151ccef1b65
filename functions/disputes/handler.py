"""/disputes: when something is wrong. The parties speak and show; an operator decides."""

from marketplace.disputes.model import DisputeDecided, DisputeExists, DisputeMissing, EvidenceFull, EvidenceRefused
from marketplace.disputes.wire import (
    Answer,
    Dispute,
    DisputeSummary,
    EvidenceUpload,
    NewDecision,
    NewDispute,
    NewEvidence,
    dispute_to_wire,
    queue_to_wire,
    upload_to_wire,
)
from marketplace.orders.model import AwardDoesNotSum, OrderMissing, OwnCase, TransitionRefused
from marketplace.storage.cursor import BadCursor
from marketplace.web import Buyer, Operator, Page, PageQuery, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/orders/{order_id}/disputes",
    access=Buyer,
    body=NewDispute,
    returns=Dispute,
    status=201,
    errors=(OrderMissing, TransitionRefused, DisputeExists, AwardDoesNotSum),
)
def open_dispute(request: Request, services: Services) -> Dispute:
    """Say what is wrong with an order: from here on nothing is released until it is decided."""
    said = request.body
    view = services.disputes.open(
        request.path["order_id"], request.account.account_id, said.reason, said.statement, said.wanted_minor
    )
    return dispute_to_wire(view)


@route("GET", "/disputes/{dispute_id}", access=Verified, returns=Dispute, errors=(DisputeMissing,))
def get_dispute(request: Request, services: Services) -> Dispute:
    """Read a dispute of yours: what each side said and showed, the deadline, and the decision with its reasons."""
    reader = request.account
    operator = "operator" in reader.roles and reader.factor_at is not None
    return dispute_to_wire(services.disputes.view(request.path["dispute_id"], reader.account_id, operator=operator))


@route(
    "POST",
    "/disputes/{dispute_id}/answer",
    access=SellerApplicant,
    body=Answer,
    returns=Dispute,
    errors=(DisputeMissing, TransitionRefused, DisputeDecided),
)
def answer_dispute(request: Request, services: Services) -> Dispute:
    """Give the seller's side; an operator decides next."""
    view = services.disputes.answer(request.path["dispute_id"], request.account.account_id, request.body.statement)
    return dispute_to_wire(view)


@route(
    "POST",
    "/disputes/{dispute_id}/evidence",
    access=Verified,
    body=NewEvidence,
    returns=EvidenceUpload,
    status=201,
    errors=(DisputeMissing, DisputeDecided, EvidenceFull, EvidenceRefused),
)
def announce_evidence(request: Request, services: Services) -> EvidenceUpload:
    """Announce a file, and get the form that uploads exactly it."""
    file = request.body
    evidence, form = services.disputes.announce_evidence(
        request.path["dispute_id"],
        request.account.account_id,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        description=file.description,
    )
    return upload_to_wire(evidence, form)


@route(
    "POST",
    "/disputes/{dispute_id}/decision",
    access=Operator,
    body=NewDecision,
    returns=Dispute,
    errors=(DisputeMissing, OwnCase, DisputeDecided, TransitionRefused, AwardDoesNotSum),
)
def decide_dispute(request: Request, services: Services) -> Dispute:
    """Award refund, release or a split, with the clause and the reasons; the money moves at once."""
    said = request.body
    view = services.disputes.decide(
        request.path["dispute_id"], request.account.account_id, said.refund_minor, said.clause, said.reasons
    )
    return dispute_to_wire(view)


@route("GET", "/operator/disputes", access=Operator, query=PageQuery, returns=Page[DisputeSummary], errors=(BadCursor,))
def list_open_disputes(request: Request, services: Services) -> Page[DisputeSummary]:
    """List undecided disputes, the oldest first."""
    return queue_to_wire(services.disputes.queue(request.query.cursor, request.query.limit))


ROUTES = (open_dispute, get_dispute, answer_dispute, announce_evidence, decide_dispute, list_open_disputes)
handler = make_app("disputes", *ROUTES, services=live)
