"""An offer or a proposed decision divides what was left when it was made, and nothing once that has changed."""

import pytest

from marketplace.disputes.errors import DecisionOutdated, OfferClosed
from tests.unit.disputes.making import Case


def the_bank_keeps(case, amount_minor):
    stripe = case.world.stripe
    (charge,) = (each for each in stripe.objects("charge") if each["status"] == "succeeded")
    dispute_id = stripe.open_dispute(charge["id"], amount=amount_minor)["id"]
    case.world.drain()
    stripe.close_dispute(dispute_id, won=False)
    case.world.drain()


def test_an_offer_from_before_a_bank_kept_a_part_is_no_longer_open(trade):
    case = Case(trade).negotiating()
    offer_id = case.offer("seller", 3_000, hours=168)
    the_bank_keeps(case, 5_000)

    with pytest.raises(OfferClosed) as refused:
        case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)

    assert refused.value.facts["state"] == "outdated"
    assert case.order.award is None


def test_a_new_offer_divides_what_the_bank_left(trade):
    case = Case(trade).negotiating()
    outdated = case.offer("seller", 3_000, hours=168)
    the_bank_keeps(case, 5_000)
    case.services.disputes.withdraw_offer(case.dispute_id, outdated, case.order.seller_id)
    offer_id = case.offer("seller", 1_000)

    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()

    assert (case.order.award.refund_minor, case.order.award.seller_minor) == (1_000, 4_000)


def test_a_decision_that_was_proposed_before_a_bank_kept_a_part_is_not_approved(trade):
    case = Case(trade, price_minor=300_000).reviewed()
    one, other = case.staff("moderator"), case.staff("moderator")
    seen = case.services.disputes.decide(case.dispute_id, one.account_id, 150_000, "5.2", "Half of it.", principal=one)
    the_bank_keeps(case, 150_000)

    with pytest.raises(DecisionOutdated):
        case.services.approvals.approve(seen.dispute.proposal_id, other, "Agreed.")

    assert case.order.award is None
    assert case.order.proposed is None
    assert case.dispute.decision is None
