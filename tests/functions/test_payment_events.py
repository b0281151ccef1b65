"""Queue `payments`: each of Stripe's events makes us look again, and failures come again without harm."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from functions.payment_events.handler import follow
from marketplace.messaging.queues import message_of
from marketplace.outbox.model import event
from marketplace.web.consumers import BatchFailed, queue_consumer
from tests.fakes.http import Context
from tests.functions.story import BUYER, ORDER, PAYMENT, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "payment_events").glob("*.json"))


def consume(story, whole):
    return queue_consumer("payment_events", follow, services=lambda: story.services)(whole, Context())


def batch(*events) -> dict:
    return {"Records": [{"messageId": f"m{place}", "body": message_of(each)} for place, each in enumerate(events)]}


def stripe_event(story, kind: str, **data):
    return event("stripe.event_received", f"evt_{kind}", story.world.clock.now(), stripe_kind=kind, **data)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_batch_leaves_the_order_where_it_says(story, path):
    held = json.loads(path.read_text())
    if held["given"]:
        story.reach(held["given"])
    if held.get("paid_at_stripe"):
        story.trade.pay(story.placed())
    if held.get("fails"):
        with pytest.raises(BatchFailed):
            consume(story, held["event"])
    else:
        assert consume(story, held["event"]) == {"batchItemFailures": []}

    assert story.order().state == held["expect"]["state"]
    story.world.drain()


def test_a_payment_event_completes_the_payment(story):
    story.check_out()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))

    succeeded = stripe_event(story, "payment_intent.succeeded", object_id="pi_1", payment_id=PAYMENT)
    answers = [consume(story, batch(succeeded)) for _ in range(3)]

    assert answers == [{"batchItemFailures": []}] * 3
    assert story.order().state == "paid"
    story.world.drain()


@pytest.mark.parametrize("kind", ["customer.created", "payout.paid", "payment_method.attached"])
def test_kinds_that_nobody_follows_are_done_with(story, kind):
    assert consume(story, batch(stripe_event(story, kind, object_id="x_1"))) == {"batchItemFailures": []}


def test_stripe_being_away_brings_the_message_back_and_loses_nothing(story):
    story.check_out()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))
    succeeded = batch(stripe_event(story, "payment_intent.succeeded", object_id="pi_1", payment_id=PAYMENT))
    story.world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/payment_intents", times=4)

    with pytest.raises(BatchFailed):
        consume(story, succeeded)
    state = story.order().state
    for _ in range(4):
        with suppress(BatchFailed):
            consume(story, succeeded)

    assert state == "awaiting_payment"
    assert story.order().state == "paid"
    story.world.drain()


def test_a_sellers_account_event_unlocks_and_locks_selling(story):
    profile = story.services.sellers.of(story.bike.seller_id)
    story.world.stripe.finish_onboarding(profile.stripe_account_id, currently_due=["individual.id_number"])

    consume(story, batch(stripe_event(story, "account.updated", object_id=profile.stripe_account_id)))

    assert story.services.sellers.of(story.bike.seller_id).active is False
    story.world.drain()


def test_a_chargeback_that_is_told_before_the_payment_still_freezes_the_order(story):
    """Stripe promises no order of events, and a test card disputes in the same second in which it pays."""
    story.check_out()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT), "pm_card_createDispute")
    [dispute] = story.world.stripe.objects("dispute")

    consume(story, batch(stripe_event(story, "charge.dispute.created", object_id=dispute["id"])))
    story.world.drain()

    assert story.order().state == "charged_back"


def test_a_chargeback_in_the_order_of_events_freezes_the_order_too(story):
    story.check_out()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT), "pm_card_createDispute")

    story.world.drain()

    assert story.order().state == "charged_back"


def test_a_dispute_that_is_only_asked_about_moves_nothing(story):
    bring_to(story, "shipped")
    dispute_id = story.charge_back(inquiry=True)

    consume(story, batch(stripe_event(story, "charge.dispute.created", object_id=dispute_id)))
    story.world.drain()

    assert story.order(ORDER).state == "shipped"
