"""/webhooks/carriers/{carrier} with whole gateway events."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, ORDER, SELLER, Story

EVENTS = sorted((Path(__file__).parents[2] / "events" / "carrier_webhook").glob("*.json"))


def _disputed(story: Story) -> None:
    story.world.place_under(2)
    story.reach("shipped")
    story.services.disputes.open(ORDER, BUYER, "not_received", "Where is it?", None)


WAYS = {"disputed before it came": _disputed}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path, WAYS)


def test_a_delivery_is_seen_on_the_order_with_where_the_word_comes_from(story):
    story.world.place_under(2)
    delivered = next(path for path in EVENTS if path.stem == "delivered")
    run_event(story, delivered)
    run_event_again = story.get(f"/orders/{ORDER}", SELLER).json

    assert (run_event_again["state"], run_event_again["delivered_by"]) == ("delivered", "carrier")
    assert run_event_again["promised"]["late_delivery"] is False
    assert run_event_again["timeline"][-1]["facts"] == {"carrier": "correos", "event_id": "e1"}


def test_a_delivery_during_a_dispute_is_seen_on_the_order_that_it_does_not_move(story):
    run_event(story, next(path for path in EVENTS if path.stem == "delivered_during_a_dispute"), WAYS)
    shown = story.get(f"/orders/{ORDER}", SELLER).json

    assert (shown["state"], shown["delivered_by"]) == ("disputed", "carrier")


def test_a_sellers_kept_promises_are_shown_to_everybody(story):
    story.reach("shipped")

    shown = story.get(f"/sellers/{SELLER}", None).json["punctuality"]

    assert shown == {"shipped_on_time": 1, "shipped_late": 0, "delivered_on_time": 0, "delivered_late": 0}
