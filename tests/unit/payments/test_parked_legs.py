"""Legs that wait for people: whom they hold up and whom not, and what people may decide about them."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import REFUND_OWED, UNCLAIMED, balances
from marketplace.orders.model import TransitionRefused
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.leave_store import DynamoLeaves
from marketplace.payments.model import IntentFinished, IntentState, refund_intent_id, transfer_intent_id
from tests.unit.payments.test_desk import agree, parked_transfer

AWARDED = 6_000


def booked(world, account) -> int:
    return balances(world.view().ledger).get((account, "eur"), 0)


def transfers(world) -> list[int]:
    return [each["amount"] for each in world.stripe.objects("transfer")]


def sent_at_stripe(world, order, intent_id) -> None:
    """Stripe did what it had seemed to refuse, under our name for it."""
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account)
    world.drain()
    intent = world.services.payment_store.intent(intent_id)
    facts = {"amount": intent.amount_minor, "currency": "eur", "destination": account}
    named = {"intent_id": intent_id, "order_id": order.order_id, "payment_id": order.payment_id}
    charge = world.services.payment_store.read(order.payment_id).charge_id
    world.stripe_client().v1.transfers.create(
        {**facts, "source_transaction": charge, "transfer_group": order.payment_id, "metadata": named}
    )
    world.clock.advance(minutes=5)


def test_an_order_that_was_woken_since_it_was_read_is_not_put_to_rest(world, trade):
    order, _ = parked_transfer(trade)
    services = world.services
    resting = trade.order(order.order_id)
    services.transactions.commit([services.order_store.wake(resting, world.clock.now())])
    read = trade.order(order.order_id)
    world.clock.advance(minutes=1)
    services.transactions.commit([services.order_store.wake(read, world.clock.now())])

    with pytest.raises(TransitionRefused):
        services.transactions.commit([services.order_store.rest(read)])

    assert trade.order(order.order_id).due_at == world.clock.now()


def test_a_leg_that_people_opened_again_is_no_reason_to_rest(world, trade):
    _, intent_id = parked_transfer(trade)
    services = world.services
    parked = services.payment_store.intent(intent_id)
    services.transactions.commit([services.payment_store.reopen_intent(parked, world.clock.now())])

    with pytest.raises(IntentFinished):
        services.transactions.commit([DynamoLeaves().as_read(parked)])

    services.transactions.commit([DynamoLeaves().as_read(services.payment_store.intent(intent_id))])


@pytest.fixture
def refund_came_back(world, trade):
    """An award of which the buyer's part came back before the seller's part could leave."""
    order = trade.reviewed(trade.delivered())
    world.services.switch.stop("currency:eur", "manual", "a look at the books")
    trade.awarded(order, AWARDED)
    with pytest.raises(Unavailable):
        world.services.settlement.settle(order.order_id)
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.clock.advance(minutes=3)
    world.drain()
    world.services.transactions.commit(
        world.services.switch.resume("currency:eur", "all is well", by="acc_1", approved_by="acc_2")
    )
    world.drain()
    world.clock.advance(minutes=3)
    world.sweep()
    world.sweep()
    return trade.order(order.order_id)


def test_a_refund_that_came_back_does_not_hold_up_the_seller(world, refund_came_back):
    order = refund_came_back

    assert order.state == "split"
    assert transfers(world) == [(order.total_minor - AWARDED) * 92 // 100]
    assert booked(world, REFUND_OWED) == -AWARDED  # it waits for people, and for nobody else
    refund = world.services.payment_store.intent(refund_intent_id(order.order_id))
    assert refund.state is IntentState.PARKED


def test_what_came_back_is_sent_again_after_the_order_ended(world, refund_came_back, finance):
    agree(world, RETRY, refund_intent_id(refund_came_back.order_id), finance)

    assert booked(world, REFUND_OWED) == 0
    assert sorted(each["status"] for each in world.stripe.objects("refund")) == ["failed", "succeeded"]


def test_what_stripe_did_after_all_is_not_closed_as_unclaimed(world, trade, finance):
    order, intent_id = parked_transfer(trade)
    sent_at_stripe(world, order, intent_id)

    agree(world, CLOSE, intent_id, finance)

    assert booked(world, UNCLAIMED) == 0
    assert len(transfers(world)) == 1
    assert world.services.payment_store.intent(transfer_intent_id(order.order_id)).state is IntentState.DONE
    assert trade.order(order.order_id).state == "released"


def test_nothing_is_closed_while_stripe_does_not_answer(world, trade, finance):
    _, intent_id = parked_transfer(trade)
    world.clock.advance(minutes=5)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/transfers", times=4)

    with pytest.raises(Unavailable):
        agree(world, CLOSE, intent_id, finance)

    assert world.services.payment_store.intent(intent_id).state is IntentState.PARKED
    assert booked(world, UNCLAIMED) == 0
