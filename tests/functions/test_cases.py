"""/operator/cases with whole gateway events: what waits, and who has it."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.functions.staffing import run
from tests.functions.story import DISPUTE, FINANCE_ID, OPERATOR_ID, ORDER, SELLER, SUPPORT_ID, bring_to
from tests.unit.casework.test_cases import late_not_given_back

EVENTS = sorted((Path(__file__).parents[2] / "events" / "cases").glob("*.json"))
CASE = f"dispute.{DISPUTE}"


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


def test_a_dispute_is_listed_with_its_deadline_and_found_by_every_filter(story):
    bring_to(story, "disputed")

    fitting = (
        {},
        {"kind": "dispute"},
        {"state": "disputed"},
        {"assignee": "nobody"},
        {"due_within_days": 30},
        {"order_id": ORDER},
        {"account": SELLER},
    )
    for query in fitting:
        [found] = story.get("/operator/cases", SUPPORT_ID, query=query).json["items"]
        assert (found["case_id"], found["order_id"]) == (CASE, ORDER)
        assert datetime.fromisoformat(found["due_at"]) == story.trade.order(ORDER).due_at
    others = (
        {"kind": "hold"},
        {"state": "answered"},
        {"assignee": "me"},
        {"due_within_days": 0},
        {"order_id": "ord_other"},
        {"account": SUPPORT_ID},
    )
    for query in others:
        assert story.get("/operator/cases", SUPPORT_ID, query=query).json["items"] == []


def test_money_that_could_not_be_paid_is_listed_with_its_amount_and_found_by_the_name_its_decision_takes(story):
    payment, intent_id = late_not_given_back(story.trade)

    [found] = story.get("/operator/cases", FINANCE_ID, query={"kind": "unclaimed", "due_within_days": 14}).json["items"]

    assert (found["amount_minor"], found["currency"]) == (payment.amount_minor, payment.currency)
    assert (found["accounts"], found["roles"], found["state"]) == ([payment.buyer_id], ["finance"], "buyer")
    name = intent_id.replace("#", ".")
    assert found["acts"] == [f"POST /operator/unclaimed/{name}/decision"]
    assert story.get(f"/operator/unclaimed/{name}", FINANCE_ID).json["since"] == found["opened_at"]
    assert story.call("PUT", f"/operator/cases/{found['case_id']}/assignee", FINANCE_ID).status == 200


def test_what_was_decided_waits_no_more(story):
    bring_to(story, "split")

    assert story.get("/operator/cases", SUPPORT_ID).json["items"] == []
    assert story.get(f"/operator/cases/{CASE}", SUPPORT_ID).status == 404


def test_one_takes_a_case_and_the_other_is_told_so(story):
    bring_to(story, "disputed")

    taken = story.call("PUT", f"/operator/cases/{CASE}/assignee", OPERATOR_ID)
    again = story.call("PUT", f"/operator/cases/{CASE}/assignee", OPERATOR_ID)
    other = story.call("PUT", f"/operator/cases/{CASE}/assignee", SUPPORT_ID)
    left = story.call("DELETE", f"/operator/cases/{CASE}/assignee", OPERATOR_ID)

    assert taken.json["case"]["assignee"] == again.json["case"]["assignee"] == OPERATOR_ID
    assert (other.status, other.json["code"]) == (409, "case_taken")
    assert left.json["case"]["assignee"] is None


def test_notes_are_kept_in_order(story):
    bring_to(story, "disputed")
    for text in ("Called.", "Answered."):
        story.post(f"/operator/cases/{CASE}/notes", SUPPORT_ID, {"text": text})
        story.world.clock.advance(seconds=1)

    notes = story.get(f"/operator/cases/{CASE}", FINANCE_ID).json["notes"]

    assert [(each["by"], each["text"]) for each in notes] == [(SUPPORT_ID, "Called."), (SUPPORT_ID, "Answered.")]


def test_a_case_says_in_the_readers_language_what_silence_does_and_how_it_ends(story):
    bring_to(story, "disputed")

    [es] = story.get("/operator/cases", SUPPORT_ID, headers={"Accept-Language": "es"}).json["items"]
    [en] = story.get("/operator/cases", SUPPORT_ID, headers={"Accept-Language": "en"}).json["items"]

    assert es["acts"] == en["acts"] == [f"POST /disputes/{DISPUTE}/decision"]
    assert (es["what"], en["what"]) == ("Una disputa", "A dispute")
    assert es["if_nobody_acts"] != en["if_nobody_acts"]
