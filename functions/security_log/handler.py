"""/security/log: what concerned the safety of one's own account."""

from marketplace.security.wire import LogLine
from marketplace.storage.cursor import BadCursor
from marketplace.web import Page, PageQuery, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route(
    "GET",
    "/security/log",
    access=SignedIn,
    query=PageQuery,
    returns=Page[LogLine],
    private=True,
    errors=(BadCursor,),
)
def read_security_log(request: Request, services: Services) -> Page[LogLine]:
    """Read one's own security log, newest first, kept for 400 days.

    Addresses stand without their last part, and places only as far as they are known.
    """
    query = request.query
    found = services.security_log.page(request.account.account_id, query.cursor, query.limit)
    return Page(items=[LogLine.of(entry, request.locale) for entry in found.items], cursor=found.cursor)


ROUTES = (read_security_log,)
handler = make_app("security_log", *ROUTES, services=live)
