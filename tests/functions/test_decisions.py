"""/decisions with whole gateway events: each reads what was decided about them, and no more."""

from pathlib import Path

import pytest

from tests.functions.staffing import run, suspend
from tests.functions.story import BUYER, OTHER_BUYER, SUPPORT_ID

EVENTS = sorted((Path(__file__).parents[2] / "events" / "decisions").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


@pytest.mark.parametrize(
    ("language", "decision"), [("en", "Selling is suspended."), ("es", "La venta queda suspendida.")]
)
def test_a_decision_reads_in_the_readers_language(story, language, decision):
    suspend(story, "selling")

    [listed] = story.get("/decisions", BUYER, headers={"Accept-Language": language}).json["items"]
    read = story.get(f"/decisions/{listed['decision_id']}", BUYER, headers={"Accept-Language": language}).json

    assert listed == read
    assert (read["decision"], read["ground"], read["reasons"]) == (decision, "3.1", "Copias.")
    assert (read["automated_decision"], read["redress_route"]) == (False, "POST /account/standing/appeal")
    assert "acc_" not in read["decided_by"]


def test_nobody_else_reads_it(story):
    suspend(story, "selling")
    [listed] = story.get("/decisions", BUYER).json["items"]

    reply = story.get(f"/decisions/{listed['decision_id']}", OTHER_BUYER)

    assert (reply.status, reply.json["code"]) == (404, "decision_not_found")
    assert story.get("/decisions", OTHER_BUYER).json["items"] == []


def test_staff_reads_it_by_what_it_is_about(story):
    suspend(story, "selling")

    [found] = story.get("/operator/decisions", SUPPORT_ID, query={"about": BUYER}).json["items"]

    assert found["kind"] == "selling.suspended"
