"""/operator/unclaimed: recorded requests, over a refund that the buyer's bank sent back and two people closed."""

import json
from pathlib import Path

import pytest

from tests.fakes.http import invoke_file
from tests.functions.events import expected
from tests.functions.story import FINANCE_ID, ORDER, OTHER_FINANCE
from tests.functions.test_intents import came_back

EVENTS = sorted((Path(__file__).parents[2] / "events" / "unclaimed").glob("*.json"))


def kept_apart(story):
    came_back(story)
    [listed] = story.get("/operator/intents", FINANCE_ID).json["items"]
    agreed(story, f"/operator/intents/{listed['intent_id']}/close", {"reasons": "Their card is gone."})


def agreed(story, path, body):
    proposed = story.post(path, FINANCE_ID, body).json["proposal_id"]
    story.post(f"/operator/proposals/{proposed}/approve", OTHER_FINANCE, {"reasons": "I called them."})
    story.world.sweep()


GIVEN = {each.__name__: each for each in (came_back, kept_apart)}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    GIVEN[json.loads(path.read_text())["given"]](story)

    reply = invoke_file(story.api.apps["unclaimed"], path)

    assert {"status": reply.status, "code": (reply.json or {}).get("code")} == expected(path)


def test_two_people_return_it_to_the_buyer(story):
    kept_apart(story)
    [listed] = story.get("/operator/unclaimed", FINANCE_ID).json["items"]

    agreed(story, f"/operator/unclaimed/{listed['name']}/decision", {"to": "buyer", "reasons": "A new card."})
    after = story.get(f"/operator/unclaimed/{listed['name']}", FINANCE_ID).json

    assert (listed["whose"], listed["stage"], listed["order_id"]) == ("buyer", "waiting", ORDER)
    assert after["stage"] == "sent"
    assert story.get("/operator/unclaimed", FINANCE_ID).json["items"] == []
    assert [each["status"] for each in story.world.stripe.objects("refund")].count("succeeded") == 1


def test_two_people_say_that_it_was_paid_outside(story):
    kept_apart(story)
    [listed] = story.get("/operator/unclaimed", FINANCE_ID).json["items"]
    said = {"to": "paid_outside", "bank_reference": "AVAL-2026-000123", "reasons": "No card takes it."}

    agreed(story, f"/operator/unclaimed/{listed['name']}/decision", said)
    after = story.get(f"/operator/unclaimed/{listed['name']}", FINANCE_ID).json

    assert (after["stage"], after["bank_reference"], after["sent_as"]) == ("paid_outside", "AVAL-2026-000123", None)
    assert story.get("/operator/unclaimed", FINANCE_ID).json["items"] == []
    assert [each["status"] for each in story.world.stripe.objects("refund")].count("succeeded") == 0
