"""What support sees through somebody's eyes, over every route: what is listed here, and nothing that acts.

A visit is tried on every route that looks at a session, at an own object of the visited buyer and the visited seller.
A new route that only reads is refused here until somebody decided whether support may see what it shows.
"""

from collections.abc import Iterator
from itertools import groupby

import pytest

import app
from marketplace.web import Route
from marketplace.web.access import IGNORED
from tests.contract.authorisation import all_rows
from tests.contract.authorisation.vocabulary import CODES, GONE, NONE, OK, OWN, Row
from tests.contract.three_trades import ThreeTrades
from tests.fakes.world import new_world

ROUTES: dict[str, Route] = {str(route): route for routes in app.ROUTES.values() for route in routes}
VISITED = ("buyer", "seller")
VISITOR_MAY_NOT = (403, "visitor_may_not")

# What its owner reads and support reads with them.
READABLE = frozenset(
    {
        "GET /account",
        "GET /account/standing",
        "GET /listings/mine",
        "GET /listings/{listing_id}",
        "GET /memberships",
        "GET /notifications",
        "GET /orders",
        "GET /orders/{order_id}",
        "GET /orders/{order_id}/earning",
        "GET /orders/{order_id}/receipt",
        "GET /orders/{order_id}/receipts",
        "GET /orders/{order_id}/refunds",
        "GET /orders/{order_id}/bank",
        "GET /orders/{order_id}/returns",
        "GET /orders/{order_id}/timeline",
        "GET /orders/{order_id}/reviews",
        "GET /claims",
        "GET /disputes/{dispute_id}",
        "GET /returns/{return_id}",
        "GET /payouts",
        "GET /payouts/balance",
        "GET /payouts/{payout_id}",
        "GET /sellers/me",
        "GET /sellers/me/checklist",
        "GET /sellers/me/fees",
        "GET /sellers/me/trader-data",
        "GET /solvency/{date}/proof",
        "GET /statements",
        "GET /statements/invoice",
        "GET /verifications/mine",
    }
)
# Messages and secrets: what pays, what opens, what tells how the account is protected, and what others said of
# themselves.
PRIVATE = frozenset(
    {
        "GET /checkouts/{checkout_id}",
        "GET /disputes/{dispute_id}/evidence/{evidence_id}",
        "GET /disputes/{dispute_id}/messages",
        "GET /decisions",
        "GET /decisions/{decision_id}",
        "GET /orders/{order_id}/file",
        "GET /passkeys",
        "GET /returns/{return_id}/evidence/{evidence_id}",
        "GET /security/devices",
        "GET /security/factors",
        "GET /security/log",
        "GET /sellers/me/members",
        "GET /sessions",
    }
)
# Staff's routes: a visit has no role, so that looking lends nobody a power.
OF_STAFF = frozenset(name for name in ROUTES if name.split()[1].startswith("/operator/"))
ROWS = [row for row in all_rows() if row.route in ROUTES and ROUTES[row.route].access.session != IGNORED]


@pytest.fixture(scope="module")
def trades() -> Iterator[ThreeTrades]:
    with new_world() as world:
        yield ThreeTrades(world)


def test_every_route_that_reads_for_somebody_is_either_shown_to_support_or_private() -> None:
    reading = {name for name, route in ROUTES.items() if route.method == "GET" and route.access.session != IGNORED}

    assert not reading - OF_STAFF ^ (READABLE | PRIVATE), sorted(reading - OF_STAFF ^ (READABLE | PRIVATE))
    assert {name for name, route in ROUTES.items() if route.private} == PRIVATE


def test_a_visit_reads_what_is_listed_and_does_nothing_else_on_any_route(trades: ThreeTrades, record_property) -> None:
    wrong: list[str] = []
    tried = 0
    for stage, staged in groupby(sorted(ROWS, key=lambda row: row.at), key=lambda row: row.at):
        trades.go_to(stage)
        tokens = {role: _visit(trades, role) for role in VISITED}
        before = _stored(trades)
        for row in staged:
            for role, token in tokens.items():
                reply = trades.ask(row, ROUTES[row.route], OWN if row.thing else NONE, role, token)
                found = (reply.status, reply.json.get("code") if reply.status >= 400 else None)
                tried += 1
                if found != _expected(row, role):
                    wrong.append(f"{row} through the eyes of {role}: {found} instead of {_expected(row, role)}")
            if _stored(trades) != before:
                wrong.append(f"{row}: a visit wrote something")

    assert not wrong, "\n".join(wrong)
    record_property("summary", f"support's visits: {tried} requests on {len({row.route for row in ROWS})} routes")


def _expected(row: Row, role: str) -> tuple[int, str | None]:
    if row.route in OF_STAFF and ROUTES[row.route].method == "GET":
        return CODES["role"]
    if row.route not in READABLE:
        return VISITOR_MAY_NOT
    word = row.cells[OWN if row.thing else NONE, role]
    assert word in {OK, GONE} or word in CODES or word.split()[0].isdigit()
    return row.expected(word, ROUTES[row.route].status)


def _visit(trades: ThreeTrades, role: str) -> str:
    visits = trades.world.services.visits
    return visits.begin(trades.accounts[role], trades.principal("support"), case="7", reasons="A question.").token


def _stored(trades: ThreeTrades) -> dict[str, object]:
    return {table: trades.world.dynamo.snapshot_items(table) for table in trades.world.dynamo.tables()}
