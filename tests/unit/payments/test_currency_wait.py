"""A transfer that no bank account of its seller takes: seen while it waits, and with people after its term."""

import pytest

from marketplace.payments.currency_wait import CURRENCY_LOOK_EVERY, CURRENCY_WAITS_MAX, NO_BANK_ACCOUNT
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.model import IntentState, transfer_intent_id
from marketplace.payouts.errors import CurrencyWaits
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_unclaimed_refunds import manual, refunded
from tests.unit.payouts.test_payouts import account_of, set_default


@pytest.fixture
def waiting(world, trade):
    """An order whose buyer confirmed, and whose seller only has a bank account in dollars."""
    order = trade.shipped()
    take_only(trade, order, "usd")
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    with pytest.raises(CurrencyWaits):
        trade.services.settlement.settle(order.order_id)
    return trade.order(order.order_id), transfer_intent_id(order.order_id)


def take_only(trade, order, currency):
    trade.world.stripe.change_banks(account_of(trade, order), currencies=[currency])
    set_default(trade, order, currency)
    trade.world.drain()


def end_of_term(world):
    world.clock.advance(days=CURRENCY_WAITS_MAX.days)
    world.sweep()


def test_it_counts_as_overdue_while_it_waits(world, waiting):
    seen = [world.services.sweep.stuck()]
    world.clock.advance(seconds=CURRENCY_LOOK_EVERY.seconds + 60)
    world.sweep()
    seen.append(world.services.sweep.stuck())

    assert [(each.parked, each.overdue, each.waiting) for each in seen] == [(0, 1, 1), (0, 1, 1)]


def test_the_seller_is_told_once_what_is_missing_and_until_when(world, waiting):
    order, _ = waiting
    world.clock.advance(seconds=CURRENCY_LOOK_EVERY.seconds + 60)
    world.sweep()
    world.drain()

    told = [mail for mail in world.mails if "wait for a bank account" in mail.subject or "esperan" in mail.subject]

    assert len(told) == 1
    assert order.order_id in told[0].subject


def test_after_the_term_it_waits_for_a_person_and_its_order_rests(world, trade, waiting):
    order, intent_id = waiting

    end_of_term(world)

    intent = world.services.payment_store.intent(intent_id)
    assert (intent.state, intent.reason) == (IntentState.PARKED, NO_BANK_ACCOUNT)
    assert world.services.sweep.stuck().parked == 1
    assert trade.order(order.order_id).state == "settling"


def test_people_close_it_and_the_buyer_can_be_refunded_again(world, trade, waiting, finance):
    order, intent_id = waiting
    end_of_term(world)
    world.clock.advance(minutes=3)

    agree(world, CLOSE, intent_id, finance)
    manual(world, trade.order(order.order_id), 3_000, finance)

    assert trade.order(order.order_id).state == "released"
    assert refunded(world) == [3_000]


def test_people_try_again_once_there_is_an_account(world, trade, waiting, finance):
    order, intent_id = waiting
    end_of_term(world)
    take_only(trade, order, "eur")
    world.clock.advance(minutes=3)

    agree(world, RETRY, intent_id, finance)

    assert world.services.payment_store.intent(intent_id).state is IntentState.DONE
    assert trade.order(order.order_id).state == "released"


def test_tried_again_without_one_it_has_another_term(world, waiting, finance):
    _, intent_id = waiting
    end_of_term(world)
    world.clock.advance(minutes=3)

    agree(world, RETRY, intent_id, finance)
    again = world.services.payment_store.intent(intent_id).state
    end_of_term(world)

    assert again is IntentState.OPEN
    assert world.services.payment_store.intent(intent_id).state is IntentState.PARKED
