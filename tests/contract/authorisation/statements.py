"""What money did and why: each side reads its own; fees of one seller are for staff, agreements for finance."""

from tests.contract.authorisation.vocabulary import (
    APPLICANT,
    BY_BUYERS,
    BY_SELLERS,
    BY_STAFF,
    FINANCE,
    PUBLIC,
    SIGNED_IN,
    STAFF,
    VERIFIED,
    reach,
    row,
)

AGREED = {"percent_bps": 500, "reasons": "By contract."}
NUMBER = {"vat_number": "ESB12345678", "reasons": "VIES."}
BY_ANY_STAFF = reach(own="support moderator finance admin party", foreign="support moderator finance admin party")

ROWS = (
    row("GET /orders/{order_id}/receipt", VERIFIED, BY_BUYERS, thing="order", at="paid", gone="order_not_found"),
    row("GET /orders/{order_id}/earning", APPLICANT, BY_SELLERS, thing="order", at="paid", gone="order_not_found"),
    row("GET /statements", VERIFIED, query={"month": "2026-11"}),
    row(
        "GET /statements/invoice",
        APPLICANT,
        query={"month": "2026-11"},
        but={"seller seller2": "404 invoice_not_found"},  # the month has not ended
    ),
    row("GET /sellers/me/fees", APPLICANT),
    row(
        "GET /operator/sellers/{seller_id}/commission",
        STAFF,
        BY_ANY_STAFF,
        thing="seller",
        gone="seller_not_found",
    ),
    row(
        "PUT /operator/sellers/{seller_id}/commission",
        FINANCE,
        BY_STAFF,
        thing="seller",
        gone="seller_not_found",
        body=AGREED,
    ),
    row(
        "PUT /operator/sellers/{seller_id}/vat-number",
        FINANCE,
        BY_STAFF,
        thing="seller",
        gone="seller_not_found",
        body=NUMBER,
    ),
    row("GET /operator/capital", FINANCE, at="stated"),
    row(
        "POST /operator/capital/corrections",
        FINANCE,
        body={"transaction_id": "txn_unknown", "reasons": "Stripe's invoice of October."},
        but={"finance party": "404 stripe_transaction_not_found"},
    ),
    row("GET /solvency/latest", PUBLIC, at="stated"),
    row("GET /solvency/{date}", PUBLIC, at="stated", path={"date": "2026-11-02"}),
    row("GET /solvency/{date}/proof", SIGNED_IN, at="stated", path={"date": "latest"}),
)
STAGES = {"stated": ("open", lambda trades: trades.world.services.solvency.run())}
