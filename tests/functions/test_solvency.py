"""/solvency with whole gateway events: anybody reads the statement, each gets the proof of their own."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, ORDER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "solvency").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_is_answered_as_it_says(story, path):
    story.services.solvency.run()

    assert run_event(story, path) == expected(path)


def test_before_the_first_night_there_is_no_statement(story):
    assert story.get("/solvency/latest").json["code"] == "solvency_not_found"


def test_the_proof_carries_what_it_takes_to_check_it(story):
    bring_to(story, "shipped")
    story.services.solvency.run()

    proof = story.get("/solvency/latest/proof", BUYER).json

    assert [each["claim"] for each in proof["proofs"]] == [f"held:{ORDER}"]
    assert proof["text"] == story.get("/solvency/latest").json["text"]
    assert proof["public_key"]
