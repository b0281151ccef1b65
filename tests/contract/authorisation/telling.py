"""The inbox, Stripe's deliveries, and the contract itself."""

from tests.contract.authorisation.vocabulary import BY_PARTIES, EVERYBODY, PUBLIC, SIGNED_IN, row, thing

THINGS = {"notification": thing("ntf", lambda trades, whose: trades.first_notification(whose))}

ROWS = (
    row("GET /notifications", SIGNED_IN),
    row(
        "POST /notifications/{notification_id}/read",
        SIGNED_IN,
        BY_PARTIES,
        thing="notification",
        at="paid",
        gone="notification_not_found",
    ),
    row(
        "POST /webhooks/carriers/{carrier}",
        PUBLIC,
        body={},
        path={"carrier": "correos"},
        but={EVERYBODY: "422 bad_signature"},
    ),
    row("POST /webhooks/stripe", PUBLIC, body={}, but={EVERYBODY: "422 bad_signature"}),
    row("GET /openapi.json", PUBLIC),
    row("GET /docs", PUBLIC),
)
