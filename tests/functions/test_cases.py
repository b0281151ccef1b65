"""/operator/cases with whole gateway events: what waits, who has it, and the whole history of an order."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.functions.staffing import run
from tests.functions.story import ADMIN_ID, BUYER, DISPUTE, FINANCE_ID, OPERATOR_ID, ORDER, SUPPORT_ID, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "cases").glob("*.json"))
CASE = f"dispute.{DISPUTE}"


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


def test_a_dispute_is_listed_with_its_deadline_and_found_by_every_filter(story):
    bring_to(story, "disputed")

    for query in ({}, {"kind": "dispute"}, {"state": "disputed"}, {"assignee": "nobody"}, {"due_within_days": 30}):
        [found] = story.get("/operator/cases", SUPPORT_ID, query=query).json["items"]
        assert (found["case_id"], found["order_id"]) == (CASE, ORDER)
        assert datetime.fromisoformat(found["due_at"]) == story.trade.order(ORDER).due_at
    for query in ({"kind": "hold"}, {"state": "answered"}, {"assignee": "me"}, {"due_within_days": 0}):
        assert story.get("/operator/cases", SUPPORT_ID, query=query).json["items"] == []


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


def test_a_timeline_joins_every_areas_record_in_the_order_of_time(story):
    bring_to(story, "split")

    found = story.get(f"/operator/orders/{ORDER}/timeline", ADMIN_ID).json["items"]

    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert {"order", "ledger", "dispute", "decision", "screening"} <= {each["source"] for each in found}
    assert not any("operator_id" in each["facts"] for each in found)


def test_the_parties_do_not_read_the_staffs_timeline(story):
    bring_to(story, "paid")

    assert story.get(f"/operator/orders/{ORDER}/timeline", BUYER).status == 403
