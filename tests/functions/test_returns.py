"""/returns: recorded requests, and a return as both sides see it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.returns.rules import Wanted
from tests.functions.events import expected, run_event
from tests.functions.story import BIKE, BUYER, ORDER, SELLER, Story, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "returns").glob("*.json"))
RETURN = derived_id("rtn", BUYER, ORDER, "rt-1")
PATH = f"/orders/{ORDER}/returns"
ONE = {"lines": [{"listing_id": BIKE, "quantity": 1}]}


def _ask(story: Story) -> None:
    bring_to(story, "delivered")
    story.services.returns.ask(ORDER, BUYER, (Wanted(BIKE, 1),), "", Idempotency("rt-1", "fingerprint"))


def _send(story: Story) -> None:
    _ask(story)
    story.services.returns.send(RETURN, BUYER, "correos", "RR1")


def _deduct(story: Story) -> None:
    _send(story)
    story.services.returns.receive(RETURN, SELLER, restock=False, deduction_minor=2_000, reasons="A broken wheel.")


def _contest(story: Story) -> None:
    _deduct(story)
    story.services.returns.answer_deduction(RETURN, BUYER, accept=False)


WAYS: Mapping[str, Callable[[Story], None]] = {
    "asked": _ask,
    "sent": _send,
    "deducted": _deduct,
    "contested": _contest,
    "shipped": lambda story: bring_to(story, "shipped"),
    "delivered": lambda story: bring_to(story, "delivered"),
    "disputed": lambda story: bring_to(story, "disputed"),
}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    assert run_event(story, path, WAYS) == expected(path)

    story.world.drain()


def test_what_is_quoted_is_what_is_refunded(story):
    bring_to(story, "delivered")
    quoted = story.post(f"{PATH}/quote", BUYER, ONE).json
    asked = story.post(PATH, BUYER, ONE, key="rt-1").json
    story.post(f"/returns/{RETURN}/sent", BUYER, {"carrier": "correos", "tracking_number": "RR1"})
    ended = story.post(f"/returns/{RETURN}/received", SELLER, {"restock": True}).json
    story.world.drain()

    shown = (quoted["refund_minor"], quoted["return_shipping_paid_by"], quoted["kind"])
    assert shown == (12_000, "buyer", "withdrawal")
    assert asked["quoted_minor"] == ended["refund_minor"] == 12_000
    assert ended["outcome"] == "refunded"
    assert [each["amount"] for each in story.world.stripe.objects("refund")] == [12_000]
    assert story.stock() == 3
    assert story.order().state == "refunded"


def test_both_sides_see_the_deadline_and_what_silence_means(story):
    _ask(story)
    buyer, seller = (story.get(f"/returns/{RETURN}", who).json for who in (BUYER, SELLER))

    assert buyer["allowed_actions"] == ["send", "cancel"]
    assert seller["allowed_actions"] == ["receive", "deduct"]
    assert "Not sent back in time" in buyer["if_nobody_acts"]
    assert buyer["due_at"] == seller["due_at"]
    assert story.get(PATH, SELLER).json["items"][0]["return_id"] == RETURN


def test_a_return_freezes_its_order(story):
    _ask(story)

    assert story.order().state == "return_open"


def test_a_return_leaves_an_order_of_the_first_process_as_it_is(story):
    story.world.place_under(1)

    _ask(story)

    assert story.order().state == "delivered"
