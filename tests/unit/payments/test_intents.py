"""One effect, one object at Stripe, whatever happens around the call."""

from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments.model import SAME_KEY_FOR, IntentState, transfer_intent_id


@pytest.fixture
def settling(world, trade):
    """An order whose release has begun, with nothing called yet."""
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    return trade.order(order.order_id)


def transfers(world):
    return world.stripe.objects("transfer")


def test_a_release_is_one_transfer_however_often_it_is_settled(world, trade, settling):
    for _ in range(5):
        world.services.settlement.settle(settling.order_id)

    assert len(transfers(world)) == 1
    assert trade.order(settling.order_id).state == "released"
    world.drain()


def test_the_seller_gets_the_total_less_the_commission(world, trade, settling):
    world.services.settlement.settle(settling.order_id)

    assert transfers(world)[0]["amount"] == settling.total_minor - settling.commission_minor
    world.drain()


def test_an_answer_that_was_lost_is_found_again_at_stripe(world, trade, settling):
    world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/transfers", times=5)

    with pytest.raises(Unavailable):
        world.services.settlement.settle(settling.order_id)

    assert transfers(world) == []
    assert trade.order(settling.order_id).state == "settling"
    world.clock.advance(hours=25)
    world.sweep()
    intent = world.services.payment_store.intent(transfer_intent_id(settling.order_id))
    assert intent.state is IntentState.PARKED


def test_a_transfer_that_was_made_before_the_answer_was_lost_is_adopted(world, trade, settling):
    world.stripe.inject(fault="answer_lost", method="POST", path_prefix="/v1/transfers", times=1)

    world.services.settlement.settle(settling.order_id)

    assert len(transfers(world)) == 1
    assert trade.order(settling.order_id).state == "released"
    world.drain()


def attempted(world, settling):
    """Let a first call fail, so that the transfer's key is as old as now."""
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with pytest.raises(Unavailable):
        world.services.settlement.settle(settling.order_id)


def test_an_old_key_is_never_used_again(world, trade, settling):
    attempted(world, settling)
    world.clock.advance(seconds=SAME_KEY_FOR.total_seconds())
    before = len(world.stripe.requests)

    world.services.settlement.settle(settling.order_id)

    calls = world.stripe.requests[before:]
    assert all(method == "GET" for method, _ in calls)
    intent = world.services.payment_store.intent(transfer_intent_id(settling.order_id))
    assert (intent.state, intent.reason) == (IntentState.PARKED, "key_too_old_and_nothing_found")
    assert trade.order(settling.order_id).state == "settling"
    world.drain()


def test_a_key_just_young_enough_is_used(world, trade, settling):
    attempted(world, settling)
    world.clock.advance(seconds=(SAME_KEY_FOR - timedelta(seconds=1)).total_seconds())

    world.services.settlement.settle(settling.order_id)

    assert trade.order(settling.order_id).state == "released"
    world.drain()


def test_what_stripe_refuses_for_good_waits_for_a_person_with_the_reason(world, trade, settling):
    account = world.services.sellers.of(settling.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account, currently_due=["individual.verification.document"])

    after = world.services.settlement.settle(settling.order_id)

    intent = world.services.payment_store.intent(transfer_intent_id(settling.order_id))
    assert after.state == "settling"
    assert intent.state is IntentState.PARKED
    assert intent.reason
    world.drain()
