"""Refunds and stopped money: sellers give back, staff proposes, finance decides about what is parked."""

from datetime import timedelta

from marketplace.payments.model import Intent, IntentKind, intent_name, refund_leg_id
from marketplace.payments.unclaimed_model import Unclaimed, Whose
from tests.contract.authorisation.vocabulary import (
    APPLICANT,
    BY_PARTIES,
    BY_SELLERS,
    BY_STAFF,
    FINANCE,
    STAFF,
    VERIFIED,
    both,
    reach,
    row,
    thing,
)

ORDER, INTENT, UNCLAIMED = "order_not_found", "intent_not_found", "unclaimed_not_found"
BY_FINANCE = reach(own="finance party", foreign="finance party")
REASONS = {"reasons": "The buyer wrote."}


def _park(trades):
    """Give each trade a refund that Stripe refused."""
    for name in trades.things:
        store, now = trades.world.services.payment_store, trades.world.clock.now()
        order = trades.trade.order(trades.things[name]["order"])
        intent_id = refund_leg_id(order.order_id, "ref_stopped")
        facts = {"refund_id": "ref_stopped", "out_of": "refund_owed"}
        parts = (order.payment_id, order.order_id, 100, order.currency, now)
        intent = Intent(intent_id, IntentKind.REFUND, *parts, facts=facts)
        commit = trades.world.services.transactions.commit
        commit([store.open_intent(intent)])
        commit([store.park_intent(intent, "refused", now - timedelta(minutes=3))])
        trades.things[name]["intent"] = intent_name(intent_id)


def _keep_apart(trades):
    """Give each trade money that two people closed."""
    for name in trades.things:
        services = trades.world.services
        order = trades.trade.order(trades.things[name]["order"])
        parts = (order.payment_id, order.order_id, 100, order.currency, trades.world.clock.now())
        closed = refund_leg_id(order.order_id, "ref_apart")
        services.transactions.commit([services.unclaimed_store.put(Unclaimed(closed, Whose.BUYER, *parts))])
        trades.things[name]["apart"] = intent_name(closed)


THINGS = {"intent": thing("transfer"), "apart": thing("transfer")}
STAGES = {"stopped": ("paid", _park), "kept apart": ("paid", _keep_apart)}

ROWS = (
    row(
        "POST /orders/{order_id}/refunds",
        APPLICANT,
        BY_SELLERS,
        thing="order",
        at="shipped",
        gone=ORDER,
        body={"amount_minor": 100, "reason": "A scratch."},
    ),
    row("GET /orders/{order_id}/refunds", VERIFIED, both(BY_PARTIES, BY_STAFF), thing="order", at="paid", gone=ORDER),
    row(
        "POST /operator/orders/{order_id}/refunds",
        STAFF,
        BY_STAFF,
        thing="order",
        at="paid",
        gone=ORDER,
        body={"amount_minor": 100, "reasons": "Promised by telephone."},
        but={"own party": "case", **{f"{relation} admin": "role" for relation in ("own", "foreign", "missing")}},
    ),
    row("GET /operator/intents", FINANCE),
    row("GET /operator/intents/{intent_id}", FINANCE, BY_FINANCE, thing="intent", at="stopped", gone=INTENT),
    *(
        row(
            f"POST /operator/intents/{{intent_id}}/{way}",
            FINANCE,
            BY_FINANCE,
            thing="intent",
            at="stopped",
            gone=INTENT,
            body=REASONS,
            but={"own party": "case"},
        )
        for way in ("retry", "close")
    ),
    row("GET /operator/unclaimed", FINANCE),
    row("GET /operator/unclaimed/{name}", FINANCE, BY_FINANCE, thing="apart", at="kept apart", gone=UNCLAIMED),
    row(
        "POST /operator/unclaimed/{name}/decision",
        FINANCE,
        BY_FINANCE,
        thing="apart",
        at="kept apart",
        gone=UNCLAIMED,
        body={"to": "keep", **REASONS},
        but={"own party": "case"},
    ),
)
