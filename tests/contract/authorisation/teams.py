"""Who may act for a seller, who has proved who they are, and what traders say of themselves.

In the stage `teamed` each trade's buyer belongs to the team of the other trade's seller, who has asked one more person.
What members may do for a seller is a table of its own: tests/functions/test_team_roles.py.
"""

from typing import Any

from marketplace.accounts.table_store import filled
from marketplace.selling.model import Member
from marketplace.selling.store import SellingItem
from tests.contract.authorisation.vocabulary import APPLICANT, PUBLIC, VERIFIED, reach, row, thing
from tests.fakes.trade import TRADER_DATA

_ADMITTED = "buyer seller buyer2 seller2 support moderator finance admin party plain"
_OWNERS = reach(own="seller seller2")
_OTHER = {"first": "second", "second": "first", "third": "second"}

THINGS = {"member": thing("acc"), "invitation": thing("inv"), "membership": thing("acc")}


def _form_teams(trades: Any) -> None:
    services = trades.world.services
    for name, other in _OTHER.items():
        seller, helper = trades.things[name]["seller"], trades.things[other]["buyer"]
        trades.things[name]["member"] = helper
        trades.things[other]["membership"] = seller
        member = Member(seller, helper, "manager", trades.world.clock.now())
        filled(SellingItem(seller, f"member#{helper}"), member).save()
        SellingItem(helper, f"team#{seller}", joined_at=trades.world.clock.now().isoformat()).save()
        asked = services.teams.invite(seller, f"{name}@aval.example", "viewer", "en")
        trades.things[name]["invitation"] = asked.invite_id
    trades.things["third"]["membership"] = trades.things["first"]["seller"]
    trades.world.drain()


STAGES = {"teamed": ("open", _form_teams)}

ROWS = (
    row("POST /verifications", VERIFIED, body={"return_url": "https://aval.example/identity"}),
    row("GET /verifications/mine", VERIFIED, but={_ADMITTED: "404 verification_not_found"}),
    row("GET /verification/tiers", PUBLIC),
    row("GET /sellers/me/checklist", APPLICANT),
    row("GET /sellers/me/trader-data", APPLICANT),
    row("PUT /sellers/me/trader-data", APPLICANT, body=dict(TRADER_DATA)),
    row("GET /sellers/me/members", APPLICANT),
    row("POST /sellers/me/members", APPLICANT, body={"email": "lin@new.example", "role": "viewer"}),
    row(
        "DELETE /sellers/me/invitations/{invitation_id}",
        APPLICANT,
        _OWNERS,
        thing="invitation",
        at="teamed",
        gone="invitation_not_found",
    ),
    row(
        "PATCH /sellers/me/members/{account_id}",
        APPLICANT,
        _OWNERS,
        thing="member",
        at="teamed",
        gone="member_not_found",
        body={"role": "shipper"},
    ),
    row(
        "DELETE /sellers/me/members/{account_id}",
        APPLICANT,
        _OWNERS,
        thing="member",
        at="teamed",
        gone="member_not_found",
    ),
    row("POST /memberships", VERIFIED, body={"token": "made up"}, but={_ADMITTED: "422 invitation_invalid"}),
    row("GET /memberships", VERIFIED),
    row(
        "DELETE /memberships/{seller_id}",
        VERIFIED,
        reach(own="buyer buyer2"),
        thing="membership",
        at="teamed",
        gone="member_not_found",
    ),
)
