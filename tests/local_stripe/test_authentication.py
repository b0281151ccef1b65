import pytest
import stripe

CARD = "pm_card_authenticationRequired"


def test_a_card_that_needs_authentication_waits_for_the_buyer(shop):
    intent = shop.pay(card=CARD, return_url="http://shop.test/back")

    assert intent.status == "requires_action"
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == "http://shop.test/back"
    assert intent.next_action.redirect_to_url.url.endswith(f"/_local/3ds/{intent.id}")
    assert intent.latest_charge is None
    assert shop.held() == (0, 0)


def test_passing_the_prompt_takes_the_money(shop):
    intent = shop.pay(card=CARD)
    assert intent.next_action.type == "use_stripe_sdk"

    shop.core.complete_3ds(intent.id, success=True)

    intent = shop.api.payment_intents.retrieve(intent.id)
    assert (intent.status, intent.next_action) == ("succeeded", None)
    assert shop.held() == (0, 9_825)
    assert shop.happened() == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_failing_the_prompt_asks_for_another_card(shop):
    intent = shop.pay(card=CARD)

    shop.core.complete_3ds(intent.id, success=False)

    intent = shop.api.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert shop.happened()[-1] == "payment_intent.payment_failed"
    assert shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize("condition", ["off_session", "error_on_requires_action"])
def test_with_nobody_there_to_ask_it_is_a_decline(shop, condition):
    with pytest.raises(stripe.CardError) as refused:
        shop.pay(card=CARD, **{condition: True})

    assert refused.value.code == "authentication_required"
    assert shop.happened()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_prompt_can_be_answered_once(shop):
    intent = shop.pay(card=CARD)
    shop.core.complete_3ds(intent.id, success=True)

    with pytest.raises(Exception, match="status of succeeded"):
        shop.core.complete_3ds(intent.id, success=True)


def test_a_card_set_up_with_authentication_needs_none_later(shop):
    customer = shop.api.customers.create().id
    setup = {"customer": customer, "setup_future_usage": "off_session"}
    first = shop.pay(card="pm_card_authenticationRequiredOnSetup", **setup)
    assert first.status == "requires_action"
    shop.core.complete_3ds(first.id, success=True)

    card = shop.api.payment_methods.list({"customer": customer, "type": "card"}).data[0].id

    assert shop.pay(card=card, off_session=True, **setup).status == "succeeded"


def test_a_prompt_can_be_abandoned_by_cancelling(shop):
    intent = shop.pay(card=CARD)

    intent = shop.api.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (intent.status, intent.cancellation_reason, intent.next_action) == ("canceled", "abandoned", None)
