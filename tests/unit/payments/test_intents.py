"""One effect, one object at Stripe, whatever happens around the call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments.model import SAME_KEY_FOR, IntentKind, IntentState, refund_intent_id, transfer_intent_id


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


class Speaking:
    """Stripe, but for what a test says it answers."""

    def __init__(self, real, **said) -> None:
        self._real, self._said = real, said

    def __getattr__(self, name):
        return self._said.get(name) or getattr(self._real, name)


def _silent(*_args, **_named):
    raise Unavailable


def opened(world, order):
    """The open transfer of an order that settles, opened and not called."""
    intents = world.services.intents
    real, intents._stripe = intents._stripe, Speaking(intents._stripe, transfer=_silent, find_transfer=_silent)
    try:
        with pytest.raises(Unavailable):
            world.services.settlement.settle(order.order_id)
    finally:
        intents._stripe = real
    return world.services.payment_store.intent(transfer_intent_id(order.order_id))


def test_a_call_and_a_look_up_without_an_answer_are_noted_as_doubt(world, settling):
    intent = opened(world, settling)

    assert intent.state is IntentState.OPEN
    assert intent.unknown_since == world.clock.now()
    world.drain()


def test_what_an_earlier_attempt_did_after_all_is_adopted_before_the_next_call(world, settling):
    intent = opened(world, settling)
    store, tx = world.services.payment_store, world.services.transactions
    charge = world.services.payment_store.read(settling.payment_id).charge_id
    account = world.services.sellers.of(settling.seller_id).stripe_account_id
    made = world.services.stripe.transfer(intent, destination=account, charge_id=charge)
    tx.commit([store.park_intent(intent, "refused", world.clock.now())])
    parked = store.intent(intent.intent_id)
    tx.commit([store.reopen_intent(parked, world.clock.now())])

    world.drain()
    world.sweep()

    after = store.intent(intent.intent_id)
    assert (after.state, after.result_id) == (IntentState.DONE, made)
    assert len(transfers(world)) == 1


def test_a_transfer_without_an_account_is_parked_with_its_reason(world, settling):
    intent = opened(world, settling)

    ended = world.services.intents.perform(intent, charge_id="ch_1", destination=None, record=lambda _id: [])

    after = world.services.payment_store.intent(intent.intent_id)
    assert (ended, after.state, after.reason) == (IntentState.PARKED, IntentState.PARKED, "seller_has_no_account")
    store, tx = world.services.payment_store, world.services.transactions
    tx.commit([store.reopen_intent(after, world.clock.now())])
    world.drain()
    world.sweep()


def test_what_is_over_is_answered_as_it_is_and_calls_nobody(world, trade, settling):
    world.services.settlement.settle(settling.order_id)
    done = world.services.payment_store.intent(transfer_intent_id(settling.order_id))

    ended = world.services.intents.perform(done, charge_id="", destination=None, record=lambda _id: [])

    assert ended is IntentState.DONE
    world.drain()


def test_an_effect_that_somebody_else_recorded_first_is_over(world, settling):
    """The intent is read open, and finished by another process before this one records."""
    intent = opened(world, settling)
    world.services.settlement.settle(settling.order_id)
    charge = world.services.payment_store.read(settling.payment_id).charge_id
    account = world.services.sellers.of(settling.seller_id).stripe_account_id

    ended = world.services.intents.perform(intent, charge_id=charge, destination=account, record=lambda _id: [])

    assert ended is IntentState.DONE
    assert len(transfers(world)) == 1
    world.drain()


def test_a_record_that_is_refused_while_the_intent_is_open_comes_again(world, trade, settling):
    """A write beside the intent met a conflict: nothing is recorded, and the same call is made again."""
    intent = opened(world, settling)
    charge = world.services.payment_store.read(settling.payment_id).charge_id
    account = world.services.sellers.of(settling.seller_id).stripe_account_id
    stale = trade.order(settling.order_id)

    with pytest.raises(Unavailable) as refused:
        world.services.intents.perform(
            intent,
            charge_id=charge,
            destination=account,
            record=lambda _id: [
                world.services.order_store.wake(replace(stale, step=stale.step + 7), world.clock.now())
            ],
        )

    assert refused.value.retry_after_seconds == 1
    assert world.services.payment_store.intent(intent.intent_id).state is IntentState.OPEN
    world.drain()
    world.sweep()
    assert len(transfers(world)) == 1


def test_a_reversal_that_was_answered_too_late_is_found_by_its_name(world, trade):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    done = world.services.payment_store.intent(transfer_intent_id(order.order_id))
    wanted = replace(
        done, intent_id="reversal#x", kind=IntentKind.REVERSAL, amount_minor=5, facts={"transfer_id": done.result_id}
    )
    assert world.services.intents.find(wanted, charge_id="") is None


def test_a_refund_is_found_by_its_name(world, trade):
    order = trade.bought()
    world.services.orders.cancel(order.order_id, order.seller_id, "broken")
    world.drain()
    done = world.services.payment_store.intent(refund_intent_id(order.order_id))
    charge = world.services.payment_store.read(order.payment_id).charge_id

    assert world.services.intents.find(done, charge_id=charge) == done.result_id
