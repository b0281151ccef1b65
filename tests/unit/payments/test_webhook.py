"""Only Stripe gets in, lately, on the raw bytes, with our secret and in our mode."""

import hashlib
import hmac
import json

import pytest

from marketplace.kit.errors import Invalid
from marketplace.payments.webhook import TOLERANCE_SECONDS, BadSignature, WrongMode, verify

NOW = 1_800_000_000
SECRET = "whsec_local"
BODY = json.dumps(
    {"id": "evt_1", "type": "payment_intent.succeeded", "livemode": False, "data": {"object": {}}}
).encode()


def sign(raw: bytes = BODY, secret: str = SECRET, at: int = NOW) -> str:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def gets_in(signature: str, *secrets: str) -> bool:
    """Say whether these bytes with this signature are taken for Stripe's."""
    try:
        verify(BODY, signature, secrets, NOW)
    except BadSignature:
        return False
    return True


def test_stripes_own_signature_is_accepted():
    assert gets_in(sign(), SECRET)


def test_either_secret_is_good_during_a_rotation():
    assert gets_in(sign(secret="whsec_old"), "whsec_new", "whsec_old")


def test_one_good_signature_among_several_is_enough():
    assert gets_in(f"{sign(secret='whsec_other')},{sign().partition(',')[2]}", SECRET)


@pytest.mark.parametrize("age", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_the_edge_of_the_tolerance_is_inside(age):
    assert gets_in(sign(at=NOW + age), SECRET)


REFUSED = {
    "no header": "",
    "no timestamp": "v1=abc",
    "no signature": f"t={NOW}",
    "two timestamps": f"t={NOW},t={NOW},{sign().partition(',')[2]}",
    "another secret": sign(secret="whsec_other"),
    "another body": sign(raw=BODY + b" "),
    "too old": sign(at=NOW - TOLERANCE_SECONDS - 1),
    "too new": sign(at=NOW + TOLERANCE_SECONDS + 1),
    "not a number": "t=now,v1=abc",
    "unicode digits": "t=\uff11\uff12\uff13,v1=abc",
    "endless number": "t=" + "9" * 400 + ",v1=abc",
    "old scheme only": sign().replace("v1=", "v0="),
    "not ascii": sign().replace("v1=", "v1=é"),
    "negative time": "t=-5,v1=abc",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    assert not gets_in(REFUSED[name], SECRET)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nobody_gets_in(secrets):
    assert not gets_in(sign(secret=""), *secrets)


def receive(world, body: dict | bytes | list):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = sign(raw, at=int(world.clock.now().timestamp()))
    return world.services.stripe_webhook.receive(raw, signature)


def an_event(**changed) -> dict:
    return json.loads(BODY) | changed


def test_a_hundred_copies_are_stored_once(world):
    for _ in range(100):
        receive(world, an_event())

    assert len(world.dynamo.take_stream("aval-local-outbox")) == 1


def test_a_live_event_at_a_test_endpoint_is_refused(world):
    with pytest.raises(WrongMode):
        receive(world, an_event(livemode=True))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {},
        an_event(id="../etc"),
        an_event(id=5),
        an_event(type=None),
        an_event(data=None),
        an_event(data={"object": []}),
        an_event(livemode=None),
        {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {}}},
    ],
)
def test_what_is_signed_and_no_event_is_refused_and_stored_nowhere(world, body):
    with pytest.raises(Invalid):
        receive(world, body)

    assert world.dynamo.take_stream("aval-local-outbox") == []


def test_an_event_of_somebody_elses_payment_is_ignored(world):
    about = {"object": {"id": "pi_x", "metadata": {"payment_id": "pay_unknown"}}}
    receive(world, an_event(data=about))

    world.drain()

    assert world.view().payments == []


@pytest.mark.parametrize("account", ["", "acc_1", "acct_" + "x" * 300, 7, None, ["acct_1"]])
def test_an_event_of_no_real_account_is_refused_and_not_stored(world, account):
    with pytest.raises(Invalid) as refused:
        receive(world, an_event(account=account))

    assert refused.value.fields == {"account": "not_an_account_id"}


def test_a_connected_account_s_own_payment_is_none_of_ours_whatever_it_says(trade):
    placed = trade.place(trade.person("Buyer"), (trade.listing(trade.seller()), 1))
    trade.pay(placed)
    forged = {"id": "pi_theirs", "metadata": {"payment_id": placed.payment.payment_id}}
    receive(trade.world, an_event(account="acct_1theirs", data={"object": forged}, id="evt_theirs"))
    waiting = trade.world.queues.of("payments")
    trade.world._relay()

    [theirs] = [each for each in waiting if each.subject == "evt_theirs"]

    assert not trade.services.stripe_events.handle(theirs)
    assert trade.order(placed.orders[0].order_id).state == "awaiting_payment"
    trade.world.drain()
