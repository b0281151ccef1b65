"""A balance on its date: what is sent of it to the cent, what is kept for whom, and when it is looked at again."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from marketplace.payouts.model import MINIMUM_MINOR, PayoutState
from marketplace.payouts.paying import BLOCKED_LOOK_EVERY
from marketplace.payouts.schedule import MONTHLY
from marketplace.payouts.schedule import next_date as schedule_date
from marketplace.payouts.switch import EVERYTHING
from tests.crash.payout_deeds import arrive, due, next_date, pay_out
from tests.unit.meanwhile import Earlier
from tests.unit.payouts.test_later_holds import after, begin, charge_back, resume, stop
from tests.unit.payouts.test_payouts import payouts_of, purse_of, released_at

LEAST = MINIMUM_MINOR["eur"]


@contextmanager
def owing(trade, order, amount_minor):
    """A seller who owes something, of which the books say nothing, so that it is theirs no more in the end."""
    services = trade.services
    services.transactions.commit([services.debts.add(order.seller_id, order.currency, amount_minor)])
    yield
    services.transactions.commit([services.debts.net(order.seller_id, order.currency, amount_minor)])


def without_factor(trade):
    """A balance on its date whose seller has no second factor; its order."""
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    trade.services.payouts.choose(order.seller_id, MONTHLY)
    next_date(trade, order)
    return order


def sell_again(trade, order, tracking_number):
    placed = trade.place(trade.person("Buyer"), (trade.listing(order.seller_id), 1))
    trade.pay(placed)
    trade.world.drain()
    again = trade.order(placed.orders[0].order_id)
    trade.services.orders.ship(again.order_id, again.seller_id, "correos", tracking_number)
    trade.services.orders.confirm(again.order_id, again.buyer_id)
    trade.world.drain()


@pytest.mark.parametrize(("left_minor", "sent"), [(LEAST, [LEAST]), (LEAST - 1, [])])
def test_what_a_seller_owes_stays_and_the_rest_is_sent_from_the_minimum_on(trade, left_minor, sent):
    order = due(trade)
    owed_minor = purse_of(trade, order).available_minor - left_minor

    with owing(trade, order, owed_minor):
        trade.services.payout_run.run()

    assert [payout.amount_minor for payout in payouts_of(trade, order)] == sent


@pytest.mark.parametrize(("cleared_minor", "sent"), [(LEAST, [LEAST]), (LEAST - 1, [])])
def test_no_more_is_sent_than_has_cleared_at_stripe_from_the_minimum_on(trade, cleared_minor, sent):
    order = due(trade)
    trade.services.paying._stripe = Earlier(trade.services.stripe_payouts, "cleared_minor", cleared_minor)

    trade.services.payout_run.run()

    assert [payout.amount_minor for payout in payouts_of(trade, order)] == sent
    assert purse_of(trade, order).due_at > trade.world.clock.now()


def test_a_balance_of_which_a_part_is_left_has_a_next_date_and_an_empty_one_has_none(trade):
    order = released_at(trade, 30_000)
    next_date(trade, order)
    pay_out(trade, order)
    reserved = purse_of(trade, order)

    trade.world.clock.advance(days=60)
    trade.services.payout_run.run()  # frees what was set aside, for the date after
    next_date(trade, order)
    trade.services.payout_run.run()

    empty = purse_of(trade, order)
    assert (reserved.reserved_minor > 0, reserved.due_at is not None) == (True, True)
    assert len(payouts_of(trade, order)) == 2
    assert (empty.at_stripe_minor, empty.due_at) == (0, None)
    arrive(trade)


def test_what_waits_for_its_seller_is_looked_at_every_day_whatever_the_schedule(trade):
    order = without_factor(trade)
    now = trade.world.clock.now()

    trade.services.payout_run.run()
    at_once = trade.services.payout_run.run()

    assert BLOCKED_LOOK_EVERY == timedelta(days=1)
    assert purse_of(trade, order).due_at == now + BLOCKED_LOOK_EVERY
    assert at_once.begun == 0


def test_what_no_hold_keeps_is_looked_at_on_the_next_date(trade):
    order = due(trade)
    trade.services.payouts.choose(order.seller_id, MONTHLY)
    next_date(trade, order)

    with owing(trade, order, purse_of(trade, order).available_minor):
        trade.services.payout_run.run()

    assert purse_of(trade, order).due_at == schedule_date(MONTHLY, trade.world.clock.now())


def test_a_stopped_balance_stays_due_and_is_paid_by_the_first_run_after_it(trade):
    order = due(trade)
    before = purse_of(trade, order).due_at
    stop(trade.world, EVERYTHING)

    trade.services.payout_run.run()
    still = purse_of(trade, order).due_at
    resume(trade.world, EVERYTHING)
    trade.services.payout_run.run()

    assert still == before
    assert [payout.state for payout in payouts_of(trade, order)] == [PayoutState.IN_TRANSIT]


def test_the_next_payout_waits_for_one_that_may_be_on_our_side_and_for_none_that_left(trade):
    order = due(trade)
    begun = begin(trade.world, order)
    ours = trade.services.paying.has_unsent(purse_of(trade, order))
    trade.services.payout_desk.bring_on(begun)
    left = trade.services.paying.has_unsent(purse_of(trade, order))

    assert (begun.state, after(trade.world, begun).state) == (PayoutState.OPEN, PayoutState.IN_TRANSIT)
    assert (ours, left) == (True, False)


def test_a_later_hold_for_which_the_rest_is_enough_keeps_no_begun_payout(trade):
    order = due(trade)
    begun = begin(trade.world, order)
    for number in range(2):
        sell_again(trade, order, f"PK1{number}")
    trade.world.clock.advance(days=8)  # until their transfers have cleared
    trade.world.stripe.tick()
    trade.world.drain()
    charge_back(trade.world, next(each for each in trade.world.view().orders if each.order_id != order.order_id))

    trade.services.payout_run.run()

    assert after(trade.world, begun).state is PayoutState.IN_TRANSIT


def test_a_balance_is_told_to_wait_with_its_amount_and_cause(trade):
    order = without_factor(trade)

    trade.services.payout_run.run()
    trade.world.drain()

    [told] = [
        each
        for each in trade.services.notifications.page(order.seller_id, None, 50).items
        if each.kind == "payout.held"
    ]
    assert told.data["amount_minor"] == purse_of(trade, order).available_minor
