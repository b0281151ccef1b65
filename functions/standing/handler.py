"""/account/standing: what was decided about one's own account, readable and open to appeal also while suspended."""

from marketplace.kit.errors import Invalid
from marketplace.staff.errors import AppealMade, NotSuspended
from marketplace.staff.wire import NewStandingAppeal, Standing
from marketplace.web import EvenSuspended, Request, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/account/standing", access=EvenSuspended, returns=Standing)
def get_standing(request: Request, services: Services) -> Standing:
    """Read what is taken from your account and every decision about it: ground, reasons, and what you can do."""
    return Standing.of(services.suspensions.standing(request.account.account_id), request.locale)


@route(
    "POST",
    "/account/standing/appeal",
    access=EvenSuspended,
    body=NewStandingAppeal,
    returns=Standing,
    status=201,
    errors=(NotSuspended, AppealMade, Invalid),
)
def appeal(request: Request, services: Services) -> Standing:
    """Say why a suspension should not stand; somebody who did not make it decides."""
    services.suspensions.appeal(request.account.account_id, request.body.statement)
    return Standing.of(services.suspensions.standing(request.account.account_id), request.locale)


ROUTES = (get_standing, appeal)
handler = make_app("standing", *ROUTES, services=live)
