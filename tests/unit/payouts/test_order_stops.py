"""A stop of one order: whatever of its money reaches the seller's balance, and however, waits there."""

import pytest

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE
from marketplace.payments.desk import RETRY
from marketplace.payments.model import IntentState, transfer_back_id, transfer_intent_id
from marketplace.payouts.model import Cause
from marketplace.payouts.switch import EVERYTHING
from tests.crash import payout_deeds
from tests.crash.payout_deeds import with_factor
from tests.unit.payments.test_clawback import closed, released, taken
from tests.unit.payments.test_desk import agree
from tests.unit.payouts.test_later_holds import resume, stop


def stop_holds(world, order):
    holds = world.services.payout_table.holds(order.seller_id)
    return [each.amount_minor for each in holds if each.cause is Cause.KILL_SWITCH]


def purse_of(world, order):
    return world.services.payout_table.purse(order.seller_id, order.currency)[0]


def days_go_by(world, days):
    for _ in range(days):
        world.clock.advance(days=1)
        world.sweep()


def called_and_died(world, intent_id):
    """Let an intent go and make its call, as a process does that dies before it records the result."""
    services = world.services
    intent = services.payment_store.intent(intent_id)
    services.transactions.commit([services.payment_store.let_go(intent, world.clock.now())])
    order = services.order_store.read(intent.order_id)
    account_id = services.sellers.of(order.seller_id).stripe_account_id
    charge_id = services.payment_store.read(order.payment_id).charge_id
    services.stripe.transfer(services.payment_store.intent(intent_id), destination=account_id, charge_id=charge_id)


@pytest.fixture
def beside(world, trade):
    """An order whose bank gave back what the seller had lost: a transfer beside the award was called for."""
    order = released(world, trade)
    dispute_id = taken(world)
    closed(world, dispute_id, won=False)
    stop(world, EVERYTHING)
    world.stripe.overturn_dispute(dispute_id)
    world.drain()
    resume(world, EVERYTHING)
    intent_id = transfer_back_id(order.order_id, dispute_id)
    called_and_died(world, intent_id)
    return order, intent_id


def test_a_transfer_beside_the_award_is_held_when_it_arrives_under_the_stop(world, trade, beside):
    order, intent_id = beside
    with_factor(trade, order.seller_id)
    stop(world, f"order:{order.order_id}")
    world.sweep()

    intent = world.services.payment_store.intent(intent_id)
    assert (intent.state, stop_holds(world, order)) == (IntentState.DONE, [intent.amount_minor])
    days_go_by(world, 40)
    assert (purse_of(world, order).paid_minor, purse_of(world, order).in_transit_minor) == (0, 0)


def test_what_arrived_under_the_stop_goes_on_when_it_ends(world, trade, beside):
    order, _ = beside
    with_factor(trade, order.seller_id)
    stop(world, f"order:{order.order_id}")
    world.sweep()

    resume(world, f"order:{order.order_id}")
    days_go_by(world, 40)

    assert stop_holds(world, order) == []
    assert purse_of(world, order).paid_minor > 0


def test_a_parked_transfer_that_had_left_is_held_when_people_send_it_again(world, trade):
    order = trade.delivered()
    with_factor(trade, order.seller_id)
    services = world.services
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    services.orders.confirm(order.order_id, order.buyer_id)
    with pytest.raises(DomainError):
        services.settlement.settle(order.order_id)
    intent_id = transfer_intent_id(order.order_id)
    intent = services.payment_store.intent(intent_id)
    account_id = services.sellers.of(order.seller_id).stripe_account_id
    charge_id = services.payment_store.read(order.payment_id).charge_id
    services.transactions.commit([services.payment_store.park_intent(intent, "unknown", world.clock.now())])
    services.stripe.transfer(intent, destination=account_id, charge_id=charge_id)
    stop(world, f"order:{order.order_id}")
    world.clock.advance(minutes=3)

    agree(world, RETRY, intent_id, [trade.staff(FINANCE), trade.staff(FINANCE)])
    world.sweep()

    assert services.payment_store.intent(intent_id).state is IntentState.DONE
    assert stop_holds(world, order) == [intent.amount_minor]


def test_a_resumption_that_met_an_arrival_leaves_no_hold(world, beside):
    order, intent_id = beside
    services = world.services
    stop(world, f"order:{order.order_id}")
    scope = f"order:{order.order_id}"
    writes = services.switch.resume(scope, "Fine.", by="acc_finance", approved_by="acc_admin")  # before the arrival
    world.sweep()

    with pytest.raises(DomainError):
        services.transactions.commit(writes)
    resume(world, scope)

    assert services.payment_store.intent(intent_id).state is IntentState.DONE
    assert stop_holds(world, order) == []


def test_a_stop_and_a_chargeback_of_one_order_leave_the_money_of_another(world, trade):
    order = payout_deeds.released(trade)
    payout_deeds.second(trade, order)
    stop(world, f"order:{order.order_id}")
    charge_id = world.services.payment_store.read(order.payment_id).charge_id
    world.stripe.open_dispute(charge_id)
    world.drain()
    world.clock.advance(days=20)
    world.stripe.tick()
    world.drain()

    [balance] = world.services.payouts.overview(order.seller_id).balances
    waiting = world.services.paying.waiting(order.seller_id, "eur")

    [brought_minor] = stop_holds(world, order)
    of_order = [each for each in balance.division.kept if each.hold.order_id]
    assert {each.hold.cause for each in of_order} == {Cause.CHARGEBACK, Cause.KILL_SWITCH}
    assert (sum(each.kept_minor for each in of_order), waiting.held_minor) == (brought_minor, brought_minor)
    assert balance.division.total_minor == balance.purse.at_stripe_minor


def test_what_is_taken_back_under_the_stop_is_held_no_more(world, trade):
    order = payout_deeds.released(trade)
    payout_deeds.second(trade, order)
    stop(world, f"order:{order.order_id}")
    charge_id = world.services.payment_store.read(order.payment_id).charge_id
    dispute = world.stripe.open_dispute(charge_id)
    world.drain()
    closed(world, dispute["id"], won=False)
    world.sweep()

    assert stop_holds(world, order) == [0]
    assert purse_of(world, order).reversed_minor > 0
    resume(world, f"order:{order.order_id}")
    assert stop_holds(world, order) == []


@pytest.fixture
def two_orders(world, trade):
    """Two orders of a new seller, of which nothing was paid out yet, and a tenth of each is reserved."""
    order = payout_deeds.released(trade)
    payout_deeds.second(trade, order)
    world.clock.advance(days=8)
    world.stripe.tick()
    world.drain()
    return order


def test_what_the_reserve_keeps_of_a_stopped_order_is_not_kept_twice(world, trade, two_orders):
    order = two_orders
    stop(world, f"order:{order.order_id}")

    [balance] = world.services.payouts.overview(order.seller_id).balances
    [brought_minor] = stop_holds(world, order)
    reserved_minor = balance.purse.reserved_minor // 2  # of one of two like orders

    assert world.services.paying.waiting(order.seller_id, "eur").held_minor == brought_minor - reserved_minor
    assert balance.division.payable_minor == brought_minor - reserved_minor  # what the other one brought
    assert balance.division.total_minor == balance.purse.at_stripe_minor


def test_what_the_reserve_lets_go_of_a_stopped_order_comes_under_the_stop(world, trade, two_orders):
    order = two_orders
    stop(world, f"order:{order.order_id}")

    days_go_by(world, 100)

    [brought_minor] = stop_holds(world, order)
    purse = purse_of(world, order)
    assert (purse.reserved_minor, purse.available_minor, purse.in_transit_minor) == (0, brought_minor, 0)
    assert purse.paid_minor == brought_minor  # all of the other one


def test_a_hold_from_before_arrivals_were_added_never_counts_below_nothing(world, trade, two_orders):
    order = two_orders
    services = world.services
    stop(world, f"order:{order.order_id}")
    [hold] = [each for each in services.payout_table.holds(order.seller_id) if each.cause is Cause.KILL_SWITCH]
    services.transactions.commit([services.payout_table.grow(order.seller_id, hold, 100 - hold.amount_minor)])

    services.transactions.commit([services.order_stops.leaving(order, 5_000)])

    assert stop_holds(world, order) == [0]
    with pytest.raises(DomainError):
        services.transactions.commit([services.payout_table.grow(order.seller_id, hold, -1)])
    services.transactions.commit([services.payout_table.grow(order.seller_id, hold, hold.amount_minor)])
