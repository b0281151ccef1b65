"""/policies with whole gateway events: anybody reads the rules, in their language."""

from pathlib import Path

import pytest

from tests.functions.staffing import run

EVENTS = sorted((Path(__file__).parents[2] / "events" / "policies").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


@pytest.mark.parametrize(("language", "title"), [("en", "If nobody acts"), ("es", "Si nadie actúa")])
def test_every_listed_policy_can_be_read(story, language, title):
    headers = {"Accept-Language": language}
    listed = story.get("/policies", headers=headers).json["items"]

    read = [story.get(f"/policies/{each['policy_id']}", headers=headers).json for each in listed]

    assert title in {each["title"] for each in read}
    assert all(each["text"].startswith(f"# {each['title']}") and each["version"] for each in read)
