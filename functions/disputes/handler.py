"""/disputes: when something is wrong. The parties speak and show; an operator decides."""

from marketplace.disputes.asking.wire import Answer, NewDecision, NewDispute, NewEvidence
from marketplace.disputes.errors import (
    AppealEvidenceFull,
    ClaimNeedsEvidence,
    ClauseUnknown,
    DecisionProposed,
    DisputeMoved,
    EvidenceMissing,
    EvidenceNotUploaded,
    EvidenceTooLate,
    LinesDoNotSum,
    ReasonUnfit,
)
from marketplace.disputes.model import DisputeDecided, DisputeExists, DisputeMissing, EvidenceFull, EvidenceRefused
from marketplace.disputes.operating.wire import DisputesQuery, QueuedDispute, queue_to_wire
from marketplace.disputes.wire import (
    Dispute,
    EvidenceDownload,
    EvidenceItem,
    EvidenceUpload,
    dispute_to_wire,
    download_to_wire,
    evidence_to_wire,
    upload_to_wire,
)
from marketplace.kit.principal import MODERATOR
from marketplace.kit.team import DISPUTES, VIEW
from marketplace.orders.model import AwardDoesNotSum, OrderMissing, OwnCase, TransitionRefused
from marketplace.returns.errors import ReturnsMoved
from marketplace.storage.cursor import BadCursor
from marketplace.web import Buyer, Moderator, Page, Request, SellerApplicant, Staff, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/orders/{order_id}/disputes",
    access=Buyer,
    body=NewDispute,
    returns=Dispute,
    status=201,
    errors=(
        OrderMissing,
        TransitionRefused,
        DisputeExists,
        AwardDoesNotSum,
        ReasonUnfit,
        ClaimNeedsEvidence,
        DisputeMoved,
    ),
)
def open_dispute(request: Request, services: Services) -> Dispute:
    """Say what is wrong with an order: from here on nothing is released until it is decided."""
    said = request.body
    view = services.disputes.open(
        request.path["order_id"], request.account.account_id, said.reason, said.statement, said.wanted_minor
    )
    return dispute_to_wire(view, services.clock.now())


@route("GET", "/disputes/{dispute_id}", access=Verified, returns=Dispute, errors=(DisputeMissing,), team=VIEW)
def get_dispute(request: Request, services: Services) -> Dispute:
    """Read a dispute of yours: what each side said and showed, the deadline, and the decision with its reasons."""
    reader = request.account
    dispute_id, by = request.path["dispute_id"], reader.member_id
    found = services.disputes.view(dispute_id, reader.seller_id, operator=reader.is_staff, by=by)
    return dispute_to_wire(found, services.clock.now())


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
    """Give the seller's side; then both sides may agree, or either asks the marketplace to decide."""
    dispute_id, seller = request.path["dispute_id"], request.account
    view = services.disputes.answer(dispute_id, seller.seller_id, request.body.statement, by=seller.member_id)
    return dispute_to_wire(view, services.clock.now())


@route(
    "POST",
    "/disputes/{dispute_id}/evidence",
    access=Verified,
    body=NewEvidence,
    returns=EvidenceUpload,
    status=201,
    errors=(DisputeMissing, DisputeDecided, EvidenceTooLate, EvidenceFull, AppealEvidenceFull, EvidenceRefused),
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
        kind=file.kind,
    )
    return upload_to_wire(evidence, form)


@route(
    "POST",
    "/disputes/{dispute_id}/decision",
    access=Moderator,
    body=NewDecision,
    returns=Dispute,
    errors=(
        DisputeMissing,
        OwnCase,
        DisputeDecided,
        DecisionProposed,
        TransitionRefused,
        AwardDoesNotSum,
        ClauseUnknown,
        LinesDoNotSum,
    ),
)
def decide_dispute(request: Request, services: Services) -> Dispute:
    """Award refund, release or a split, with the clause and the reasons.

    The decision waits for an appeal before it is carried out, `carried_out_at`; whoever loses by it may accept it
    earlier. About more than one person decides alone, `proposal_id` names the proposal that a second one approves.
    """
    said, decider = request.body, request.account
    facts = (decider.account_id, said.refund_minor, said.clause, said.reasons)
    view = services.disputes.decide(request.path["dispute_id"], *facts, lines=said.pairs, principal=decider)
    return dispute_to_wire(view, services.clock.now())


@route("GET", "/operator/disputes", access=Staff, query=DisputesQuery, returns=Page[QueuedDispute], errors=(BadCursor,))
def list_open_disputes(request: Request, services: Services) -> Page[QueuedDispute]:
    """List undecided disputes and appeals, the oldest first, with their deadlines."""
    asked = request.query
    return queue_to_wire(services.disputes.queue_views(asked.cursor, asked.limit), asked)


@route(
    "POST",
    "/disputes/{dispute_id}/evidence/{evidence_id}/confirm",
    access=Verified,
    returns=EvidenceItem,
    errors=(DisputeMissing, EvidenceMissing, EvidenceNotUploaded, DisputeDecided, EvidenceTooLate),
    team=DISPUTES,
)
def confirm_evidence(request: Request, services: Services) -> EvidenceItem:
    """Say that an announced file was uploaded: it counts once the storage has it, as it was announced."""
    path, who = request.path, request.account
    return evidence_to_wire(
        services.disputes.confirm_evidence(path["dispute_id"], who.seller_id, path["evidence_id"], by=who.member_id)
    )


@route(
    "GET",
    "/disputes/{dispute_id}/evidence/{evidence_id}",
    access=Verified,
    returns=EvidenceDownload,
    errors=(DisputeMissing, EvidenceMissing),
    team=VIEW,
    private=True,
)
def read_evidence(request: Request, services: Services) -> EvidenceDownload:
    """Get an address at which to read a file of the dispute, for some minutes: for its parties and for moderators."""
    path, who = request.path, request.account
    moderates = who.is_staff and MODERATOR in who.roles
    found = services.disputes.read_evidence(
        path["dispute_id"], who.seller_id, path["evidence_id"], operator=moderates, by=who.member_id
    )
    return download_to_wire(*found)


@route(
    "POST",
    "/disputes/{dispute_id}/escalate",
    access=Verified,
    returns=Dispute,
    errors=(DisputeMissing, TransitionRefused),
    team=DISPUTES,
)
def escalate_dispute(request: Request, services: Services) -> Dispute:
    """Stop talking and ask the marketplace to decide: either side may, once the seller has answered."""
    who = request.account
    view = services.disputes.escalate(request.path["dispute_id"], who.seller_id, by=who.member_id)
    return dispute_to_wire(view, services.clock.now())


@route(
    "POST",
    "/disputes/{dispute_id}/drop",
    access=Buyer,
    returns=Dispute,
    errors=(DisputeMissing, TransitionRefused, DisputeDecided, ReturnsMoved),
)
def drop_dispute(request: Request, services: Services) -> Dispute:
    """Take the claim back: the order goes on from where its delivery stands, and cannot be disputed again."""
    view = services.disputes.drop(request.path["dispute_id"], request.account.account_id)
    return dispute_to_wire(view, services.clock.now())


ROUTES = (
    open_dispute,
    get_dispute,
    answer_dispute,
    escalate_dispute,
    drop_dispute,
    announce_evidence,
    confirm_evidence,
    read_evidence,
    decide_dispute,
    list_open_disputes,
)
handler = make_app("disputes", *ROUTES, services=live)
