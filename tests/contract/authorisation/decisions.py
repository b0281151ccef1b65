"""Decisions: those whom one concerns, also suspended, and staff by subject; nobody finds another's."""

from typing import Any

from marketplace.decisions.model import MODERATOR
from tests.contract.authorisation.vocabulary import BY_PARTIES, EVEN_SUSPENDED, STAFF, row, thing


def _decide(trades: Any) -> None:
    """Leave a decision that concerns both parties of each trade."""
    services = trades.world.services
    for name in ("first", "second", "third"):
        order = services.order_store.read(trades.things[name]["order"])
        writes = services.decisions.record(
            kind="hold.cleared",
            subject=order.order_id,
            concerns=[order.buyer_id, order.seller_id],
            by=MODERATOR,
            reasons="Looked at.",
        )
        services.transactions.commit(writes)
        page = services.decisions.page(order.buyer_id, None, 50).items
        trades.things[name]["decision"] = page[0].decision_id


THINGS = {"decision": thing("dec")}
STAGES = {"decided_on": ("placed", _decide)}
ROWS = (
    row("GET /decisions", EVEN_SUSPENDED),
    row(
        "GET /decisions/{decision_id}",
        EVEN_SUSPENDED,
        BY_PARTIES,
        thing="decision",
        at="decided_on",
        gone="decision_not_found",
    ),
    row("GET /operator/decisions", STAFF, query={"about": "ord_none"}),
)
