"""/aftersales: recorded requests, and exchanges and claims as both sides see them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.returns.guarantee import Claimed
from marketplace.returns.rules import Wanted
from tests.functions.events import expected, run_event
from tests.functions.story import BIKE, BUYER, ORDER, SELLER, Story, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "aftersales").glob("*.json"))
RETURN = derived_id("rtn", BUYER, ORDER, "rt-1")
KEY = Idempotency("rt-1", "fingerprint")
ONE = {"lines": [{"listing_id": BIKE, "quantity": 1}]}
CLAIM = {"line": {"listing_id": BIKE, "quantity": 1}, "lack": "The brake does not hold."}


def _delivered(story: Story) -> None:
    story.world.place_under(2)
    bring_to(story, "delivered")


def _ask(story: Story) -> None:
    _delivered(story)
    story.services.returns.ask_exchange(ORDER, BUYER, (Wanted(BIKE, 1),), "", KEY)


def _agree(story: Story) -> None:
    _ask(story)
    story.services.returns.answer_exchange(RETURN, SELLER, accept=True)


def _sent(story: Story) -> None:
    _agree(story)
    story.services.returns.send(RETURN, BUYER, "correos", "RR1")


def _missing(story: Story) -> None:
    _sent(story)
    story.services.returns.report_missing(RETURN, SELLER, "Nothing came.")


def _back(story: Story) -> None:
    _agree(story)
    story.services.returns.send(RETURN, BUYER, "correos", "RR1")
    story.services.returns.receive(RETURN, SELLER, restock=False)


def _replaced(story: Story) -> None:
    _back(story)
    story.services.returns.send_replacement(RETURN, SELLER, "correos", "RP1")


def _unproven(story: Story) -> None:
    _replaced(story)
    story.hold()
    story.world.clock.advance(days=14)
    story.world.sweep()


def _claim(story: Story) -> None:
    _delivered(story)
    said = Claimed("The brake does not hold.", "repair")
    story.services.returns.ask_claim(ORDER, BUYER, Wanted(BIKE, 1), said, KEY)


def _offer(story: Story) -> None:
    _claim(story)
    story.services.returns.offer_remedy(RETURN, SELLER, "price_reduction", 1_500, "It is small.")


def _refuse(story: Story) -> None:
    _claim(story)
    story.services.returns.refuse_claim(RETURN, SELLER, "It was whole.")


def _review(story: Story) -> None:
    _delivered(story)
    story.services.orders.confirm(ORDER, BUYER)
    story.world.drain()
    said = Claimed("The brake does not hold.", "repair")
    story.services.returns.ask_claim(ORDER, BUYER, Wanted(BIKE, 1), said, KEY)
    story.services.returns.refuse_claim(RETURN, SELLER, "It was whole.")
    story.services.returns.escalate_claim(RETURN, BUYER, "damaged", "It broke.")


WAYS: Mapping[str, Callable[[Story], None]] = {
    "shipped": lambda story: bring_to(story, "shipped"),
    "delivered": _delivered,
    "exchange asked": _ask,
    "exchange agreed": _agree,
    "exchange sent back": _sent,
    "exchange missing": _missing,
    "exchange back": _back,
    "replacement sent": _replaced,
    "replacement unproven": _unproven,
    "claimed": _claim,
    "remedy offered": _offer,
    "claim refused": _refuse,
    "claim reviewed": _review,
}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    assert run_event(story, path, WAYS) == expected(path)

    story.world.drain()


def test_an_exchange_is_seen_by_both_sides_with_its_dates_and_what_silence_means(story):
    _delivered(story)
    quoted = story.post(f"/orders/{ORDER}/exchanges/quote", BUYER, ONE).json
    story.post(f"/orders/{ORDER}/exchanges", BUYER, ONE, key="rt-1")
    buyer, seller = (story.get(f"/returns/{RETURN}", who).json for who in (BUYER, SELLER))

    assert (quoted["refund_minor"], quoted["in_stock"], quoted["return_shipping_paid_by"]) == (12_000, True, "buyer")
    assert len(quoted["if_nobody_acts"]) == 7
    assert buyer["kind"] == "exchange"
    assert seller["allowed_actions"] == ["accept_exchange", "decline_exchange", "out_of_stock"]
    assert "becomes a return" in buyer["if_nobody_acts"]
    assert buyer["due_at"] == quoted["answer_by"]


def test_a_claim_is_quoted_asked_for_and_settled_with_a_lower_price(story):
    _delivered(story)
    quoted = story.post(f"/orders/{ORDER}/guarantee-claims/quote", BUYER, CLAIM["line"]).json
    body = {**CLAIM, "remedy": "price_reduction", "ground": "serious", "amount_minor": 2_000}
    asked = story.post(f"/orders/{ORDER}/guarantee-claims", BUYER, body, key="rt-1").json
    ended = story.post(f"/returns/{RETURN}/claim-answer", SELLER, {"answer": "accept"}).json
    story.world.drain()

    assert (quoted["refund_minor"], quoted["return_shipping_paid_by"]) == (12_000, "seller")
    assert quoted["presumed_until"] < quoted["liable_until"]
    assert (asked["state"], asked["claim"]["remedy"]) == ("claimed", "price_reduction")
    assert (ended["outcome"], ended["refund_minor"]) == ("reduced", 2_000)
    assert [each["amount"] for each in story.world.stripe.objects("refund")] == [2_000]


def test_the_guarantee_is_published_with_its_sources_in_both_languages(story):
    english = story.get("/guarantee-claims/policy", headers={"Accept-Language": "en"}).json
    spanish = story.get("/guarantee-claims/policy", headers={"Accept-Language": "es"}).json

    assert english["in_force"] == "eu-2022"
    assert all("2019/771" in each["source"] or each["country"] != "*" for each in english["rules"])
    assert [each["code"] for each in english["grounds"]] == [each["code"] for each in spanish["grounds"]]
    assert english["grounds"] != spanish["grounds"]
