"""/disputes/{id}/offers and /messages with whole gateway events, and one negotiation from offer to payment."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, DISPUTE, OPERATOR_ID, ORDER, SELLER, STRANGER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "negotiations").glob("*.json"))
OFFERS = f"/disputes/{DISPUTE}/offers"


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


@pytest.fixture
def talking(story):
    """The story's order under the second version of the process, disputed."""
    story.world.place_under(2)
    bring_to(story, "disputed")
    return story


def offer(story, who, refund_minor, **given):
    return story.post(OFFERS, who, {"refund_minor": refund_minor, "expires_in_hours": 48, **given})


def test_an_offer_is_countered_and_accepted(talking):
    first = offer(talking, SELLER, 1_000).json["offers"][0]
    second = offer(talking, BUYER, 5_000, counters=first["offer_id"]).json["offers"]
    assert [each["state"] for each in second] == ["countered", "open"]

    done = talking.post(f"{OFFERS}/{second[1]['offer_id']}/accept", SELLER)
    talking.world.drain()

    assert (done.status, done.json["decision"]["decided_by"]) == (200, "parties")
    assert talking.get(f"/orders/{ORDER}", BUYER).json["state"] == "split"
    assert [each["what"] for each in done.json["timeline"]][-1] in {"decided", "offer_accepted"}


@pytest.mark.parametrize(
    ("said", "status"),
    [({"expires_in_hours": 23}, 422), ({"expires_in_hours": 169}, 422), ({"refund_minor": -1}, 422),
     ({"refund_minor": 12_001}, 422), ({"refund_minor": "1"}, 422)],
)  # fmt: skip
def test_an_offer_out_of_bounds_changes_nothing(talking, said, status):
    assert offer(talking, SELLER, **{"refund_minor": 1_000, **said}).status == status
    assert talking.get(f"/disputes/{DISPUTE}", BUYER).json["offers"] == []


def test_strangers_find_no_dispute_and_staff_no_side_to_offer_for(talking):
    for who in (STRANGER, OPERATOR_ID):
        assert offer(talking, who, 1_000).json["code"] == "dispute_not_found"


def test_a_conversation_with_its_audiences(talking):
    path = f"/disputes/{DISPUTE}/messages"
    talking.post(path, BUYER, {"text": "Mira la foto."})
    talking.post(path, OPERATOR_ID, {"text": "Ask the carrier.", "audience": "staff"})
    talking.world.drain()

    assert [each["by"] for each in talking.get(path, SELLER).json["messages"]] == ["buyer"]
    assert [each["by"] for each in talking.get(path, OPERATOR_ID).json["messages"]] == ["buyer", "operator"]
    assert talking.get(path, STRANGER).status == 404
    assert talking.post(f"{path}/read", SELLER, {"number": 1}).json["read"] == {"seller": 1}


@pytest.mark.parametrize("text", ["", "x" * 2_001])
def test_a_message_has_a_length(talking, text):
    assert talking.post(f"/disputes/{DISPUTE}/messages", BUYER, {"text": text}).status == 422
