"""Payouts, holds and the kill switch: a seller's own money, finance's decisions, and who may stop everything."""

from typing import Any

from marketplace.payouts.model import Payout, PayoutState
from tests.contract.authorisation.vocabulary import APPLICANT, FINANCE, NOBODYS, PUBLIC, STAFF, Thing, reach, row

SELLERS = reach(own="seller seller2")
FINANCE_ALL = reach(own="finance party", foreign="finance party")
MONEY_STAFF = {**FINANCE, "admin": "ok"}
LATER = "2026-11-20T00:00:00Z"


def _paid_out(trades: Any) -> None:
    """Give each trade's seller a payout whose outcome nobody knows."""
    services = trades.world.services
    for name in ("first", "second", "third"):
        order = services.order_store.read(trades.things[name]["order"])
        now = trades.world.clock.now()
        services.transactions.commit(services.earnings.earned(order, 5_000, f"tr_{name}", now))
        purse, _ = services.payout_table.purse(order.seller_id, order.currency)
        place, account_id = (order.seller_id, order.currency), services.sellers.of(order.seller_id).stripe_account_id
        payout = Payout(*place, purse.number, 1_000, 0, 3_500, now, PayoutState.OPEN, account_id)
        services.transactions.commit(services.payout_table.begin(purse, payout, None))
        services.transactions.commit([services.payout_table.park(payout, "key_too_old_and_nothing_found")])
        trades.things[name]["payout"] = payout.payout_id


THINGS = {"payout": Thing(f"payout_{NOBODYS}_eur_1")}
STAGES = {"paid_out": ("paid", _paid_out)}
WHY = {"reasons": "Seen in case 7."}

ROWS = (
    row("GET /payouts/balance", APPLICANT),
    row("GET /payouts/rules", PUBLIC),
    row("GET /payouts", APPLICANT),
    row("GET /payouts/{payout_id}", APPLICANT, SELLERS, thing="payout", at="paid_out", gone="payout_not_found"),
    row("PUT /payouts/schedule", APPLICANT, body={"interval": "monthly"}),
    row("GET /operator/payouts", FINANCE),
    row(
        "GET /operator/payouts/{payout_id}",
        FINANCE,
        FINANCE_ALL,
        thing="payout",
        at="paid_out",
        gone="payout_not_found",
    ),
    row(
        "POST /operator/payouts/{payout_id}/look-up",
        FINANCE,
        FINANCE_ALL,
        thing="payout",
        at="paid_out",
        gone="payout_not_found",
    ),
    row(
        "POST /operator/payouts/{payout_id}/return",
        FINANCE,
        FINANCE_ALL,
        thing="payout",
        at="paid_out",
        gone="payout_not_found",
        body=WHY,
    ),
    row(
        "POST /operator/payouts",
        FINANCE,
        body={"seller_id": f"acc_{NOBODYS}", "currency": "eur", **WHY},
        but={"finance party": "404 seller_not_found"},
    ),
    row("GET /operator/payout-holds", FINANCE),
    row(
        "POST /operator/payout-holds",
        FINANCE,
        FINANCE_ALL,
        thing="seller",
        gone="seller_not_found",
        body={"seller_id": "{object}", "until": LATER, **WHY},
    ),
    row(
        "POST /operator/payout-holds/release",
        FINANCE,
        body={"seller_id": f"acc_{NOBODYS}", "cause": "manual", "key": "hold_1", **WHY},
        but={"finance party": "404 hold_not_found"},
    ),
    row("GET /operator/switches", STAFF),
    row("GET /operator/switches/{scope}", STAFF, path={"scope": "everything"}),
    row("POST /operator/switches/stop", MONEY_STAFF, body={"scope": "everything", **WHY}),
    row(
        "POST /operator/switches/resume",
        MONEY_STAFF,
        body={"scope": "currency:gbp", **WHY},
        but={"finance admin party": "404 switch_not_found"},
    ),
    row("GET /operator/sellers/{seller_id}/debts", FINANCE, FINANCE_ALL, thing="seller", gone="seller_not_found"),
    row(
        "POST /operator/sellers/{seller_id}/debts/write-off",
        FINANCE,
        body={"currency": "eur", "amount_minor": 500, **WHY},
        path={"seller_id": f"acc_{NOBODYS}"},
        but={"finance party": "404 seller_not_found"},
    ),
)
