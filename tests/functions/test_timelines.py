"""/orders/{id}/timeline with whole gateway events: to the parties what concerns them, to staff everything."""

from pathlib import Path

import pytest

from tests.functions.staffing import run
from tests.functions.story import ADMIN_ID, BUYER, ORDER, OTHER_BUYER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "timelines").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


def test_a_timeline_joins_every_areas_record_in_the_order_of_time(story):
    bring_to(story, "split")

    found = story.get(f"/operator/orders/{ORDER}/timeline", ADMIN_ID).json["items"]

    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert {"order", "ledger", "dispute", "decision", "screening"} <= {each["source"] for each in found}
    assert not any("operator_id" in each["facts"] for each in found)


def test_the_parties_do_not_read_the_staffs_timeline_and_nobody_else_reads_theirs(story):
    bring_to(story, "paid")

    assert story.get(f"/operator/orders/{ORDER}/timeline", BUYER).status == 403
    assert story.get(f"/orders/{ORDER}/timeline", BUYER).status == 200
    assert story.get(f"/orders/{ORDER}/timeline", SELLER).status == 200
    for other in (OTHER_BUYER, ADMIN_ID):
        assert story.get(f"/orders/{ORDER}/timeline", other).json["code"] == "order_not_found"


def test_a_cursor_that_nobody_gave_is_refused(story):
    bring_to(story, "paid")

    for cursor in ("x", "-1", "1.5", "9999999"):
        reply = story.get(f"/orders/{ORDER}/timeline", BUYER, query={"cursor": cursor})
        assert 400 <= reply.status < 500, cursor
