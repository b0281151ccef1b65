"""While a bank only asks, the release waits: not for ever, not against what people decide, not in older processes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.audit.invariants import check
from marketplace.orders.model import BankAsks, TransitionRefused
from marketplace.payments.bank_case import ASKS_MAX


@pytest.fixture(autouse=True)
def latest(world):
    """Orders of version 2 of the process."""
    world.place_under(2)


def asked(world):
    charge = next(each for each in world.stripe.objects("charge"))
    dispute = world.stripe.open_dispute(charge["id"], inquiry=True)
    world.drain()
    return dispute["id"]


def wait(world, **length):
    world.clock.advance(**length)
    world.sweep()


def told(world, account_id):
    return [each.kind for each in world.services.notifications.page(account_id, None, 50).items]


def test_silence_releases_nothing_while_the_bank_asks(world, trade):
    order = trade.delivered()
    asked(world)

    wait(world, days=20)

    assert trade.order(order.order_id).state == "delivered"
    assert world.stripe.objects("transfer") == []


def test_the_buyer_s_confirmation_waits_too_with_a_clear_problem(world, trade):
    order = trade.delivered()
    asked(world)

    with pytest.raises(BankAsks):
        world.services.orders.confirm(order.order_id, order.buyer_id)

    assert trade.order(order.order_id).state == "delivered"


def test_when_the_bank_is_done_a_release_that_was_due_goes_on(world, trade):
    order = trade.delivered()
    dispute_id = asked(world)
    wait(world, days=20)

    world.stripe.close_dispute(dispute_id, won=False)
    world.drain()
    world.sweep()

    assert trade.order(order.order_id).state == "released"


def test_when_the_bank_is_done_early_the_order_s_own_deadline_counts_again(world, trade):
    order = trade.delivered()
    dispute_id = asked(world)
    during = trade.order(order.order_id).due_at

    world.stripe.close_dispute(dispute_id, won=False)
    world.drain()

    assert during == order.due_at - timedelta(days=14) + ASKS_MAX
    assert trade.order(order.order_id).due_at == order.due_at
    assert trade.order(order.order_id).asked_until is None


@pytest.mark.parametrize(("before", "state"), [(timedelta(minutes=1), "delivered"), (timedelta(), "released")])
def test_a_bank_that_never_says_more_keeps_it_no_longer_than_is_published(world, trade, before, state):
    order = trade.delivered()
    asked(world)

    world.clock.set(trade.order(order.order_id).asked_until - before)
    world.sweep()

    assert trade.order(order.order_id).state == state


def test_an_order_that_arrives_while_the_bank_asks_waits_from_then_on(world, trade):
    order = trade.shipped()
    asked(world)
    world.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
    world.drain()

    after = trade.order(order.order_id)

    assert after.due_at == after.asked_until
    wait(world, days=20)
    assert trade.order(order.order_id).state == "delivered"


def test_what_was_released_before_stays_released(world, trade):
    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    asked(world)

    assert trade.order(order.order_id).state == "released"
    assert trade.order(order.order_id).asked_until is None


def test_an_inquiry_that_becomes_a_chargeback_freezes_the_order_as_any_does(world, trade):
    order = trade.delivered()
    dispute_id = asked(world)

    world.stripe.escalate_dispute(dispute_id)
    world.drain()

    after = trade.order(order.order_id)
    assert (after.state, after.asked_until) == ("charged_back", None)


def test_people_decide_all_the_same(world, trade):
    order = trade.delivered()
    asked(world)
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    world.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
    world.drain()
    wait(world, days=8)  # the talk ends

    world.services.disputes.decide(view.dispute.dispute_id, trade.operator(), 0, "5.2", "It was whole.")
    world.drain()
    wait(world, days=8)  # nobody appeals

    assert trade.order(order.order_id).state == "released"


def test_the_buyer_gets_everything_back_by_silence_whatever_the_bank_asks(world, trade):
    order = trade.bought()
    asked(world)

    world.clock.set(trade.order(order.order_id).due_at)
    world.sweep()

    assert trade.order(order.order_id).state == "refunded"


def test_both_sides_are_told_that_it_waits_and_that_it_is_over(world, trade):
    order = trade.delivered()
    dispute_id = asked(world)
    world.stripe.close_dispute(dispute_id, won=False)
    world.drain()

    for person in (order.buyer_id, order.seller_id):
        assert told(world, person).count("chargeback.release_waits") == 1
        assert told(world, person).count("chargeback.inquiry_closed") == 1


def test_each_step_is_noted_once_however_often_it_is_told(world, trade):
    order = trade.delivered()
    dispute_id = asked(world)
    for _ in range(3):
        world.services.chargebacks.follow(dispute_id)
    world.drain()

    assert told(world, order.seller_id).count("chargeback.release_waits") == 1
    assert trade.order(order.order_id).asked_until is not None


def test_an_order_of_the_first_process_is_released_as_it_was_placed(world, trade):
    world.place_under(1)
    order = trade.delivered()
    asked(world)

    wait(world, days=15)

    assert trade.order(order.order_id).state == "released"


def test_a_release_while_the_bank_asks_is_a_violation(world, trade):

    order = trade.delivered()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    view = world.view()

    marked = [replace(each, asked_until=world.clock.now() + ASKS_MAX) for each in view.orders]

    assert "B3" in {each.rule for each in check(replace(view, orders=marked))}
    assert check(view) == []


def test_a_confirmation_that_was_read_before_the_question_is_refused(world, trade):
    order = trade.delivered()
    step = world.services.mover.plan(order, "confirm", "buyer")
    asked(world)

    with pytest.raises(TransitionRefused):
        world.services.transactions.commit(step.writes)
