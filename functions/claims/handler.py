"""/claims: the published policy, evidence before a dispute is opened, and buyers who claim unusually often."""

from marketplace.disputes.asking.wire import NewEvidence
from marketplace.disputes.errors import (
    ClaimAppealOnce,
    ClaimLimitMissing,
    DisputeMoved,
    EvidenceMissing,
    EvidenceNotUploaded,
)
from marketplace.disputes.evidence import File
from marketplace.disputes.model import DisputeExists, EvidenceFull, EvidenceRefused
from marketplace.disputes.operating.wire import (
    ClaimsDecision,
    ClaimsView,
    DisputePolicy,
    NewClaimsAppeal,
    claims_to_wire,
    policy,
)
from marketplace.disputes.wire import EvidenceItem, EvidenceUpload, evidence_to_wire, upload_to_wire
from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.web import Buyer, Moderator, Public, Request, Verified, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/claims/policy", access=Public, returns=DisputePolicy)
def get_dispute_policy(request: Request, services: Services) -> DisputePolicy:
    """Read by what disputes are opened and decided: reasons, evidence, clauses, limits."""
    return policy()


@route(
    "POST",
    "/orders/{order_id}/claims/evidence",
    access=Buyer,
    body=NewEvidence,
    returns=EvidenceUpload,
    status=201,
    errors=(OrderMissing, DisputeExists, EvidenceFull, EvidenceRefused),
)
def announce_before(request: Request, services: Services) -> EvidenceUpload:
    """Announce a file before you open a dispute, and get the form that uploads exactly it."""
    said = request.body
    file = File(said.content_type, said.size_bytes, said.sha256, said.description, said.kind)
    made = services.disputes.announce_before(request.path["order_id"], request.account.account_id, file)
    return upload_to_wire(*made)


@route(
    "POST",
    "/orders/{order_id}/claims/evidence/{evidence_id}/confirm",
    access=Buyer,
    returns=EvidenceItem,
    errors=(OrderMissing, DisputeExists, EvidenceMissing, EvidenceNotUploaded),
)
def confirm_before(request: Request, services: Services) -> EvidenceItem:
    """Say that such a file was uploaded: opening the dispute takes it along."""
    path = request.path
    seen = services.disputes.confirm_before(path["order_id"], request.account.account_id, path["evidence_id"])
    return evidence_to_wire(seen)


@route("GET", "/claims", access=Verified, returns=ClaimsView)
def get_claims(request: Request, services: Services) -> ClaimsView:
    """See whether your claims are limited, and by which counts."""
    return claims_to_wire(services.claims.standing(request.account.account_id))


@route(
    "POST",
    "/claims/appeal",
    access=Verified,
    body=NewClaimsAppeal,
    returns=ClaimsView,
    errors=(ClaimLimitMissing, ClaimAppealOnce),
)
def appeal_claims(request: Request, services: Services) -> ClaimsView:
    """Ask for another look at a warning or a limit on your claims, once."""
    return claims_to_wire(services.claims.appeal(request.account.account_id, request.body.statement))


@route(
    "POST",
    "/operator/claims/{account_id}/decision",
    access=Moderator,
    body=ClaimsDecision,
    returns=ClaimsView,
    errors=(OwnCase, ClaimLimitMissing, DisputeMoved),
)
def decide_claims(request: Request, services: Services) -> ClaimsView:
    """Lift a buyer's warning or limit, or let it stand, with reasons."""
    said, moderator_id = request.body, request.account.account_id
    lift = said.outcome == "lift"
    found = services.claims.decide(request.path["account_id"], moderator_id, lift=lift, reasons=said.reasons)
    return claims_to_wire(found)


ROUTES = (get_dispute_policy, announce_before, confirm_before, get_claims, appeal_claims, decide_claims)
handler = make_app("claims", *ROUTES, services=live)
