"""/sellers/me/members and /memberships through their Chalice app, with whole API Gateway events."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, OTHER_BUYER, SELLER, STRANGER, Story

EVENTS = sorted((Path(__file__).parents[2] / "events" / "members").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(story: Story, path: Path) -> None:
    assert run_event(story, path) == expected(path)


def mailed_token(story: Story, address: str) -> str:
    [mail] = [mail for mail in story.world.mails if mail.to == address and "/team/accept" in mail.body]
    return mail.body.split("?token=")[1].split()[0]


def test_from_the_invitation_to_the_last_day(story: Story) -> None:
    address = f"{BUYER[-2:]}@aval.example"
    asked = story.post("/sellers/me/members", SELLER, {"email": address.upper(), "role": "shipper"})
    story.world.drain()
    waiting = story.get("/sellers/me/members", SELLER)
    token = {"token": mailed_token(story, address)}
    stolen = story.post("/memberships", STRANGER, token)
    joined = story.post("/memberships", BUYER, token)
    teams = story.get("/memberships", BUYER)
    acting = story.get("/listings/mine", BUYER, headers={"Aval-Seller": SELLER})
    promoted = story.call("PATCH", f"/sellers/me/members/{BUYER}", SELLER, {"role": "manager"})
    team = story.get("/sellers/me/members", SELLER)
    removed = story.call("DELETE", f"/sellers/me/members/{BUYER}", SELLER)
    after = story.get("/listings/mine", BUYER, headers={"Aval-Seller": SELLER})

    assert (asked.status, asked.json["email"], asked.json["role"]) == (201, address, "shipper")
    assert [each["email"] for each in waiting.json["invitations"]] == [address]
    assert (stolen.status, stolen.json["code"]) == (422, "invitation_invalid")
    assert (joined.status, joined.json["seller_id"]) == (201, SELLER)
    assert [each["role"] for each in teams.json["teams"]] == ["shipper"]
    assert acting.status == 200
    assert promoted.json["role"] == "manager"
    assert team.json["invitations"] == []
    assert [(each["account_id"], each["role"]) for each in team.json["members"]] == [(BUYER, "manager")]
    assert removed.status == 204
    assert (after.status, after.json["code"]) == (404, "team_not_found")


def test_an_invitation_is_taken_back(story: Story) -> None:
    address = f"{BUYER[-2:]}@aval.example"
    asked = story.post("/sellers/me/members", SELLER, {"email": address, "role": "viewer"})
    story.world.drain()

    gone = story.call("DELETE", f"/sellers/me/invitations/{asked.json['invitation_id']}", SELLER)
    late = story.post("/memberships", BUYER, {"token": mailed_token(story, address)})

    assert (gone.status, late.status) == (204, 422)


def test_a_known_and_an_unknown_address_are_answered_alike(story: Story) -> None:
    known, unknown = (
        story.post("/sellers/me/members", SELLER, {"email": address, "role": "viewer"})
        for address in (f"{BUYER[-2:]}@aval.example", "zz@aval.example")
    )

    def shape(reply):
        return {name: value for name, value in reply.json.items() if name not in {"invitation_id", "email"}}

    assert (known.status, shape(known), len(known.text)) == (unknown.status, shape(unknown), len(unknown.text))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sellers/me/members", {"email": "a@aval.example", "role": "viewer"}),
        ("PATCH", f"/sellers/me/members/{OTHER_BUYER}", {"role": "viewer"}),
        ("DELETE", f"/sellers/me/members/{OTHER_BUYER}", None),
        ("PUT", "/sellers/me/trader-data", None),
    ],
)
def test_a_team_is_changed_only_by_who_proved_it_a_moment_ago(story: Story, method: str, path: str, body) -> None:
    story.world.clock.advance(minutes=6)

    reply = story.call(method, path, SELLER, body)

    assert (reply.status, reply.json["code"]) == (403, "step_up_required")


@pytest.mark.parametrize("role", ["owner", "", "MANAGER", "admin"])
def test_only_the_parts_that_there_are_can_be_given(story: Story, role: str) -> None:
    assert story.post("/sellers/me/members", SELLER, {"email": "a@aval.example", "role": role}).status == 422
