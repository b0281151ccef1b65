"""/security/not-me: the link at the end of a notice."""

from marketplace.security.wire import Disowned, LockedIfGood
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live


@route("POST", "/security/not-me", access=Public, body=Disowned, returns=LockedIfGood, status=202)
def disown_change(request: Request, services: Services) -> LockedIfGood:
    """Say "this was not me": lock the account, end its sessions, stop its payouts, and mail the way back in.

    The page behind the mailed link sends this when its button is pressed: merely opening a link changes nothing. The
    answer is the same for every token, and sending it again changes nothing more.
    """
    services.not_me.disown(request.body.token, request.origin)
    return LockedIfGood()


ROUTES = (disown_change,)
handler = make_app("not_me", *ROUTES, services=live)
