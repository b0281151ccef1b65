"""/operator/capital: the owner's own money, and how much of it may leave without going below what is owed."""

from marketplace.kit.errors import Unavailable
from marketplace.solvency.wire import CapitalShown, capital_to_wire
from marketplace.web import Finance, Request, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/operator/capital", access=Finance, returns=CapitalShown, errors=(Unavailable,))
def read_capital(_request: Request, services: Services) -> CapitalShown:
    """Read what the owner put in and took out, what is owed, what Stripe holds, and what may leave, by currency.

    Money is put in by a top-up and taken out by a payout of the platform's own account, both at Stripe; they are
    booked as Stripe tells of them.
    """
    return capital_to_wire(services.owner_capital.now())


ROUTES = (read_capital,)
handler = make_app("capital", *ROUTES, services=live)
