"""/operator/intents: recorded requests, over a refund that the buyer's bank sent back."""

import json
from pathlib import Path

import pytest

from tests.fakes.http import invoke_file
from tests.functions.events import expected
from tests.functions.story import FINANCE_ID, ORDER, OTHER_FINANCE, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "intents").glob("*.json"))


def refunded_in_part(story):
    bring_to(story, "shipped")
    story.post(f"/orders/{ORDER}/refunds", SELLER, {"amount_minor": 3_000, "reason": "A scratch."}, key="r-1")
    story.world.drain()


def came_back_just_now(story):
    refunded_in_part(story)
    story.world.stripe.fail_refund(story.world.stripe.objects("refund")[0]["id"])
    story.world.drain()


def came_back(story):
    came_back_just_now(story)
    story.world.clock.advance(minutes=2)


GIVEN = {each.__name__: each for each in (refunded_in_part, came_back_just_now, came_back)}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    GIVEN[json.loads(path.read_text())["given"]](story)

    reply = invoke_file(story.api.apps["intents"], path)

    assert {"status": reply.status, "code": (reply.json or {}).get("code")} == expected(path)


def test_what_is_shown_is_enough_to_decide(story):
    came_back(story)

    [listed] = story.get("/operator/intents", FINANCE_ID).json["items"]
    case = story.get(f"/operator/intents/{listed['intent_id']}", FINANCE_ID).json

    assert (listed["kind"], listed["state"], listed["order_id"]) == ("refund", "parked", ORDER)
    assert (listed["amount_minor"], listed["attempt"]) == (3_000, 0)
    assert listed["reason"] == "refund_came_back:expired_or_canceled_card"
    assert listed["stripe_object"].startswith("re_")
    assert (case["stripe_shows"], case["stripe_answered"]) == (None, True)


def test_two_people_send_it_again(story):
    came_back(story)
    [listed] = story.get("/operator/intents", FINANCE_ID).json["items"]
    path = f"/operator/intents/{listed['intent_id']}"

    proposed = story.post(f"{path}/retry", FINANCE_ID, {"reasons": "The buyer has a new card."})
    approved = story.post(
        f"/operator/proposals/{proposed.json['proposal_id']}/approve", OTHER_FINANCE, {"reasons": "I called them."}
    )
    story.world.sweep()

    assert (proposed.status, approved.status) == (201, 200)
    assert story.get("/operator/intents", FINANCE_ID).json["items"] == []
    assert story.get(f"/orders/{ORDER}/refunds", SELLER).json["items"][0]["state"] == "done"
