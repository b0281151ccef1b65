"""/webhooks/stripe with whole gateway events: only what Stripe signed lately comes in, and each event once."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from marketplace.payments.webhook import EVENT_BYTES_MAX, TOLERANCE_SECONDS
from tests.fakes.world import START, WEBHOOK_SECRET
from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, ORDER, PAYMENT, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "stripe_webhook").glob("*.json"))
PATH = "/webhooks/stripe"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {"payment_id": PAYMENT}}},
}


def signed(raw: str, *, at: int | None = None, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    at = int(START.timestamp()) if at is None else at
    digest = hmac.new(secret.encode(), f"{at}.{raw}".encode(), hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json; charset=utf-8"}


def deliver(story, found=None, *, raw: str | None = None, headers: dict[str, str] | None = None):
    raw = json.dumps(EVENT if found is None else found) if raw is None else raw
    return story.post(PATH, None, raw, headers=signed(raw) if headers is None else headers)


def stored(story) -> tuple[int, int]:
    """Stripe events kept, and events published for them."""
    kept = [row for row in story.world.dynamo.rows("aval-local-payments") if row["sk"] == "event"]
    told = [row for row in story.world.dynamo.rows("aval-local-outbox") if row["kind"] == "stripe.event_received"]
    return len(kept), len(told)


@pytest.fixture
def before(story):
    return stored(story)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


def test_a_signed_event_is_stored_once_and_acknowledged_each_time(story, before):
    replies = [deliver(story) for _ in range(3)]

    assert [(reply.status, reply.json) for reply in replies] == [(200, {"event_id": "evt_1"})] * 3
    assert stored(story) == (before[0] + 1, before[1] + 1)


REFUSED = {
    "no signature": {"Content-Type": "application/json"},
    "an empty signature": {"Stripe-Signature": ""},
    "another secret": signed(json.dumps(EVENT), secret="whsec_other"),
    "another body": signed(json.dumps({**EVENT, "id": "evt_2"})),
    "no time": {"Stripe-Signature": signed(json.dumps(EVENT))["Stripe-Signature"].split(",")[1]},
    "two times": {"Stripe-Signature": "t=1," + signed(json.dumps(EVENT))["Stripe-Signature"]},
    "an older scheme": {"Stripe-Signature": signed(json.dumps(EVENT))["Stripe-Signature"].replace("v1=", "v0=")},
    "too old": signed(json.dumps(EVENT), at=int(START.timestamp()) - TOLERANCE_SECONDS - 1),
    "from the future": signed(json.dumps(EVENT), at=int(START.timestamp()) + TOLERANCE_SECONDS + 1),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_stripe_did_not_sign_lately_is_refused_and_nothing_is_stored(story, before, how):
    reply = deliver(story, headers=REFUSED[how])

    assert (reply.status, reply.json["code"]) == (422, "bad_signature")
    assert stored(story) == before


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_a_signature_just_young_enough_is_taken(story, seconds):
    headers = signed(json.dumps(EVENT), at=int(START.timestamp()) + seconds)

    assert deliver(story, headers=headers).status == 200


NO_EVENTS = {
    "not JSON": "{",
    "a list": "[]",
    "no id": json.dumps({**EVENT, "id": None}),
    "an id of another kind": json.dumps({**EVENT, "id": "ord_1"}),
    "no mode": json.dumps({**EVENT, "livemode": None}),
    "a mode that is text": json.dumps({**EVENT, "livemode": "false"}),
    "a mode that is a number": json.dumps({**EVENT, "livemode": 1}),
    "no type": json.dumps({**EVENT, "type": 1}),
    "no object": json.dumps({**EVENT, "data": {}}),
    "a long id": json.dumps({**EVENT, "id": "evt_" + "a" * 241}),
    "deep nesting": "[" * 30_000,
}


@pytest.mark.parametrize("how", NO_EVENTS)
def test_what_is_signed_but_no_event_is_refused_and_nothing_is_stored(story, before, how):
    reply = deliver(story, raw=NO_EVENTS[how])

    assert reply.status == 422
    assert stored(story) == before


def test_an_event_of_the_other_mode_is_refused(story, before):
    reply = deliver(story, {**EVENT, "livemode": True})

    assert (reply.status, reply.json["code"]) == (422, "wrong_mode")
    assert stored(story) == before


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, None)])
def test_an_event_has_a_largest_size(story, extra, status):
    room = EVENT_BYTES_MAX - len(json.dumps({**EVENT, "pad": ""})) + extra

    reply = deliver(story, {**EVENT, "pad": "x" * room})

    assert (reply.status == 200) is (status == 200)
    assert reply.status < 500


def test_a_session_token_means_nothing_here(story):
    raw = json.dumps(EVENT)

    assert story.post(PATH, BUYER, raw, headers={"Stripe-Signature": "forged"}).status == 422


# From the event to the order.


def webhooks(story) -> list[tuple[str, dict[str, str]]]:
    """What Stripe has to say now, as it would send it."""
    found: list[tuple[str, dict[str, str]]] = []
    story.world.stripe.webhooks.flush(lambda raw, headers: found.append((raw.decode(), dict(headers))) or 200)
    return found


@pytest.mark.parametrize("order", ["as sent", "reversed"])
def test_every_event_three_times_and_in_any_order_pays_once(story, order):
    story.check_out()
    story.world.drain()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))
    sent = webhooks(story)

    for raw, headers in [*(sent if order == "as sent" else reversed(sent))] * 3:
        assert story.post(PATH, None, raw, headers=headers).status == 200
        story.world.drain()

    assert len(sent) >= 2
    assert story.order().state == "paid"
    captures = [each for each in story.world.view().ledger if each.kind == "capture"]
    assert len(captures) == 1


def test_an_event_that_claims_a_payment_is_not_believed(story):
    story.check_out()
    story.world.drain()

    assert deliver(story).status == 200
    story.world.drain()

    assert story.order().state == "awaiting_payment"


def test_an_event_about_somebody_elses_payment_is_taken_and_ignored(story):
    foreign = {**EVENT, "data": {"object": {"id": "pi_9", "metadata": {"payment_id": "pay_other_system"}}}}

    assert deliver(story, foreign).status == 200
    story.world.drain()


@pytest.mark.parametrize("metadata", [None, [], "x", {"payment_id": 7}, {"payment_id": None}])
def test_strange_metadata_breaks_nothing(story, metadata):
    found = {**EVENT, "data": {"object": {"id": "pi_9", "metadata": metadata}}}

    assert deliver(story, found).status == 200
    story.world.drain()


def test_a_late_event_of_an_ended_order_changes_nothing(story):
    bring_to(story, "refunded")
    before = story.world.view()

    deliver(story)
    story.world.drain()

    assert story.world.view().moves == before.moves
    assert story.order(ORDER).state == "refunded"
