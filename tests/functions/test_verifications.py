"""/verifications through its Chalice app, with whole API Gateway events."""

from pathlib import Path

import pytest

from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, OTHER_BUYER, Story

EVENTS = sorted((Path(__file__).parents[2] / "events" / "verifications").glob("*.json"))
BODY = {"return_url": "https://aval.example/identity"}
KIND = "identity.verification_session"


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(story: Story, path: Path) -> None:
    assert run_event(story, path) == expected(path)


def test_from_the_first_request_to_a_higher_tier(story: Story) -> None:
    begun = story.post("/verifications", BUYER, BODY, key="k")
    [session] = story.world.stripe.objects(KIND)
    story.world.stripe.verify_identity(session["id"], error="document_expired")
    story.world.drain()
    refused = story.get("/verifications/mine", BUYER, headers={"Accept-Language": "es"})
    again = story.post("/verifications", BUYER, BODY, key="k2")
    story.world.stripe.verify_identity(story.world.stripe.objects(KIND)[0]["id"])
    story.world.drain()
    verified = story.get("/verifications/mine", BUYER)
    over = story.post("/verifications", BUYER, BODY, key="k3")

    assert (begun.status, begun.json["status"], begun.json["url"]) == (201, "open", session["url"])
    assert (refused.json["status"], refused.json["reason"]) == ("refused", "document_expired")
    assert (refused.json["reason_text"], refused.json["may_retry"]) == ("El documento está caducado.", True)
    assert again.json["url"] != begun.json["url"]
    assert (verified.json["status"], verified.json["url"], verified.json["may_retry"]) == ("verified", None, False)
    assert (over.status, over.json["code"]) == (409, "already_verified")
    assert story.services.sessions.authenticate(f"{BUYER}.{'s' * 43}").tier == 2


def test_a_stripe_that_is_away_leaves_the_attempt_to_be_finished(story: Story) -> None:
    story.world.stripe.inject(fault="error_500", path_prefix="/v1/identity", times=2)

    away = story.post("/verifications", BUYER, BODY, key="k")
    mine = story.get("/verifications/mine", BUYER)
    back = story.post("/verifications", BUYER, BODY, key="k")

    assert (away.status, mine.json["status"], back.status) == (503, "open", 201)
    assert len(story.world.stripe.objects(KIND)) == 1


def test_an_answer_of_stripes_that_got_lost_makes_no_second_session(story: Story) -> None:
    story.world.stripe.inject(fault="answer_lost", path_prefix="/v1/identity")

    story.post("/verifications", BUYER, BODY, key="k")
    story.post("/verifications", BUYER, BODY, key="k")

    assert len(story.world.stripe.objects(KIND)) == 1


def test_everybody_sees_their_own_check_alone(story: Story) -> None:
    story.post("/verifications", BUYER, BODY, key="k")

    assert story.get("/verifications/mine", OTHER_BUYER).status == 404


@pytest.mark.parametrize(("language", "text"), [("en", "Your e-mail"), ("es", "Tu dirección")])
def test_the_table_of_tiers_is_public_and_speaks_both_languages(story: Story, language: str, text: str) -> None:
    reply = story.get("/verification/tiers", headers={"Accept-Language": language})

    tiers = reply.json["tiers"]
    assert [tier["name"] for tier in tiers] == ["email", "second_factor", "identity"]
    assert tiers[0]["text"].startswith(text)
    [total] = [limit for limit in tiers[0]["limits"] if limit["limit"] == "order_total"]
    assert total["most_minor"]["eur"] == 100_000
    [unbounded] = [limit for limit in tiers[2]["limits"] if limit["limit"] == "order_total"]
    assert (unbounded["most"], unbounded["most_minor"]) == (None, None)


def test_a_checkout_above_the_tier_says_which_bound_and_what_raises_it(story: Story) -> None:
    story.put_on_sale("lst_01kkn3v2w0m6r8t4x9z7c5b3h1", "acc_01kkn3v2w0m6r8t4x9z7c5b3c1", price_minor=100_001)
    cart = {"lines": [{"listing_id": "lst_01kkn3v2w0m6r8t4x9z7c5b3h1", "quantity": 1}]}

    reply = story.check_out(cart)

    assert (reply.status, reply.json["code"]) == (403, "tier_limit")
    assert reply.json["facts"] == {
        "limit": "order_total",
        "at_most": 100_000,
        "tier": 0,
        "currency": "eur",
        "raised_by": "second_factor",
    }
