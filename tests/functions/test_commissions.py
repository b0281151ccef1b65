"""/operator/sellers/{id}/commission with whole gateway events: what one proposes and another agrees to."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import FINANCE_ID, OTHER_FINANCE, SELLER

EVENTS = sorted((Path(__file__).parents[2] / "events" / "commissions").glob("*.json"))
PATH = f"/operator/sellers/{SELLER}/commission"
AGREED = {"percent_bps": 100, "fixed_minor": {"eur": 20}, "max_minor": {"eur": 500}, "reasons": "By contract."}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_is_answered_as_it_says(story, path):
    assert run_event(story, path) == expected(path)


def propose(story, body=AGREED, key="one"):
    return story.call("PUT", PATH, FINANCE_ID, body, key=key)


def approve(story, proposal, who=OTHER_FINANCE):
    return story.post(f"/operator/proposals/{proposal['proposal_id']}/approve", who, {"reasons": "I read it."})


def test_nothing_changes_before_a_second_person_agrees(story):
    proposed = propose(story)

    assert proposed.status == 201
    assert story.placed().orders[0].commission_minor == 960
    assert approve(story, proposed.json, FINANCE_ID).status == 403


def test_an_approved_agreement_counts_for_the_next_order(story):
    proposed = propose(story).json

    assert approve(story, proposed).status == 200

    [order] = story.placed().orders
    assert (order.commission_minor, order.line_fees[0].rule_id) == (140, proposed["proposal_id"])
    fees = story.get("/sellers/me/fees", SELLER).json
    assert (fees["agreement"]["percent_bps"], fees["agreement"]["fixed_minor"]) == (100, {"eur": 20})


def test_an_agreement_is_ended_the_same_way(story):
    approve(story, propose(story).json)
    story.world.clock.advance(seconds=1)

    approve(story, propose(story, {"percent_bps": None, "reasons": "It ended."}, key="two").json)

    assert story.get("/sellers/me/fees", SELLER).json["agreement"] is None


def test_a_repeated_proposal_is_the_same_one(story):
    assert propose(story).json["proposal_id"] == propose(story).json["proposal_id"]
