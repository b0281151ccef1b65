from datetime import timedelta
from itertools import pairwise

import pytest
import stripe

from infra.local.stripe import Endpoint, LocalStripe
from tests.local_stripe.shop import Receiver, Shop


def test_every_event_is_delivered_once_signed_and_in_order(shop, receiver):
    shop.pay()

    shop.core.webhooks.flush(receiver)

    assert receiver.types == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert receiver.ids == [event["id"] for event in shop.core.events()]
    assert shop.core.webhooks.pending() == []


def test_events_hold_the_object_as_it_was_at_that_moment(shop, receiver):
    intent = shop.intent(metadata={"order": "1"})
    shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    shop.core.webhooks.flush(receiver)

    statuses = [e["data"]["object"]["status"] for e in receiver.events if e["type"].startswith("payment_intent")]
    assert statuses == ["requires_payment_method", "succeeded"]
    assert receiver.events[0]["pending_webhooks"] == 1
    assert receiver.events[0]["api_version"] == stripe.api_version


def test_events_of_one_request_hold_the_states_in_between(shop):
    shop.pay()

    created, charged, paid = (event["data"]["object"] for event in shop.core.events())

    assert (created["status"], created["latest_charge"]) == ("requires_confirmation", None)
    assert (paid["status"], paid["latest_charge"]) == ("succeeded", charged["id"])


def test_platform_and_connect_endpoints_hear_different_things(clock, description):
    ours, theirs = Receiver(clock, "whsec_ours"), Receiver(clock, "whsec_theirs")
    endpoints = [Endpoint(secret="whsec_ours"), Endpoint(secret="whsec_theirs", connect=True)]
    shop = Shop(LocalStripe(clock=clock, webhooks=endpoints, check=description), clock)
    seller = shop.seller()
    shop.intent()

    shop.core.webhooks.flush(ours, connect=False)
    shop.core.webhooks.flush(theirs, connect=True)

    assert ours.types == ["payment_intent.created"]
    assert theirs.types == ["capability.updated", "account.updated"]
    assert {event["account"] for event in theirs.events} == {seller}
    assert (ours.refused, theirs.refused) == (0, 0)


def test_an_endpoint_may_ask_for_some_events_only(clock):
    core = LocalStripe(clock=clock, webhooks=[Endpoint(events=("payment_intent.succeeded",))])

    Shop(core, clock).pay()

    assert [d.event_type for d in core.webhooks.pending()] == ["payment_intent.succeeded"]


def test_an_event_that_is_refused_comes_again_after_growing_gaps(shop, receiver):
    shop.intent()
    receiver.answers = [500, 503, 302]
    sent = []
    for _ in range(4):
        shop.core.webhooks.flush(receiver)
        sent.append(shop.clock())
        if shop.core.webhooks.pending():
            due = shop.core.webhooks.pending()[0].due
            shop.clock.move(seconds=due - shop.clock().timestamp())

    gaps = [(b - a).total_seconds() for a, b in pairwise(sent)]
    assert gaps == [60, 300, 1_800]
    assert receiver.types == ["payment_intent.created"]


def test_nothing_is_resent_before_its_time(shop, receiver):
    shop.intent()
    receiver.answers = [500]
    shop.core.webhooks.flush(receiver)
    shop.clock.move(seconds=59)

    assert shop.core.webhooks.flush(receiver) == []


def test_an_event_nobody_takes_is_given_up_after_three_days(shop):
    shop.intent()
    attempts = 0
    for _ in range(100):
        attempts += len(shop.core.webhooks.flush(lambda _raw, _headers: 500))
        shop.clock.move(hours=2)

    assert shop.core.webhooks.pending() == []
    assert 5 < attempts < 20


def test_a_receiver_that_hangs_up_counts_as_a_refusal(shop):
    def hang_up(_raw, _headers):
        raise ConnectionResetError

    shop.intent()
    shop.core.webhooks.flush(hang_up)

    assert shop.core.webhooks.pending()[0].attempts == 1


def test_a_receiver_that_crashes_leaves_its_event_in_the_queue(shop, receiver):
    def crash(_raw, _headers):
        raise RuntimeError("bug in the receiver")

    shop.intent()
    with pytest.raises(RuntimeError):
        shop.core.webhooks.flush(crash)
    shop.clock.move(minutes=1)
    shop.core.webhooks.flush(receiver)

    assert receiver.types == ["payment_intent.created"]


def test_what_the_receiver_causes_is_delivered_in_the_same_flush(shop, receiver):
    def react(raw, headers):
        status = receiver(raw, headers)
        if receiver.types[-1] == "payment_intent.created":
            shop.api.payment_intents.cancel(receiver.events[-1]["data"]["object"]["id"])
        return status

    shop.intent()
    shop.core.webhooks.flush(react)

    assert receiver.types == ["payment_intent.created", "payment_intent.canceled"]


def test_duplicates_carry_the_same_event_id(shop, receiver):
    shop.core.webhooks.mode("duplicated")
    shop.pay()

    shop.core.webhooks.flush(receiver)

    assert len(receiver.ids) == 6
    assert receiver.ids[::2] == receiver.ids[1::2] == [event["id"] for event in shop.core.events()]


def test_a_shuffle_depends_on_the_seed_and_loses_nothing(clock):
    orders = {}
    for seed in (1, 1, 2):
        core = LocalStripe(clock=clock, seed=seed)
        core.webhooks.mode("shuffled")
        receiver, shop = Receiver(clock), Shop(core, clock)
        for _ in range(4):
            shop.pay()
        core.webhooks.flush(receiver)
        order = receiver.types
        assert sorted(receiver.ids) == sorted(event["id"] for event in core.events())
        assert orders.setdefault(seed, order) == order

    assert orders[1] != orders[2]


def test_delayed_events_wait_up_to_ten_minutes(shop, receiver):
    shop.core.webhooks.mode("delayed")
    shop.pay()
    shop.core.webhooks.flush(receiver)
    assert len(receiver.events) < 3

    shop.clock.move(minutes=10)
    shop.core.webhooks.flush(receiver)

    assert len(receiver.events) == 3


def test_dropped_events_arrive_with_the_first_retry(shop, receiver):
    shop.core.webhooks.mode("dropped")
    shop.pay()
    shop.core.webhooks.flush(receiver)
    assert receiver.events == []

    shop.clock.move(minutes=1)
    shop.core.webhooks.flush(receiver)

    assert len(receiver.events) == 3


@pytest.mark.parametrize("mode", ["wrong_signature", "stale_timestamp"])
def test_a_bad_signature_is_put_right_by_the_retry(shop, receiver, mode):
    shop.core.webhooks.mode(mode)
    shop.pay()
    shop.core.webhooks.flush(receiver)
    assert (receiver.refused, receiver.events) == (3, [])

    shop.clock.move(minutes=1)
    shop.core.webhooks.flush(receiver)

    assert (receiver.refused, len(receiver.events)) == (3, 3)


def test_modes_combine(shop, receiver):
    shop.core.webhooks.mode("shuffled", "duplicated", "delayed", "dropped")
    shop.pay()
    for _ in range(3):
        shop.clock.move(minutes=10)
        shop.core.webhooks.flush(receiver)

    assert len(receiver.ids) == 6
    assert len(set(receiver.ids)) == 3


def test_a_misspelt_mode_is_refused(shop):
    with pytest.raises(ValueError, match="no such mode"):
        shop.core.webhooks.mode("upside_down")


def test_both_secrets_sign_while_one_is_rotated_out(clock):
    endpoint = Endpoint(secret="whsec_new", old_secret="whsec_old")
    core = LocalStripe(clock=clock, webhooks=[endpoint])
    Shop(core, clock).intent()
    seen = []

    def both(raw, headers):
        for secret in ("whsec_new", "whsec_old"):
            Receiver(clock, secret).verify(raw, headers["Stripe-Signature"])
            seen.append(secret)
        return 200

    core.webhooks.flush(both)

    assert seen == ["whsec_new", "whsec_old"]


def test_an_event_can_be_sent_again_by_hand(shop, receiver):
    shop.intent()
    shop.core.webhooks.flush(receiver)

    shop.core.redeliver(receiver.ids[0])
    shop.core.webhooks.flush(receiver)

    assert receiver.ids[0] == receiver.ids[1]


def test_the_clock_can_be_moved_from_outside(shop):
    shop.pay()

    shop.core.advance(timedelta(days=2))

    assert shop.held() == (9_825, 0)
    assert shop.happened()[-1] == "balance.available"


def test_events_are_listed_by_type_and_by_pattern(shop):
    intent = shop.pay()

    assert len(shop.api.events.list({"type": "charge.succeeded"}).data) == 1
    assert len(shop.api.events.list({"type": "payment_intent.*"}).data) == 2
    assert len(shop.api.events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data) == 2
    newest = shop.api.events.list({"limit": 1}).data[0]
    assert shop.api.events.retrieve(newest.id).data.object.id == intent.id


def test_connected_events_are_listed_for_the_account_only(shop):
    seller = shop.seller()

    assert shop.api.events.list().data == []
    own = shop.api.events.list(options={"stripe_account": seller}).data
    assert [event.type for event in own] == ["account.updated", "capability.updated"]
