"""Two who are one person could agree past a hold of the fraud rules: what pays the seller waits for a look."""

import pytest

from marketplace.disputes.errors import AgreementHeld
from marketplace.orders.model import ScreeningPending
from tests.unit.disputes.making import Case
from tests.unit.disputes.test_process_v2 import award, unchanged


@pytest.fixture
def case(trade):
    return Case(trade).negotiating()


def hold(case):
    case.services.transactions.commit([case.services.order_store.hold(case.order, "rcp_1")])


@pytest.mark.parametrize("refund_minor", [0, 1, 9_000])
def test_an_agreement_that_pays_the_seller_of_a_held_order_waits_for_a_person(case, refund_minor):
    offer_id = case.offer("seller", refund_minor)
    hold(case)

    with unchanged(case), pytest.raises(AgreementHeld):
        case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()

    assert case.world.stripe.objects("transfer") == []


def test_everything_back_may_be_agreed_on_though_the_order_is_held(case):
    offer_id = case.offer("seller", 10_000)
    hold(case)

    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()

    assert (case.order.state, award(case)) == ("refunded", (10_000, 0))


def test_a_held_order_is_agreed_on_once_the_hold_is_lifted(case):
    offer_id = case.offer("seller", 2_500)
    hold(case)
    case.services.transactions.commit(
        case.services.holds.clear(case.order.order_id, "acc_moderator", "Hablamos con el comprador.")
    )

    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()

    assert award(case) == (2_500, 7_500)


def test_nobody_agrees_before_the_fraud_rules_have_looked(trade):
    trade.world.place_under(2)
    listing, buyer_id = trade.listing(trade.seller()), trade.person("Buyer")
    placed = trade.place(buyer_id, (listing, 1))
    trade.pay(placed)
    trade.services.checkout.complete(buyer_id, placed.payment.payment_id)  # the browser is back; nothing is relayed yet
    order = trade.order(placed.orders[0].order_id)
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    disputes = trade.services.disputes
    dispute_id = disputes.open(order.order_id, buyer_id, "not_received", "Nothing came.", 1).dispute.dispute_id
    offered = disputes.offer(dispute_id, order.seller_id, 0, expires_in_hours=24).dispute.offers[-1]

    with pytest.raises(ScreeningPending):
        disputes.accept_offer(dispute_id, offered.offer_id, buyer_id)

    trade.world.drain()
    disputes.accept_offer(dispute_id, offered.offer_id, buyer_id)
