"""/operator/capital: recorded requests, and what they say."""

import json
from pathlib import Path

import pytest

from marketplace.payments.model import IntentState, transfer_intent_id
from marketplace.payouts.switch import EVERYTHING
from tests.crash.correction_deeds import taken
from tests.fakes.http import invoke_file
from tests.fakes.spoilt_rows import spoilt
from tests.functions.events import expected
from tests.functions.story import BUYER, FINANCE_ID, ORDER, OTHER_FINANCE, bring_to
from tests.unit.payouts.test_later_holds import stop

EVENTS = sorted((Path(__file__).parents[2] / "events" / "capital").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    bring_to(story, json.loads(path.read_text())["given"])

    reply = invoke_file(story.api.apps["capital"], path)

    assert {"status": reply.status, "code": (reply.json or {}).get("code")} == expected(path)


def test_finance_reads_what_was_put_in_and_what_may_leave(story):
    bring_to(story, "delivered")
    before = story.get("/operator/capital", FINANCE_ID).json["currencies"]["eur"]
    topup = story.world.stripe_client().v1.topups.create({"amount": 7_000, "currency": "eur"})
    story.world.stripe.close_topup(topup.id)
    story.world.drain()

    after = story.get("/operator/capital", FINANCE_ID).json["currencies"]["eur"]

    assert (before["put_in_minor"], before["may_leave_minor"]) == (0, 0)
    assert before["missing_minor"] > 0  # Stripe's fee, until the commission comes
    assert after["put_in_minor"] == 7_000
    assert after["may_leave_minor"] == 7_000 - before["missing_minor"]
    assert after["total_owed_minor"] == before["total_owed_minor"]


def test_what_waits_under_a_stop_was_not_called_and_may_not_leave(story):
    bring_to(story, "delivered")
    stop(story.world, EVERYTHING)
    story.services.orders.confirm(ORDER, BUYER)
    story.world.drain()

    euros = story.get("/operator/capital", FINANCE_ID).json["currencies"]["eur"]

    assert story.services.payment_store.intent(transfer_intent_id(ORDER)).state is IntentState.OPEN
    assert (euros["moving_minor"], euros["may_leave_minor"]) == (0, 0)


def test_books_of_which_a_row_makes_no_sense_are_told_as_such_and_name_the_row(story):
    bring_to(story, "delivered")

    with spoilt(ORDER):
        told = story.get("/operator/capital", FINANCE_ID)

    assert (told.status, told.json["code"]) == (409, "books_unreadable")
    assert told.json["facts"] == {"seen": f"the postings of {ORDER}/capture do not sum to zero: [12001, -12000]"}
    assert story.get("/operator/capital", FINANCE_ID).status == 200


def test_what_stripe_took_by_itself_is_booked_when_a_second_person_agrees(story):
    name = taken(story.trade, -300)
    asked = {"transaction_id": name, "reasons": "Stripe's invoice of October."}

    made = [story.post("/operator/capital/corrections", FINANCE_ID, asked, key="one-attempt") for _ in range(2)]
    proposal = made[0].json
    decide = f"/operator/proposals/{proposal['proposal_id']}/approve"
    agreed = [story.post(decide, who, {"reasons": "So it is."}) for who in (FINANCE_ID, OTHER_FINANCE, OTHER_FINANCE)]
    again = story.post("/operator/capital/corrections", FINANCE_ID, asked, key="another-attempt")

    assert [each.status for each in (*made, *agreed, again)] == [201, 201, 403, 200, 200, 409]
    assert (proposal["facts"]["amount_minor"], again.json["code"]) == (-300, "in_the_books")
