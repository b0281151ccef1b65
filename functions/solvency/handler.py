"""/solvency: what is owed against what Stripe holds, signed every day; anybody reads it, each checks their own part."""

from datetime import date

from marketplace.kit.errors import Unavailable
from marketplace.solvency.model import BadDay, SolvencyMissing
from marketplace.solvency.wire import SolvencyProof, SolvencyStatement, proof_to_wire, statement_to_wire
from marketplace.web import Public, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live

LATEST = "latest"
_ERRORS = (SolvencyMissing, Unavailable)


@route("GET", "/solvency/latest", access=Public, returns=SolvencyStatement, errors=_ERRORS)
def read_latest_solvency(request: Request, services: Services) -> SolvencyStatement:
    """Read the latest statement: totals, the roots of the trees of claims, signature and key, and how to check."""
    solvency = services.solvency
    return statement_to_wire(solvency.statement(), solvency.public_key())


@route("GET", "/solvency/{date}", access=Public, returns=SolvencyStatement, errors=(BadDay, *_ERRORS))
def read_solvency(request: Request, services: Services) -> SolvencyStatement:
    """Read the last statement of a day (UTC)."""
    solvency = services.solvency
    return statement_to_wire(solvency.statement(_day(request.path["date"])), solvency.public_key())


@route("GET", "/solvency/{date}/proof", access=SignedIn, returns=SolvencyProof, errors=(BadDay, *_ERRORS))
def prove_solvency(request: Request, services: Services) -> SolvencyProof:
    """Read the proof that everything of yours is counted in the last statement of a day, or in the `latest`.

    What is held for an order is provable to its buyer and its seller alike: it is one claim, counted in full. What was
    sent to a seller and is not at their bank yet, wherever it waits, is a claim of theirs.
    """
    asked = request.path["date"]
    solvency = services.solvency
    found = solvency.proofs(request.account.account_id, None if asked == LATEST else _day(asked))
    return proof_to_wire(*found, solvency.public_key())


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadDay(fields={"date": "not_a_day"}) from None


ROUTES = (read_latest_solvency, read_solvency, prove_solvency)
handler = make_app("solvency", *ROUTES, services=live)
