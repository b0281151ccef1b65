import pytest
import stripe


def test_a_refund_gives_back_everything_and_keeps_the_fee(shop):
    intent = shop.pay(10_000)

    refund = shop.api.refunds.create({"payment_intent": intent.id, "reason": "requested_by_customer"})

    assert (refund.amount, refund.status, refund.reason) == (10_000, "succeeded", "requested_by_customer")
    assert shop.held() == (0, -175)
    charge = shop.api.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 10_000)
    assert [r.id for r in charge.refunds.data] == [refund.id]
    assert shop.happened()[-2:] == ["refund.created", "charge.refunded"]


def test_refunds_add_up_and_never_exceed_the_charge(shop):
    charge = shop.charge(10_000)
    shop.api.refunds.create({"charge": charge.id, "amount": 6_000})

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.api.refunds.create({"charge": charge.id, "amount": 4_001})
    rest = shop.api.refunds.create({"charge": charge.id})
    assert rest.amount == 4_000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"


def test_a_refund_leaves_the_transfer_alone(shop):
    seller = shop.seller()
    charge = shop.charge(10_000)
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)

    shop.api.refunds.create({"charge": charge.id})

    assert shop.held(seller) == (0, 9_000)
    assert shop.held() == (0, 825 - 10_000)
    assert shop.api.transfers.retrieve(transfer.id).amount_reversed == 0


def test_a_refund_after_settlement_comes_out_of_what_is_available(shop):
    charge = shop.charge(10_000)
    shop.settle()

    refund = shop.api.refunds.create({"charge": charge.id, "amount": 825, "expand": ["balance_transaction"]})

    assert refund.balance_transaction.status == "available"
    assert shop.held() == (9_000, 0)


def test_an_unpaid_intent_has_nothing_to_refund(shop):
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.api.refunds.create({"payment_intent": shop.intent().id})


def test_exactly_one_of_charge_and_intent_is_needed(shop):
    intent = shop.pay()

    with pytest.raises(stripe.InvalidRequestError, match="One of the following"):
        shop.api.refunds.create({"amount": 5})
    with pytest.raises(stripe.InvalidRequestError, match="One of the following"):
        shop.api.refunds.create({"payment_intent": intent.id, "charge": intent.latest_charge})


def test_a_declined_charge_cannot_be_refunded(shop):
    with pytest.raises(stripe.CardError) as declined:
        shop.pay(card="pm_card_chargeDeclined")

    with pytest.raises(stripe.InvalidRequestError):
        shop.api.refunds.create({"charge": declined.value.error.charge})


def test_refunds_are_listed_by_intent_and_can_be_labelled(shop):
    first, second = shop.pay(), shop.pay()
    refund = shop.api.refunds.create({"payment_intent": first.id, "amount": 100})
    shop.api.refunds.create({"payment_intent": second.id, "amount": 100})

    shop.api.refunds.update(refund.id, {"metadata": {"case": "7"}})

    found = shop.api.refunds.list({"payment_intent": first.id}).data
    assert [(r.id, r.metadata["case"]) for r in found] == [(refund.id, "7")]


def test_a_refund_that_the_bank_sends_back_can_be_made_again(shop):
    charge = shop.charge(10_000)
    refund = shop.api.refunds.create({"charge": charge.id, "amount": 6_000})

    shop.core.fail_refund(refund.id)

    failed = shop.api.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction.startswith("txn_")
    assert shop.api.charges.retrieve(charge.id).amount_refunded == 0
    assert shop.happened()[-2:] == ["refund.failed", "charge.refund.updated"]
    assert shop.api.refunds.create({"charge": charge.id}).amount == 10_000
