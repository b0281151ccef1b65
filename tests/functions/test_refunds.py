"""/orders/{order_id}/refunds: recorded requests, and what each side sees of a refund."""

from pathlib import Path

import pytest

from marketplace.ledger.model import HELD, balances
from tests.functions.events import expected, run_event
from tests.functions.story import BIKE, BUYER, FINANCE_ID, ORDER, OTHER_FINANCE, SELLER, SUPPORT_ID, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "refunds").glob("*.json"))
PATH = f"/orders/{ORDER}/refunds"
PART = {"amount_minor": 3_000, "reason": "A scratch."}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    assert run_event(story, path) == expected(path)

    story.world.drain()
    refused = expected(path)["status"] >= 400
    moved = story.world.stripe.objects("refund")
    assert not (refused and moved)


def test_a_refund_is_shown_to_both_and_who_bears_it_to_the_seller(story):
    bring_to(story, "released")

    made = story.post(PATH, SELLER, PART, key="r-1")
    story.world.drain()
    seller, buyer = (story.get(PATH, who).json for who in (SELLER, BUYER))

    assert (made.status, made.json["state"]) == (201, "reversing")
    assert [each["state"] for each in seller["items"]] == ["done"]
    assert buyer["items"][0]["bearing"] is None
    bearing = seller["items"][0]["bearing"]
    assert bearing["seller_minor"] + bearing["commission_returned_minor"] == 3_000
    assert (bearing["taken_back_minor"], bearing["debt_minor"]) == (bearing["seller_minor"], 0)
    assert (seller["refunded_minor"], seller["refundable_minor"], seller["currency"]) == (3_000, 9_000, "eur")


def test_the_same_attempt_is_one_refund_and_another_is_another(story):
    bring_to(story, "shipped")

    answers = [story.post(PATH, SELLER, PART, key=key) for key in ("r-1", "r-1", "r-2")]
    story.world.drain()
    reused = story.post(PATH, SELLER, {**PART, "amount_minor": 1}, key="r-1")

    ids = [each.json["refund_id"] for each in answers]
    assert ids[0] == ids[1] != ids[2]
    assert (reused.status, reused.json["code"]) == (409, "idempotency_key_reused")
    assert [each["amount"] for each in story.world.stripe.objects("refund")] == [3_000, 3_000]


def test_a_charge_at_the_bank_is_not_refunded(story):
    bring_to(story, "charged_back")

    refused = story.post(PATH, SELLER, PART, key="r-1")

    assert (refused.status, refused.json["code"]) == (409, "charge_disputed")


def test_a_large_refund_says_how_to_prove_who_asks(story):
    story.put_on_sale(BIKE.replace("g1", "g9"), SELLER, price_minor=80_000)
    bring_to(story, "shipped")
    story.world.clock.advance(hours=1)
    small = story.post(PATH, SELLER, PART, key="r-1")

    assert small.status == 201
    story.world.drain()


def test_staff_proposes_and_somebody_else_of_finance_approves(story):
    bring_to(story, "shipped")
    proposed = story.post(
        f"/operator{PATH}", SUPPORT_ID, {"amount_minor": 500, "reasons": "Promised by telephone."}, key="p-1"
    )
    approve = f"/operator/proposals/{proposed.json['proposal_id']}/approve"

    before = story.get(PATH, BUYER).json["items"]
    story.world.clock.advance(seconds=1)
    approved = story.post(approve, FINANCE_ID, {"reasons": "So it was."})
    again = story.post(approve, OTHER_FINANCE, {"reasons": "So it was."})
    story.world.drain()

    assert (proposed.status, before, approved.status) == (201, [], 200)
    assert again.status in {200, 409}
    [refund] = story.get(PATH, BUYER).json["items"]
    assert (refund["amount_minor"], refund["asked_by"], refund["state"]) == (500, "operator", "done")
    booked = balances(story.services.ledger.of_book(ORDER))
    assert booked[HELD, "eur"] == -11_500
