"""What banks ask: finance and moderators answer, the order's parties read it in plain words."""

from tests.contract.authorisation.vocabulary import (
    BY_PARTIES,
    BY_STAFF,
    FINANCE,
    VERIFIED,
    both,
    reach,
    row,
    thing,
)

CASE_STAFF = {**FINANCE, "moderator": "ok"}
BY_CASE_STAFF = reach(own="finance moderator party", foreign="finance moderator party")


def _take_back(trades):
    """Have each trade's bank take its payment back, before anything shows delivery."""
    for name in trades.things:
        world = trades.world
        order = trades.trade.order(trades.things[name]["order"])
        payment = world.services.payment_store.read(order.payment_id)
        trades.things[name]["bank_case"] = world.stripe.open_dispute(payment.charge_id)["id"]
        world.drain()


THINGS = {"bank_case": thing("dp")}
STAGES = {"charged_back": ("shipped", _take_back)}

ROWS = (
    row("GET /operator/chargebacks", CASE_STAFF),
    row(
        "GET /operator/chargebacks/{dispute_id}",
        CASE_STAFF,
        BY_CASE_STAFF,
        thing="bank_case",
        at="charged_back",
        gone="chargeback_not_found",
        but={"own party": "case"},
    ),
    row(
        "POST /operator/chargebacks/{dispute_id}/evidence",
        CASE_STAFF,
        BY_CASE_STAFF,
        thing="bank_case",
        at="charged_back",
        gone="chargeback_not_found",
        body={"submit": True},
        but={"own party": "case"},
    ),
    row(
        "GET /orders/{order_id}/bank",
        VERIFIED,
        both(BY_PARTIES, BY_STAFF),
        thing="order",
        at="paid",
        gone="order_not_found",
    ),
)
