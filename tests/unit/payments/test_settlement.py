"""Money out: the buyer first, each leg once, and the order ends with the last one."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import COMMISSION, HELD, balances, seller_account
from marketplace.orders.model import OrderMissing
from marketplace.payments.model import IntentState, refund_intent_id, transfer_intent_id


def split(trade, refund_minor=3_000):
    return trade.awarded(trade.reviewed(trade.delivered()), refund_minor)


@pytest.mark.parametrize(("refund", "end"), [(0, "released"), (3_000, "split"), (10_000, "refunded")])
def test_an_award_empties_the_hold_and_ends_the_order(world, each_version, trade, refund, end):
    order = split(trade, refund)

    after = world.services.settlement.settle(order.order_id)

    booked = balances(world.services.ledger.of_book(order.order_id))
    assert (after.state, after.due_at, after.ended_at) == (end, None, world.clock.now())
    assert booked[HELD, "eur"] == 0
    assert booked.get((seller_account(order.seller_id), "eur"), 0) == 0
    assert -booked.get((COMMISSION, "eur"), 0) == (10_000 - refund) * 8 // 100
    world.drain()


def test_the_buyer_is_paid_before_the_seller(world, each_version, trade):
    order = split(trade)
    before = len(world.stripe.requests)

    world.services.settlement.settle(order.order_id)

    posts = [path for method, path in world.stripe.requests[before:] if method == "POST"]
    assert posts == ["/v1/refunds", "/v1/transfers"]
    world.drain()


def test_the_buyer_is_paid_although_the_seller_cannot_be(world, each_version, trade):
    order = split(trade)
    account_id = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account_id, currently_due=["individual.verification.document"])

    after = world.services.settlement.settle(order.order_id)

    assert after.state == "settling"
    assert [each["amount"] for each in world.stripe.objects("refund")] == [3_000]
    intents = [
        world.services.payment_store.intent(each(order.order_id)) for each in (refund_intent_id, transfer_intent_id)
    ]
    assert [each.state for each in intents] == [IntentState.DONE, IntentState.PARKED]
    world.drain()


def test_what_failed_goes_on_where_it_stopped(world, trade):
    order = split(trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with pytest.raises(Unavailable):
        world.services.settlement.settle(order.order_id)
    between = trade.order(order.order_id).state

    after = world.services.settlement.settle(order.order_id)

    assert (between, after.state) == ("settling", "split")
    assert len(world.stripe.objects("refund")) == len(world.stripe.objects("transfer")) == 1
    world.drain()


def test_a_refund_of_one_order_leaves_the_others_of_its_payment_alone(world, trade):
    buyer = trade.person("Buyer")
    wanted = [(trade.listing(trade.seller(), price_minor=price), 1) for price in (4_000, 6_000)]
    placed = trade.place(buyer, *wanted)
    trade.pay(placed)
    world.drain()
    one, other = placed.orders

    world.services.orders.cancel(one.order_id, one.seller_id, "broken")
    world.drain()

    assert [each["amount"] for each in world.stripe.objects("refund")] == [4_000]
    assert [trade.order(each.order_id).state for each in (one, other)] == ["refunded", "paid"]


def test_two_equal_refunds_of_one_payment_are_both_paid(world, trade):
    buyer = trade.person("Buyer")
    wanted = [(trade.listing(trade.seller(), price_minor=5_000), 1) for _ in range(2)]
    placed = trade.place(buyer, *wanted)
    trade.pay(placed)
    world.drain()

    for order in placed.orders:
        world.services.orders.cancel(order.order_id, order.seller_id, "broken")
        world.drain()

    assert [each["amount"] for each in world.stripe.objects("refund")] == [5_000, 5_000]


@pytest.mark.parametrize("price_minor", [50, 51, 99, 333, 12_345])
def test_small_and_odd_amounts_divide_to_the_cent(world, trade, price_minor):
    order = trade.shipped(price_minor=price_minor)
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    [transfer] = world.stripe.objects("transfer")
    assert transfer["amount"] == price_minor - order.commission_minor
    assert order.commission_minor == (price_minor * 8 + 50) // 100


def test_an_order_that_is_not_settling_is_left_as_it_is(world, trade):
    order = trade.shipped()

    assert world.services.settlement.settle(order.order_id) == order
    with pytest.raises(OrderMissing):
        world.services.settlement.settle("ord_never")


def test_a_transfer_names_its_charge_its_group_and_its_order(world, trade):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    [transfer] = world.stripe.objects("transfer")
    payment = world.services.payment_store.read(order.payment_id)
    assert (transfer["source_transaction"], transfer["transfer_group"]) == (payment.charge_id, order.payment_id)
    assert transfer["metadata"]["order_id"] == order.order_id
