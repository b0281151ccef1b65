"""/operator/proposals with whole gateway events: one proposes, another decides."""

from pathlib import Path

import pytest

from tests.functions.staffing import chief, run, two_administrators
from tests.functions.story import ADMIN_ID, COLLEAGUE, OPERATOR_ID, OTHER_ADMIN, SUPPORT_ID

EVENTS = sorted((Path(__file__).parents[2] / "events" / "proposals").glob("*.json"))
WHY = {"reasons": "Needed for the case."}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


@pytest.fixture
def proposal(story):
    """Somebody's appointment to finance, which takes two administrators."""
    two_administrators(story)
    asked = {"role": "finance", **WHY}
    reply = story.post(f"/operator/accounts/{COLLEAGUE}/roles", ADMIN_ID, asked, key="1")
    assert reply.json["roles"] == []
    return reply.json["proposal_id"]


def test_a_second_administrator_makes_it_happen(story, proposal):
    reply = story.post(f"/operator/proposals/{proposal}/approve", OTHER_ADMIN, WHY)

    assert reply.status == 200
    assert (reply.json["state"], reply.json["proposed_by"], reply.json["decided_by"]) == (
        "approved",
        ADMIN_ID,
        OTHER_ADMIN,
    )
    assert story.services.account_store.read(COLLEAGUE).roles == {"finance"}


@pytest.mark.parametrize(
    ("who", "code"), [(ADMIN_ID, "own_proposal"), (SUPPORT_ID, "forbidden"), (OPERATOR_ID, "forbidden")]
)
def test_nobody_else_approves(story, proposal, who, code):
    reply = story.post(f"/operator/proposals/{proposal}/approve", who, WHY)

    assert (reply.status, reply.json["code"]) == (403, code)
    assert story.services.account_store.read(COLLEAGUE).roles == frozenset()


def test_a_declined_proposal_stays_declined_and_is_listed_so(story, proposal):
    declined = story.post(f"/operator/proposals/{proposal}/decline", OTHER_ADMIN, WHY)
    late = story.post(f"/operator/proposals/{proposal}/approve", OTHER_ADMIN, WHY)

    assert (declined.json["state"], late.json["code"]) == ("declined", "proposal_decided")
    listed = story.get("/operator/proposals", SUPPORT_ID, query={"state": "declined"}).json["items"]
    assert [each["proposal_id"] for each in listed] == [proposal]
    assert story.get("/operator/proposals", SUPPORT_ID).json["items"] == []


def test_a_proposal_is_read_in_the_reader_s_language_with_its_reasons(story, proposal):
    spanish = story.get(f"/operator/proposals/{proposal}", SUPPORT_ID, headers={"Accept-Language": "es"}).json
    english = story.get(f"/operator/proposals/{proposal}", SUPPORT_ID, headers={"Accept-Language": "en"}).json

    assert (spanish["title"], english["title"]) == ("Conceder una función", "Grant a role")
    assert english["reasons"] == WHY["reasons"]
    assert english["approvers"] == ["admin"]
    assert english["facts"] == {"role": "finance", "dismissals": 0}


def test_what_nobody_decided_in_a_week_has_expired(story, proposal):
    story.world.clock.advance(days=7)
    read = story.get(f"/operator/proposals/{proposal}", OTHER_ADMIN).json

    made = story.services.approvals
    with pytest.raises(Exception, match="proposal_expired"):
        made.approve(proposal, chief(story, OTHER_ADMIN), "Too late.")
    assert read["state"] == "expired"


def test_an_old_session_steps_up_before_it_approves(story, proposal):
    story.world.clock.advance(minutes=5, seconds=1)

    reply = story.post(f"/operator/proposals/{proposal}/approve", OTHER_ADMIN, WHY)

    assert (reply.status, reply.json["code"]) == (403, "step_up_required")
