"""/operator/capital: the owner's own money, how much may leave, and what Stripe moved by itself."""

from marketplace.kit.errors import Unavailable
from marketplace.payments.corrections import InTheBooks, NotStripesOwn, StripeTransactionMissing
from marketplace.solvency.capital import BooksUnreadable
from marketplace.solvency.wire import CapitalShown, NewCorrection, capital_to_wire
from marketplace.staff.errors import ProposalDiffers, ReasonsNeeded
from marketplace.staff.wire import ProposalView
from marketplace.web import Finance, Request, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/operator/capital", access=Finance, returns=CapitalShown, errors=(BooksUnreadable, Unavailable))
def read_capital(_request: Request, services: Services) -> CapitalShown:
    """Read what the owner put in and took out, what is owed, what Stripe holds, and what may leave, by currency.

    Money is put in by a top-up and taken out by a payout of the platform's own account, both at Stripe; they are
    booked as Stripe tells of them.
    """
    return capital_to_wire(services.owner_capital.now())


@route(
    "POST",
    "/operator/capital/corrections",
    access=Finance,
    body=NewCorrection,
    returns=ProposalView,
    status=201,
    idempotent=True,
    step_up=True,
    errors=(StripeTransactionMissing, NotStripesOwn, InTheBooks, ReasonsNeeded, ProposalDiffers),
)
def propose_correction(request: Request, services: Services) -> ProposalView:
    """Propose to book what Stripe took or gave by itself, such as its invoices; a second person of finance decides.

    The amount is Stripe's. Whatever an order, a payment or the owner is behind is booked by itself, and never so.
    """
    said, once = request.body, request.idempotency.key
    made = services.corrections.propose(said.transaction_id, request.account, said.reasons, once)
    return ProposalView.of(made, made.state_at(services.clock.now()), request.locale)


ROUTES = (read_capital, propose_correction)
handler = make_app("capital", *ROUTES, services=live)
