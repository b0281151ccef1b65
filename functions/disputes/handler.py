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
from marketplace.kit.team import DISPUTES, VIEW
from marketplace.orders.model import AwardDoesNotSum, OrderMissing, OwnCase, TransitionRefused
from marketplace.storage.cursor import BadCursor
from marketplace.web import Buyer, Moderator, Page, PageQuery, Request, SellerApplicant, Staff, Verified, make_app, route
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


@route("GET", "/disputes/{dispute_id}", access=Verified, returns=Dispute, errors=(DisputeMissing,), team=VIEW)
def get_dispute(request: Request, services: Services) -> Dispute:
    """Read a dispute of yours: what each side said and showed, the deadline, and the decision with its reasons."""
    reader = request.account
    dispute_id, by = request.path["dispute_id"], reader.member_id
    found = services.disputes.view(dispute_id, reader.seller_id, operator=reader.is_staff, by=by)
    return dispute_to_wire(found)


@route(
    "POST",
    "/disputes/{dispute_id}/answer",
    access=SellerApplicant,
    body=Answer,
    returns=Dispute,
    errors=(DisputeMissing, TransitionRefused, DisputeDecided),
    team=DISPUTES,
)
def answer_dispute(request: Request, services: Services) -> Dispute:
    """Give the seller's side; an operator decides next."""
    dispute_id, seller = request.path["dispute_id"], request.account
    view = services.disputes.answer(dispute_id, seller.seller_id, request.body.statement, by=seller.member_id)
    return dispute_to_wire(view)


@route(
    "POST",
    "/disputes/{dispute_id}/evidence",
    access=Verified,
    body=NewEvidence,
    returns=EvidenceUpload,
    status=201,
    errors=(DisputeMissing, DisputeDecided, EvidenceFull, EvidenceRefused),
    team=DISPUTES,
)
def announce_evidence(request: Request, services: Services) -> EvidenceUpload:
    """Announce a file, and get the form that uploads exactly it."""
    file = request.body
    evidence, form = services.disputes.announce_evidence(
        request.path["dispute_id"],
        request.account.seller_id,
        by=request.account.member_id,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        description=file.description,
    )
    return upload_to_wire(evidence, form)


@route(
    "POST",
    "/disputes/{dispute_id}/decision",
    access=Moderator,
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


@route("GET", "/operator/disputes", access=Staff, query=PageQuery, returns=Page[DisputeSummary], errors=(BadCursor,))
def list_open_disputes(request: Request, services: Services) -> Page[DisputeSummary]:
    """List undecided disputes, the oldest first."""
    return queue_to_wire(services.disputes.queue(request.query.cursor, request.query.limit))


ROUTES = (open_dispute, get_dispute, answer_dispute, announce_evidence, decide_dispute, list_open_disputes)
handler = make_app("disputes", *ROUTES, services=live)
