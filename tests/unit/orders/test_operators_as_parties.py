"""Operators trade too; about their own orders another one decides, and which one is nobody's business."""

import json

import pytest

from marketplace.orders.model import OwnCase
from marketplace.orders.wire import order_to_wire
from tests.unit.selling.making import join


def test_a_seller_who_is_an_operator_cannot_attest_their_own_delivery(trade):
    order = trade.shipped()

    with pytest.raises(OwnCase):
        trade.services.orders.attest_delivery(order.order_id, order.seller_id, "I saw it arrive")

    assert trade.order(order.order_id).state == "shipped"


def test_a_buyer_who_is_an_operator_cannot_attest_their_own_delivery(trade):
    order = trade.shipped()

    with pytest.raises(OwnCase):
        trade.services.orders.attest_delivery(order.order_id, order.buyer_id, "it came")


@pytest.mark.parametrize("party", ["buyer_id", "seller_id"])
def test_a_party_who_is_an_operator_cannot_decide_their_own_dispute(trade, party):
    order = trade.reviewed(trade.delivered())

    with pytest.raises(OwnCase):
        trade.services.disputes.decide(order.dispute_id, getattr(order, party), 0, "5.2", "I am right.")

    assert trade.order(order.order_id).state == "dispute_review"


@pytest.mark.parametrize("party", ["buyer_id", "seller_id"])
def test_the_timeline_names_no_operator_to_the_parties(trade, party):
    order = trade.shipped()
    operator_id = trade.operator()
    trade.services.orders.attest_delivery(order.order_id, operator_id, "signed receipt")

    shown = order_to_wire(trade.services.orders.view(order.order_id, getattr(order, party)), "en")

    assert "attest_delivery" in [entry.what for entry in shown.timeline]
    assert operator_id not in json.dumps([dict(entry.facts) for entry in shown.timeline])


def test_the_timeline_names_the_operator_to_operators(trade):
    order = trade.shipped()
    operator_id = trade.operator()
    trade.services.orders.attest_delivery(order.order_id, operator_id, "signed receipt")

    view = trade.services.orders.view(order.order_id, operator_id, operator=True)

    assert order_to_wire(view, "en").timeline[-1].facts["operator_id"] == operator_id


def test_who_acts_for_the_seller_neither_attests_nor_decides_for_them(trade):
    order = trade.reviewed(trade.delivered())
    helper = join(trade, order.seller_id, "viewer")

    with pytest.raises(OwnCase):
        trade.services.disputes.decide(order.dispute_id, helper, 0, "5.2", "We are right.")
    with pytest.raises(OwnCase):
        trade.services.orders.attest_delivery(order.order_id, helper, "We saw it arrive.")
