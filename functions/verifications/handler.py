"""/verifications: have one's identity verified by Stripe, and see how far that has come; what each tier allows."""

from marketplace.accounts.errors import TooManyAttempts
from marketplace.kit.errors import IdempotencyKeyReused, Unavailable
from marketplace.verification.model import AlreadyVerified, ReturnUrlForeign, VerificationMissing
from marketplace.verification.wire import NewVerification, Tiers, Verification, tiers_to_wire, verification_to_wire
from marketplace.web import Public, Request, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/verifications",
    access=Verified,
    body=NewVerification,
    returns=Verification,
    status=201,
    idempotent=True,
    errors=(ReturnUrlForeign, AlreadyVerified, IdempotencyKeyReused, TooManyAttempts, Unavailable),
)
def begin_verification(request: Request, services: Services) -> Verification:
    """Begin a check of your identity, or go on with the one that is under way.

    Show a document at `url`, which is Stripe's. We keep the outcome and its date, and ask Stripe to remove the rest.
    """
    who, asked = request.account.account_id, request.body.return_url
    check = services.verification.begin(who, asked, request.idempotency, request.origin)
    return verification_to_wire(check, request.locale)


@route("GET", "/verifications/mine", access=Verified, returns=Verification, errors=(VerificationMissing,))
def get_my_verification(request: Request, services: Services) -> Verification:
    """Read how your latest check stands, and why it was refused if it was.

    To go on with an open one, send `POST /verifications` again: it answers with a fresh `url`.
    """
    return Verification.of(services.verification.mine(request.account.account_id), request.locale)


@route("GET", "/verification/tiers", access=Public, returns=Tiers)
def list_tiers(request: Request, services: Services) -> Tiers:
    """Read what each tier takes and what it allows: one table, the same for everybody."""
    return tiers_to_wire(request.locale)


ROUTES = (begin_verification, get_my_verification, list_tiers)
handler = make_app("verifications", *ROUTES, services=live)
