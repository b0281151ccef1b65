import json

import pytest
import stripe

HEADERS = {"Authorization": "Bearer sk_test_x", "Idempotency-Key": "k1"}


def post(core, path, body, **headers):
    return core.handle("POST", path, {**HEADERS, **headers}, body)


def test_the_same_key_runs_once_and_answers_the_same_bytes(core):
    first = post(core, "/v1/customers", "email=a%40b.c")
    second = post(core, "/v1/customers", "email=a%40b.c")

    assert second.body == first.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert len(core.objects("customer")) == 1


def test_the_order_of_parameters_does_not_matter(core):
    post(core, "/v1/customers", "email=a%40b.c&name=Ada")

    assert post(core, "/v1/customers", "name=Ada&email=a%40b.c").status == 200


@pytest.mark.parametrize(("path", "body"), [("/v1/customers", "email=z%40b.c"), ("/v1/accounts", "type=express")])
def test_the_same_key_with_another_request_is_an_error(core, path, body):
    post(core, "/v1/customers", "email=a%40b.c")

    answer = post(core, path, body)

    assert answer.status == 400
    assert answer.json()["error"]["type"] == "idempotency_error"


def test_a_failure_after_execution_began_is_kept(shop):
    seller = shop.seller()
    key = {"idempotency_key": "pay-seller"}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shop.api.transfers.create({"amount": 100, "currency": "eur", "destination": seller}, key)
        shop.core.add_funds("eur", 1_000)

    assert refused.value.code == "balance_insufficient"
    assert refused.value.headers["idempotent-replayed"] == "true"


def test_a_decline_is_kept_too(shop):
    intent = shop.intent()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            shop.api.payment_intents.confirm(
                intent.id, {"payment_method": "pm_card_chargeDeclined"}, {"idempotency_key": "try"}
            )

    assert refused.value.headers["idempotent-replayed"] == "true"
    assert len(shop.api.charges.list().data) == 1


def test_a_request_that_fails_validation_is_not_kept(core):
    assert post(core, "/v1/customers", "nonsense=1").status == 400
    assert post(core, "/v1/customers", "name=Ada").status == 200


def test_a_saved_500_replays_for_ever_and_nothing_was_done(core):
    core.inject(fault="saved_500", path_prefix="/v1/customers")

    answers = [post(core, "/v1/customers", "name=Ada") for _ in range(3)]

    assert [a.status for a in answers] == [500, 500, 500]
    assert len({a.body for a in answers}) == 1
    assert core.objects("customer") == []


def test_a_saved_500_may_hide_what_was_done(core):
    core.inject(fault="saved_500_done", path_prefix="/v1/customers")

    answers = [post(core, "/v1/customers", "name=Ada") for _ in range(3)]

    assert [a.status for a in answers] == [500, 500, 500]
    assert [each["name"] for each in core.objects("customer")] == ["Ada"]


def test_keys_are_forgotten_after_a_day(core, clock):
    first = post(core, "/v1/customers", "name=Ada").json()
    clock.move(hours=23, minutes=59)
    assert post(core, "/v1/customers", "name=Ada").json() == first
    clock.move(minutes=1)

    assert post(core, "/v1/customers", "name=Ada").json()["id"] != first["id"]


def test_accounts_have_keys_of_their_own(shop):
    seller = shop.seller()
    shop.core.add_funds("eur", 100)
    shop.core.add_funds("eur", 100, seller)
    given, key = {"amount": 100, "currency": "eur"}, {"idempotency_key": "same"}

    ours = shop.api.payouts.create(given, key)
    theirs = shop.api.payouts.create(given, {**key, "stripe_account": seller})

    assert ours.id != theirs.id


def test_a_key_on_a_read_is_ignored(core):
    post(core, "/v1/customers", "name=Ada")

    assert core.handle("GET", "/v1/customers", HEADERS).status == 200


def test_a_key_can_be_too_long(core):
    answer = post(core, "/v1/customers", "name=Ada", **{"Idempotency-Key": "k" * 256})

    assert answer.status == 400


def test_events_name_the_key_that_caused_them(core):
    answer = post(core, "/v1/customers", "name=Ada")

    (event,) = core.events()
    assert event["request"] == {"id": answer.headers["Request-Id"], "idempotency_key": "k1"}
    assert json.loads(answer.body)["id"] == event["data"]["object"]["id"]
