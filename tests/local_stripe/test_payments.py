import pytest
import stripe

DECLINES = [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
]


def test_a_payment_takes_the_amount_less_the_fee_into_pending(shop):
    intent = shop.pay(10_000, transfer_group="order-1", expand=["latest_charge.balance_transaction"])

    money = intent.latest_charge.balance_transaction
    assert (intent.status, intent.amount_received) == ("succeeded", 10_000)
    assert (money.amount, money.fee, money.net, money.status) == (10_000, 175, 9_825, "pending")
    assert intent.latest_charge.transfer_group == "order-1"
    assert shop.held() == (0, 9_825)


def test_funds_become_available_when_the_clock_gets_there(shop):
    intent = shop.pay(expand=["latest_charge.balance_transaction"])

    shop.clock.move(days=1)
    assert shop.held() == (0, 9_825)
    shop.clock.move(days=1)
    assert shop.held() == (9_825, 0)

    money = shop.api.balance_transactions.retrieve(intent.latest_charge.balance_transaction.id)
    assert money.status == "available"
    assert shop.happened()[-1] == "balance.available"


def test_the_bypass_card_is_available_at_once(shop):
    shop.pay(card="pm_card_bypassPending")

    assert shop.held() == (9_825, 0)


def test_creating_and_confirming_apart_tells_the_same_story(shop):
    intent = shop.intent(metadata={"order": "1"})
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    intent = shop.api.payment_intents.update(intent.id, {"payment_method": "pm_card_mastercard"})
    assert intent.status == "requires_confirmation"

    intent = shop.api.payment_intents.confirm(intent.id, {"expand": ["latest_charge", "payment_method"]})

    assert intent.status == "succeeded"
    assert intent.payment_method.card.brand == "mastercard"
    assert intent.latest_charge.metadata.to_dict() == {"order": "1"}
    assert shop.happened() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize(("card", "code", "decline_code"), DECLINES)
def test_a_declined_card_leaves_a_failed_charge_and_an_intent_to_try_again(shop, card, code, decline_code):
    intent = shop.intent()

    with pytest.raises(stripe.CardError) as refused:
        shop.api.payment_intents.confirm(intent.id, {"payment_method": card})

    error = refused.value
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    assert error.error.payment_intent.id == intent.id
    intent = shop.api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert intent.status == "requires_payment_method"
    assert intent.payment_method is None
    assert intent.last_payment_error.code == code
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", code)
    assert intent.latest_charge.id == error.error.charge
    assert shop.happened() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert shop.held() == (0, 0)


def test_another_card_works_after_a_decline(shop):
    intent = shop.intent()
    with pytest.raises(stripe.CardError):
        shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})

    intent = shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (intent.status, intent.last_payment_error) == ("succeeded", None)
    statuses = [c.status for c in shop.api.charges.list({"payment_intent": intent.id}).data]
    assert statuses == ["succeeded", "failed"]


def test_an_intent_created_with_a_declined_card_exists_all_the_same(shop):
    with pytest.raises(stripe.CardError) as refused:
        shop.pay(card="pm_card_chargeDeclined")

    intent = shop.api.payment_intents.retrieve(refused.value.error.payment_intent.id)
    assert intent.status == "requires_payment_method"


def test_paying_twice_is_refused(shop):
    intent = shop.pay()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert refused.value.code == "payment_intent_unexpected_state"


def test_confirming_without_a_card_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        shop.api.payment_intents.confirm(shop.intent().id)


def test_a_server_confirm_needs_a_return_url_unless_redirects_are_ruled_out(shop):
    intent = shop.api.payment_intents.create({"amount": 500, "currency": "eur"})

    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    paid = shop.api.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": "http://shop.test/back"}
    )
    assert paid.status == "succeeded"


def test_a_refused_confirm_changes_nothing(shop):
    intent = shop.api.payment_intents.create({"amount": 500, "currency": "eur"})

    with pytest.raises(stripe.InvalidRequestError):
        shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "receipt_email": "a@b.c"})

    after = shop.api.payment_intents.retrieve(intent.id)
    assert (after.status, after.receipt_email, after.payment_method) == ("requires_payment_method", None, None)


def test_an_amount_can_change_until_it_is_paid(shop):
    intent = shop.intent(1_000)
    shop.api.payment_intents.update(intent.id, {"amount": 2_000, "description": "two"})

    intent = shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (intent.amount_received, intent.description) == (2_000, "two")
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.payment_intents.update(intent.id, {"amount": 3_000})
    assert shop.api.payment_intents.update(intent.id, {"description": "paid"}).description == "paid"


def test_a_card_outside_a_customer_has_one_use(shop):
    method = shop.api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    shop.pay(card=method.id)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.pay(card=method.id)


def test_a_customers_card_needs_the_customer_on_the_intent(shop):
    customer = shop.api.customers.create({"email": "buyer@example.com"}).id
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer}).id

    with pytest.raises(stripe.InvalidRequestError, match="belongs to the Customer"):
        shop.pay(card=card)
    for _ in range(2):
        assert shop.pay(card=card, customer=customer).status == "succeeded"
    assert [m.id for m in shop.api.customers.payment_methods.list(customer).data] == [card]


def test_paying_for_future_use_attaches_the_card(shop):
    customer = shop.api.customers.create().id

    intent = shop.pay(customer=customer, setup_future_usage="off_session")

    assert shop.api.payment_methods.retrieve(intent.payment_method).customer == customer
    assert "payment_method.attached" in shop.happened()


def test_a_declining_card_cannot_be_attached_but_the_other_one_can(shop):
    customer = shop.api.customers.create().id

    with pytest.raises(stripe.CardError):
        shop.api.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer})
    card = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).id
    with pytest.raises(stripe.CardError):
        shop.pay(card=card, customer=customer)


def test_a_detached_card_is_gone_for_good(shop):
    customer = shop.api.customers.create().id
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer}).id

    assert shop.api.payment_methods.detach(card).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.api.payment_methods.attach(card, {"customer": customer})


def test_shipping_and_billing_are_kept_in_full(shop):
    shipping = {"name": "Ada", "address": {"line1": "1 Main St", "country": "DE"}}
    method = shop.api.payment_methods.create(
        {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"name": "Ada", "email": "a@b.c"}}
    )

    charge = shop.charge(card=method.id, shipping=shipping)

    assert charge.shipping.address.line1 == "1 Main St"
    assert charge.billing_details.email == "a@b.c"


def test_unknown_cards_are_named_in_the_error(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.pay(card="pm_card_nosuch")
    assert (refused.value.code, refused.value.param) == ("resource_missing", "payment_method")


def test_naming_card_as_the_allowed_type_stands_in_for_automatic_methods(shop):
    intent = shop.api.payment_intents.create(
        {
            "amount": 900,
            "currency": "eur",
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "payment_method": "pm_card_visa",
        }
    )

    assert (intent.status, intent.automatic_payment_methods) == ("succeeded", None)


def test_a_customer_has_a_default_card_and_a_full_address(shop):
    customer = shop.api.customers.create({"shipping": {"name": "Ada", "address": {"city": "Kiel"}}}).id
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer}).id

    shown = shop.api.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})

    assert shown.invoice_settings.default_payment_method == card
    assert (shown.shipping.address.city, shown.shipping.phone) == ("Kiel", None)


def test_a_charge_can_be_described_afterwards(shop):
    charge = shop.charge()

    shipped = {"name": "Ada", "address": {"city": "Kiel"}, "tracking_number": "Z1"}
    shown = shop.api.charges.update(charge.id, {"description": "sent", "shipping": shipped})

    assert (shown.description, shown.shipping.tracking_number) == ("sent", "Z1")
    assert shop.core.events()[-1]["data"]["previous_attributes"] == {"description": None, "shipping": None}


def test_a_card_that_is_not_attached_cannot_be_detached(shop):
    card = shop.api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id

    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        shop.api.payment_methods.detach(card)


def test_cards_are_listed_by_customer_only(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payment_methods.list()
    assert refused.value.param == "customer"
