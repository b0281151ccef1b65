"""Returns: buyers ask and send, sellers receive, moderators decide deductions; withdrawing needs no account."""

from dataclasses import replace

from marketplace.kit.principal import Idempotency
from marketplace.returns.guarantee import Claimed
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


def _exchange(trades):
    for name, things in trades.things.items():
        attempt = Idempotency(f"exchange-{name}", f"fingerprint-{name}")
        returns, buyer_id = trades.world.services.returns, things["buyer"]
        made = returns.ask_exchange(things["order"], buyer_id, _lines(trades, name), "", attempt)
        things["return"] = made.made.return_id


def _agree(trades):
    for things in trades.things.values():
        trades.world.services.returns.answer_exchange(things["return"], things["seller"], accept=True)


def _report_missing(trades):
    for name, things in trades.things.items():
        returns = trades.world.services.returns
        returns.send(things["return"], things["buyer"], "correos", f"RR{name}")
        returns.report_missing(things["return"], things["seller"], "Nothing came.")


def _send_back(trades):
    for name, things in trades.things.items():
        trades.world.services.returns.send(things["return"], things["buyer"], "correos", f"RR{name}")


def _get_back(trades):
    for things in trades.things.values():
        trades.world.services.returns.receive(things["return"], things["seller"], restock=False)


def _replace(trades):
    for name, things in trades.things.items():
        number = f"RP{name}"
        trades.world.services.returns.send_replacement(things["return"], things["seller"], "correos", number)


def _nothing_shows_it(trades):
    services, now = trades.world.services, trades.world.clock.now()
    for things in trades.things.values():  # its time is over now: as many days would end everybody's sessions
        made = services.return_store.read(things["return"])
        services.transactions.commit([services.return_store.move(made, replace(made, due_at=now))])
    services.return_clock.run(limit=10)


def _claim(trades):
    for name, things in trades.things.items():
        attempt, said = Idempotency(f"claim-{name}", f"fingerprint-{name}"), Claimed("It does not work.", "repair")
        wanted = _lines(trades, name)[0]
        made = trades.world.services.returns.ask_claim(things["order"], things["buyer"], wanted, said, attempt)
        things["return"] = made.made.return_id


def _offer(trades):
    for things in trades.things.values():
        trades.world.services.returns.offer_remedy(things["return"], things["seller"], "price_reduction", 500, "Less.")


def _refuse(trades):
    for things in trades.things.values():
        trades.world.services.returns.refuse_claim(things["return"], things["seller"], "It was whole.")


THINGS = {"return": thing("rtn")}
STAGES = {
    "exchanging": ("held", _exchange),
    "to send back": ("exchanging", _agree),
    "sent back": ("to send back", _send_back),
    "goods missing": ("to send back", _report_missing),
    "replacing": ("to send back", _get_back),
    "replaced": ("replacing", _replace),
    "unproven replacement": ("replaced", _nothing_shows_it),
    "claimed": ("held", _claim),
    "remedy offered": ("claimed", _offer),
    "claim refused": ("claimed", _refuse),
    "returning": ("held", _ask),
    "deducted": ("returning", _deduct),
    "contested": ("deducted", _contest),
}


def _of_buyers(way, at, body=None):
    return row(f"POST /returns/{{return_id}}/{way}", BUYER, BY_BUYERS, thing="return", at=at, gone=RETURN, body=body)


def _of_sellers(way, body, at="returning"):
    path = f"POST /returns/{{return_id}}/{way}"
    return row(path, APPLICANT, BY_SELLERS, thing="return", at=at, gone=RETURN, body=body)


# Lines of no order: whoever finds the order is told so.
NOT_OF_IT = {"lines": [{"listing_id": "lst_none"}]}
NOT_UNDER_REVIEW = {
    "own party": "case",
    "own moderator": "409 return_transition_refused",
    "foreign moderator party": "409 return_transition_refused",
}
STAFF_NAMES = "support moderator finance admin"
NO_FILE = {
    f"own buyer seller buyer2 seller2 party {STAFF_NAMES}": "404 evidence_not_found",
    f"foreign party {STAFF_NAMES}": "404 evidence_not_found",
}
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
    row("GET /guarantee-claims/policy", PUBLIC),
    row("POST /orders/{order_id}/exchanges/quote", BUYER, BY_BUYERS, **ASKING),
    row("POST /orders/{order_id}/exchanges", BUYER, BY_BUYERS, **ASKING),
    row(
        "POST /orders/{order_id}/guarantee-claims/quote", BUYER, BY_BUYERS, **{**ASKING, "body": NOT_OF_IT["lines"][0]}
    ),
    row(
        "POST /orders/{order_id}/guarantee-claims",
        BUYER,
        BY_BUYERS,
        **{**ASKING, "body": {"line": NOT_OF_IT["lines"][0], "lack": "It does not work.", "remedy": "repair"}},
    ),
    _of_sellers("exchange-answer", {"accept": True}, "exchanging"),
    _of_sellers("missing", {"reasons": "Nothing came."}, "sent back"),
    row(
        "POST /operator/returns/{return_id}/missing",
        MODERATOR,
        BY_MODERATORS,
        thing="return",
        at="goods missing",
        gone=RETURN,
        body={"arrived": True, "reasons": "The carrier says so."},
        but={"own party": "case"},
    ),
    _of_sellers("replacement", {"carrier": "correos", "tracking_number": "RP9"}, "replacing"),
    _of_sellers("refund-instead", None, "replacing"),
    _of_buyers("replacement/arrived", "replaced"),
    row(
        "POST /operator/returns/{return_id}/replacement",
        MODERATOR,
        BY_MODERATORS,
        thing="return",
        at="unproven replacement",
        gone=RETURN,
        body={"arrived": True, "reasons": "The carrier says so."},
        but={"own party": "case"},
    ),
    _of_sellers("claim-answer", {"answer": "refuse", "reasons": "It was whole."}, "claimed"),
    _of_buyers("offer-answer", "remedy offered", {"accept": False}),
    _of_buyers("escalate", "claim refused", {"reason": "damaged", "statement": "It broke."}),
    row(
        "POST /operator/returns/{return_id}/claim-decision",
        MODERATOR,
        BY_MODERATORS,
        thing="return",
        at="claim refused",
        gone=RETURN,
        body={"decision": "rejection", "reasons": "Nothing lacks."},
        but=NOT_UNDER_REVIEW,
        told="moderator party",
    ),
    row(
        "GET /returns/{return_id}/evidence/{evidence_id}",
        VERIFIED,
        both(BY_PARTIES, BY_STAFF),
        thing="return",
        at="claimed",
        gone=RETURN,
        path={"evidence_id": "evd_none"},
        but=NO_FILE,
        told=f"party {STAFF_NAMES}",
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
