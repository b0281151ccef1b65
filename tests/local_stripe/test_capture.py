import pytest
import stripe


@pytest.fixture
def held(shop):
    return shop.pay(10_000, capture_method="manual")


def test_a_manual_intent_only_holds_the_money(shop, held):
    assert (held.status, held.amount_capturable) == ("requires_capture", 10_000)
    charge = shop.api.charges.retrieve(held.latest_charge)
    assert (charge.captured, charge.paid, charge.balance_transaction) == (False, True, None)
    assert shop.held() == (0, 0)


def test_capturing_takes_it(shop, held):
    intent = shop.api.payment_intents.capture(held.id)

    assert (intent.status, intent.amount_received, intent.amount_capturable) == ("succeeded", 10_000, 0)
    assert shop.held() == (0, 9_825)
    assert shop.happened()[-2:] == ["charge.captured", "payment_intent.succeeded"]


def test_part_of_a_hold_can_be_captured_and_the_fee_is_on_that_part(shop, held):
    shop.api.payment_intents.capture(held.id, {"amount_to_capture": 4_000})

    assert shop.held() == (0, 4_000 - 85)
    assert shop.api.charges.retrieve(held.latest_charge).amount_captured == 4_000


def test_more_than_was_held_cannot_be_captured(shop, held):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payment_intents.capture(held.id, {"amount_to_capture": 10_001})
    assert refused.value.code == "amount_too_large"


def test_a_hold_cannot_be_captured_twice(shop, held):
    shop.api.payment_intents.capture(held.id)

    with pytest.raises(stripe.InvalidRequestError):
        shop.api.payment_intents.capture(held.id)


def test_cancelling_lets_the_hold_go(shop, held):
    intent = shop.api.payment_intents.cancel(held.id)

    assert (intent.status, intent.amount_capturable) == ("canceled", 0)
    assert shop.api.charges.retrieve(held.latest_charge).refunded
    assert shop.held() == (0, 0)


def test_a_hold_lapses_after_seven_days(shop, held):
    shop.clock.move(days=7)

    intent = shop.api.payment_intents.retrieve(held.id)

    assert (intent.status, intent.cancellation_reason) == ("canceled", "expired")
    assert shop.happened()[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_a_captured_hold_does_not_lapse(shop, held):
    shop.api.payment_intents.capture(held.id)
    shop.clock.move(days=30)

    assert shop.api.payment_intents.retrieve(held.id).status == "succeeded"


def test_a_paid_intent_cannot_be_cancelled(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payment_intents.cancel(shop.pay().id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_hold_cannot_be_refunded_or_transferred_before_it_is_captured(shop, held):
    with pytest.raises(stripe.InvalidRequestError, match="captured"):
        shop.api.refunds.create({"charge": held.latest_charge})
    with pytest.raises(stripe.InvalidRequestError, match="captured"):
        shop.transfer(shop.seller(), 100, source_transaction=held.latest_charge)
