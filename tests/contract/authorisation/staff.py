"""Staff about accounts and about each other: one role does not bring another, and nobody decides their own matter."""

from typing import Any

from marketplace.staff.model import Suspension
from tests.contract.authorisation.vocabulary import (
    ADMIN,
    BY_ANYBODY,
    EVEN_SUSPENDED,
    MODERATOR,
    STAFF,
    SUPPORT,
    reach,
    row,
    thing,
)

WHY = {"reasons": "Seen in case 7."}
ACCOUNT = "account_not_found"
HELD_BY = ("first", "second", "third")  # one proposal, suspension and visit in each trade


def _role_of(trades: Any, whose: str) -> str:
    return trades.accounts[whose]


def _propose(trades: Any) -> None:
    """Propose, as an administrator whom nobody of the table is, that somebody of each trade joins the staff."""
    for name in HELD_BY:
        appointee = trades.appointee()
        made = trades.world.services.approvals.propose(
            kind="role.grant",
            subject=appointee,
            facts={"role": "support"},
            principal=trades.principal("colleague"),
            reasons="Joins us.",
            concerns=[trades.accounts["party"]] if name == "third" else [],
        )
        trades.things[name] |= {"proposal": made.proposal_id, "appointee": appointee}


def _appoint(trades: Any) -> None:
    for name in HELD_BY:
        appointee = trades.appointee(roles=frozenset({"support"}))
        trades.things[name]["colleague"] = appointee


def _suspend(trades: Any) -> None:
    """Suspend somebody beside each trade, who appeals."""
    for name in HELD_BY:
        offender = trades.trade.person("Offender")
        suspensions = trades.world.services.suspensions
        suspensions.suspend(offender, trades.principal("colleague"), clause="3.1", reasons="Fakes.", scope="account")
        suspensions.appeal(offender, "They are real.")
        trades.things[name]["offender"] = offender
    suspended = Suspension(
        "sus_1", trades.accounts["susp"], "account", "3.1", "Fakes.", "rules", trades.world.clock.now()
    )
    trades.world.services.transactions.commit([trades.world.services.staff_store.suspend(suspended)])


def _visit(trades: Any) -> None:
    """Let support be visiting: `own` is support's own visit, `foreign` a colleague's, to the same account."""
    visits = trades.world.services.visits
    for name, by in (("first", "support"), ("second", "colleague"), ("third", "party")):
        begun = visits.begin(trades.accounts["buyer"], trades.principal(by), case="7", reasons="A question.")
        trades.things[name]["visit"] = begun.visit.visit_id


THINGS = {
    "account": thing("acc", _role_of),
    "offender": thing("acc"),
    "appointee": thing("acc"),
    "colleague": thing("acc"),
    "proposal": thing("prp"),
    "visit": thing("vst"),
}
STAGES = {
    "proposed": ("open", _propose),
    "appointed": ("open", _appoint),
    "suspended": ("open", _suspend),
    "visiting": ("open", _visit),
}
ONE = "/operator/accounts/{account_id}"
NOT_MISSING = reach(own="admin party", foreign="admin party")

ROWS = (
    row("GET /account/standing", EVEN_SUSPENDED),
    row(
        "POST /account/standing/appeal",
        {role: "409 not_suspended" if word == "ok" else word for role, word in EVEN_SUSPENDED.items()},
        at="suspended",
        body={"statement": "It was not me."},
        but={"susp": "ok"},
    ),
    row(f"GET {ONE}", STAFF, BY_ANYBODY, thing="offender", at="suspended", gone=ACCOUNT),
    row(
        f"POST {ONE}/roles",
        ADMIN,
        NOT_MISSING,
        thing="appointee",
        at="proposed",
        gone=ACCOUNT,
        body={"role": "moderator", **WHY},
    ),
    row(
        f"DELETE {ONE}/roles/{{role}}",
        ADMIN,
        NOT_MISSING,
        thing="colleague",
        at="appointed",
        gone=ACCOUNT,
        path={"role": "support"},
    ),
    row(
        f"POST {ONE}/recovery",
        ADMIN,
        NOT_MISSING,
        thing="colleague",
        at="appointed",
        gone=ACCOUNT,
        body=WHY,
    ),
    row(
        f"POST {ONE}/suspension",
        ADMIN,
        NOT_MISSING,
        thing="buyer",
        gone=ACCOUNT,
        body={"clause": "3.1", **WHY},
        but={"own party": "case"},
    ),
    row(
        f"POST {ONE}/suspension/lift",
        ADMIN,
        NOT_MISSING,
        thing="offender",
        at="suspended",
        body=WHY,
        but={"missing admin party": "409 not_suspended"},
    ),
    row(
        f"POST {ONE}/suspension/appeal",
        MODERATOR,
        reach(own="moderator party", foreign="moderator party"),
        thing="offender",
        at="suspended",
        body={"outcome": "rejected", **WHY},
        but={"missing moderator party": "409 no_appeal"},
    ),
    row("GET /operator/appeals", MODERATOR),
    row(
        f"POST {ONE}/visits",
        SUPPORT,
        reach(own="support party", foreign="support party"),
        thing="buyer",
        gone=ACCOUNT,
        body={"case": "7", **WHY},
        but={"own party": "case"},
    ),
    row(
        f"DELETE {ONE}/visits/{{visit_id}}",
        SUPPORT,
        reach(own="support party"),
        thing="visit",
        at="visiting",
        gone="visit_not_found",
        path={"account_id": "{buyer}"},
    ),
    row("GET /operator/audit", ADMIN),
    row("GET /operator/proposals", STAFF),
    row(
        "GET /operator/proposals/{proposal_id}",
        STAFF,
        BY_ANYBODY,
        thing="proposal",
        at="proposed",
        gone="proposal_not_found",
    ),
    *(
        row(
            f"POST /operator/proposals/{{proposal_id}}/{verb}",
            STAFF,
            BY_ANYBODY,
            thing="proposal",
            at="proposed",
            gone="proposal_not_found",
            body=WHY,
            # It is for an administrator to agree. The others learn that it is there, as its reading tells them anyway.
            but={
                "own support moderator finance": "role",
                "foreign support moderator finance": "role",
                "own party": "case",
            },
            told="support moderator finance",
        )
        for verb in ("approve", "decline")
    ),
)
