"""Cases and timelines: staff only, and never one's own matter."""

from typing import Any

from tests.contract.authorisation.vocabulary import BY_PARTIES, BY_STAFF, STAFF, VERIFIED, row, thing

ONE = "/operator/cases/{case_id}"
# Somebody's appeal against a suspension, beside each trade: nobody of the table is a party to it.
CASE = "case_not_found"


def _case_of(trades: Any) -> None:
    suspensions = trades.world.services.suspensions
    for name in ("first", "second", "third"):
        offender = trades.trade.person("Offender")
        suspensions.suspend(offender, trades.principal("colleague"), clause="3.1", reasons="Fakes.", scope="account")
        suspensions.appeal(offender, "They are real.")
        trades.things[name]["case"] = f"standing_appeal.{offender}"


THINGS = {"case": thing("standing_appeal.acc")}
STAGES = {"case_waiting": ("open", _case_of)}
ROWS = (
    row("GET /operator/cases", STAFF),
    row(f"GET {ONE}", STAFF, BY_STAFF, thing="case", at="case_waiting", gone=CASE),
    row(f"PUT {ONE}/assignee", STAFF, BY_STAFF, thing="case", at="case_waiting", gone=CASE),
    row(
        f"DELETE {ONE}/assignee",
        STAFF,
        BY_STAFF,
        thing="case",
        at="case_waiting",
        gone=CASE,
        told="support moderator finance admin party",
        but={
            "own support moderator finance admin party": "409 case_taken",
            "foreign support moderator finance admin party": "409 case_taken",
        },
    ),
    row(f"POST {ONE}/notes", STAFF, BY_STAFF, thing="case", at="case_waiting", gone=CASE, body={"text": "Seen."}),
    row(
        f"POST {ONE}/close",
        STAFF,
        BY_STAFF,
        thing="case",
        at="case_waiting",
        gone=CASE,
        told="support moderator finance admin party",
        body={"reasons": "Seen."},
        but={
            "own support moderator finance admin party": "409 case_not_closable",
            "foreign support moderator finance admin party": "409 case_not_closable",
        },
    ),
    row("GET /orders/{order_id}/timeline", VERIFIED, BY_PARTIES, thing="order", at="paid", gone="order_not_found"),
    row(
        "GET /operator/orders/{order_id}/timeline",
        STAFF,
        BY_STAFF,
        thing="order",
        at="paid",
        gone="order_not_found",
        but={"own party": "case"},
    ),
)
