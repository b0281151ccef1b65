import pytest
import stripe

from infra.local.stripe import LocalStripe, Terms
from tests.local_stripe.shop import Shop


def only_dispute(shop):
    (dispute,) = shop.api.disputes.list().data
    return dispute


def test_a_dispute_takes_the_amount_and_a_fee_from_the_platform(shop):
    charge = shop.charge(10_000, "pm_card_createDispute")

    dispute = only_dispute(shop)
    assert (dispute.charge, dispute.reason, dispute.status) == (charge.id, "fraudulent", "needs_response")
    assert [(t.amount, t.fee, t.net) for t in dispute.balance_transactions] == [(-10_000, 1_500, -11_500)]
    assert shop.held() == (-11_500, 9_825)
    assert shop.api.charges.retrieve(charge.id).disputed
    assert shop.happened()[-3:] == [
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]


def test_connected_accounts_are_not_touched(shop):
    seller = shop.seller()
    charge = shop.charge(10_000)
    shop.transfer(seller, 9_000, source_transaction=charge.id)

    shop.core.open_dispute(charge.id, reason="product_not_received")

    assert shop.held(seller) == (0, 9_000)


def test_a_disputed_charge_cannot_be_refunded(shop):
    charge = shop.charge(10_000, "pm_card_createDisputeProductNotReceived")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_disputed"


def test_winning_puts_the_amount_back_and_not_the_fee(shop):
    charge = shop.charge(10_000, "pm_card_createDispute")

    shop.core.close_dispute(only_dispute(shop).id, won=True)

    assert only_dispute(shop).status == "won"
    assert shop.held() == (-1_500, 9_825)
    assert shop.happened()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
    assert shop.api.refunds.create({"charge": charge.id}).status == "succeeded"


def test_terms_may_say_that_the_fee_comes_back_too(clock, description):
    core = LocalStripe(clock=clock, check=description, terms=Terms(dispute_fee_returned=True))
    shop = Shop(core, clock)
    shop.pay(10_000, "pm_card_createDispute")

    core.close_dispute(only_dispute(shop).id, won=True)

    assert shop.held() == (0, 9_825)


def test_losing_moves_no_further_money(shop):
    charge = shop.charge(10_000, "pm_card_createDispute")

    dispute = shop.api.disputes.close(only_dispute(shop).id)

    assert dispute.status == "lost"
    assert shop.held() == (-11_500, 9_825)
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        shop.api.refunds.create({"charge": charge.id})
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        shop.api.disputes.close(dispute.id)


def test_evidence_is_staged_then_submitted_once(shop):
    shop.pay(10_000, "pm_card_createDispute")
    dispute = only_dispute(shop)

    staged = shop.api.disputes.update(dispute.id, {"evidence": {"shipping_tracking_number": "Z1"}, "submit": False})
    assert (staged.status, staged.evidence_details.submission_count) == ("needs_response", 0)
    sent = shop.api.disputes.update(dispute.id, {"submit": True})
    assert (sent.status, sent.evidence.shipping_tracking_number) == ("under_review", "Z1")
    with pytest.raises(stripe.InvalidRequestError, match="no longer"):
        shop.api.disputes.update(dispute.id, {"evidence": {"receipt": "file_1"}})


@pytest.mark.parametrize(("words", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_stripes_magic_words_decide_at_once(shop, words, status):
    shop.pay(10_000, "pm_card_createDispute")

    dispute = shop.api.disputes.update(only_dispute(shop).id, {"evidence": {"uncategorized_text": words}})

    assert dispute.status == status


def test_metadata_alone_submits_nothing(shop):
    shop.pay(10_000, "pm_card_createDispute")

    dispute = shop.api.disputes.update(only_dispute(shop).id, {"metadata": {"order": "1"}})

    assert (dispute.status, dispute.metadata["order"]) == ("needs_response", "1")


def test_an_inquiry_moves_no_money_and_a_full_refund_closes_it(shop):
    charge = shop.charge(10_000, "pm_card_createDisputeInquiry")
    assert only_dispute(shop).status == "warning_needs_response"
    assert only_dispute(shop).is_charge_refundable
    assert shop.held() == (0, 9_825)

    shop.api.refunds.create({"charge": charge.id})

    assert only_dispute(shop).status == "warning_closed"


def test_parts_of_a_charge_can_be_disputed_later_and_not_more_than_is_left(shop):
    charge = shop.charge(10_000)
    shop.api.refunds.create({"charge": charge.id, "amount": 4_000})

    with pytest.raises(Exception, match="over 1 to 6000"):
        shop.core.open_dispute(charge.id, amount=6_001)
    dispute = shop.core.open_dispute(charge.id, amount=5_000)
    other = shop.core.open_dispute(charge.id)
    assert (dispute["amount"], other["amount"]) == (5_000, 1_000)
    with pytest.raises(Exception, match="cannot be disputed"):
        shop.core.open_dispute(charge.id)


def test_a_disputed_charge_has_nothing_left_to_transfer(shop):
    charge = shop.charge(10_000, "pm_card_createDispute")

    with pytest.raises(stripe.InvalidRequestError, match=r"has left \(0\)"):
        shop.transfer(shop.seller(), 1, source_transaction=charge.id)


def test_disputes_are_found_by_intent_and_expand_their_charge(shop):
    intent = shop.pay(10_000, "pm_card_createDispute")
    shop.pay(10_000, "pm_card_createDispute")

    found = shop.api.disputes.list({"payment_intent": intent.id, "expand": ["data.charge"]}).data

    assert [d.charge.payment_intent for d in found] == [intent.id]
    assert shop.api.disputes.retrieve(found[0].id).id == found[0].id
