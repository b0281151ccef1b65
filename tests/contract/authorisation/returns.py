"""Returns: buyers ask and send, sellers receive, moderators decide deductions; withdrawing needs no account."""

from marketplace.kit.principal import Idempotency
from marketplace.returns.rules import Wanted
from tests.contract.authorisation.vocabulary import (
    APPLICANT,
    BUYER,
    BY_BUYERS,
    BY_PARTIES,
    BY_SELLERS,
    BY_STAFF,
    MODERATOR,
    PUBLIC,
    VERIFIED,
    both,
    reach,
    row,
    thing,
)

ORDER, RETURN = "order_not_found", "return_not_found"
BY_MODERATORS = reach(own="moderator party", foreign="moderator party")
SENT = {"carrier": "correos", "tracking_number": "RR1"}


def _lines(trades, name):
    return (Wanted(trades.things[name]["on_sale"], 1),)


def _ask(trades):
    for name, things in trades.things.items():
        attempt = Idempotency(f"return-{name}", f"fingerprint-{name}")
        made = trades.world.services.returns.ask(things["order"], things["buyer"], _lines(trades, name), "", attempt)
        things["return"] = made.made.return_id


def _deduct(trades):
    for things in trades.things.values():
        returns = trades.world.services.returns
        returns.receive(things["return"], things["seller"], restock=False, deduction_minor=100, reasons="A scratch.")


def _contest(trades):
    for things in trades.things.values():
        trades.world.services.returns.answer_deduction(things["return"], things["buyer"], accept=False)


THINGS = {"return": thing("rtn")}
STAGES = {
    "returning": ("held", _ask),
    "deducted": ("returning", _deduct),
    "contested": ("deducted", _contest),
}


def _of_buyers(way, at, body=None):
    return row(f"POST /returns/{{return_id}}/{way}", BUYER, BY_BUYERS, thing="return", at=at, gone=RETURN, body=body)


def _of_sellers(way, body):
    path = f"POST /returns/{{return_id}}/{way}"
    return row(path, APPLICANT, BY_SELLERS, thing="return", at="returning", gone=RETURN, body=body)


# Lines of no order: whoever finds the order is told so.
NOT_OF_IT = {"lines": [{"listing_id": "lst_none"}]}
OWN_BUYERS = {"own buyer buyer2 party": "422 return_lines_invalid"}
ASKING = {"thing": "order", "at": "held", "gone": ORDER, "body": NOT_OF_IT, "but": OWN_BUYERS}

ROWS = (
    row("POST /orders/{order_id}/returns/quote", BUYER, BY_BUYERS, **ASKING),
    row("POST /orders/{order_id}/returns", BUYER, BY_BUYERS, **ASKING),
    row("GET /orders/{order_id}/returns", VERIFIED, both(BY_PARTIES, BY_STAFF), thing="order", at="held", gone=ORDER),
    row("GET /returns/{return_id}", VERIFIED, both(BY_PARTIES, BY_STAFF), thing="return", at="returning", gone=RETURN),
    _of_buyers("sent", "returning", SENT),
    _of_buyers("cancel", "returning"),
    _of_buyers("accept-deduction", "deducted"),
    _of_buyers("contest", "deducted"),
    _of_sellers("received", {"restock": False}),
    _of_sellers("label", {"label_url": "https://correos.example/1"}),
    row(
        "POST /operator/returns/{return_id}/decision",
        MODERATOR,
        BY_MODERATORS,
        thing="return",
        at="contested",
        gone=RETURN,
        body={"deduction_minor": 0, "reasons": "Nothing is wrong."},
        but={"own party": "case"},
    ),
    row("GET /withdrawals/form", PUBLIC),
    row(
        "POST /withdrawals",
        PUBLIC,
        body={"order_reference": "ord_none", "name": "Ana", "email": "ana@example.com", "confirmed": True},
    ),
    row(
        "POST /withdrawals/receipt",
        dict.fromkeys(PUBLIC, "404 withdrawal_not_found"),
        body={"token": "wdr_none.x"},
    ),
)
