"""/account/standing with whole gateway events: what a suspended person reads and says."""

from pathlib import Path

import pytest

from marketplace.accounts.model import Session, digest, session_token
from tests.functions.staffing import run, suspend
from tests.functions.story import BUYER

EVENTS = sorted((Path(__file__).parents[2] / "events" / "standing").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


@pytest.fixture
def token(story):
    """A session that the suspended buyer opened afterwards."""
    suspend(story)
    now, store = story.world.clock.now(), story.services.account_store
    epoch = store.read(BUYER).session_epoch
    session = Session(BUYER, digest("t" * 43), epoch, "tests", now, now, now.replace(year=now.year + 1))
    story.services.transactions.commit([store.open_session(session)])
    return session_token(BUYER, "t" * 43)


@pytest.mark.parametrize(
    ("language", "redress"), [("en", "POST /account/standing/appeal"), ("es", "Puedes reclamar contra esta decisión")]
)
def test_a_suspended_person_reads_the_ground_the_reasons_and_what_can_be_done(story, token, language, redress):
    found = story.api.get("/account/standing", token=token, headers={"Accept-Language": language}).json

    [receipt] = found["receipts"]
    assert found["suspended"] == "account"
    assert (receipt["decision"], receipt["clause"], receipt["reasons"]) == ("suspended", "3.1", "Copias.")
    assert receipt["automated"] is False
    assert redress in receipt["redress"]
    assert "decided_by" not in receipt


def test_a_suspended_person_appeals_once_and_does_nothing_else(story, token):
    said = {"statement": "They are real."}

    first = story.api.post("/account/standing/appeal", said, token=token)
    second = story.api.post("/account/standing/appeal", said, token=token)
    elsewhere = story.api.get("/orders", token=token)

    assert (first.status, first.json["appeal"]) == (201, "waiting")
    assert (second.status, second.json["code"]) == (409, "appeal_made")
    assert (elsewhere.status, elsewhere.json["code"]) == (403, "account_suspended")


def test_who_is_in_good_standing_reads_that(story):
    assert story.get("/account/standing", BUYER).json == {"suspended": None, "appeal": None, "receipts": []}
