"""/operator/chargebacks and what a bank asks of an order: recorded requests, over a payment that a bank took back."""

import json
from pathlib import Path

import pytest

from tests.fakes.http import invoke_file
from tests.functions.events import expected
from tests.functions.story import BUYER, FINANCE_ID, ORDER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "chargebacks").glob("*.json"))


def taken_back(story):
    bring_to(story, "shipped")
    [charge] = story.world.stripe.objects("charge")
    story.world.stripe.open_dispute(charge["id"], reason="product_not_received")
    story.world.drain()


GIVEN = {each.__name__: each for each in (taken_back,)}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    GIVEN[json.loads(path.read_text())["given"]](story)

    reply = invoke_file(story.api.apps["chargebacks"], path)

    assert {"status": reply.status, "code": (reply.json or {}).get("code")} == expected(path)


def test_finance_sees_the_evidence_sends_it_once_and_finds_the_case_with_the_bank(story):
    taken_back(story)
    [listed] = story.get("/operator/chargebacks", FINANCE_ID).json["items"]
    path = f"/operator/chargebacks/{listed['dispute_id']}"

    shown = story.post(f"{path}/evidence", FINANCE_ID, {"submit": False}).json
    sent = story.post(f"{path}/evidence", FINANCE_ID, {"submit": True})
    again = story.post(f"{path}/evidence", FINANCE_ID, {"submit": True})
    [at_bank] = story.get("/operator/chargebacks", FINANCE_ID, query={"state": "at_bank"}).json["items"]

    assert (listed["kind"], listed["answer"], listed["answer_by"] is not None) == ("chargeback", "none", True)
    assert shown["evidence"]["product_description"]
    assert (sent.status, sent.json["answer"]) == (200, "sent")
    assert (again.status, again.json["code"]) == (409, "evidence_already_sent")
    assert at_bank["dispute_id"] == listed["dispute_id"]
    assert story.get(path, FINANCE_ID).json["evidence"] == sent.json["evidence"]


def test_both_sides_read_in_their_words_what_the_bank_does(story):
    taken_back(story)

    [buyer] = story.get(f"/orders/{ORDER}/bank", BUYER).json["items"]
    [seller] = story.get(f"/orders/{ORDER}/bank", SELLER).json["items"]

    assert (buyer["state"], buyer["answer_by"]) == ("taken", None)
    assert seller["answer_by"]
