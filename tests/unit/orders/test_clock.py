"""The order clock: told anything twice, late or out of order, it does the right thing once."""

import pytest

from marketplace.orders.asl import definition
from marketplace.orders.clock import PARKED, Place
from marketplace.orders.model import OrderMissing
from marketplace.orders.process import PROCESSES, Kind


@pytest.mark.parametrize("version", PROCESSES)
def test_every_wait_of_every_version_has_its_place_in_the_execution(version):
    waits = {each.name for each in PROCESSES[version].states.values() if each.timer and each.clocked_by != "sweep"}

    assert waits <= set(definition()["States"])


def test_what_the_clock_does_is_not_done_again_by_the_sweep(world, trade):
    order = trade.bought()
    world.clock.set(order.due_at)
    world.services.order_clock.tick(order.order_id)
    step = trade.order(order.order_id).step

    world.services.order_clock.tick(order.order_id)

    assert trade.order(order.order_id).step == step
    world.drain()


def test_an_unpaid_order_never_ends_without_its_payment(world, trade):
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    order = placed.orders[0]
    world.clock.set(order.due_at)

    world.services.order_clock.tick(order.order_id)
    world.services.order_clock.catch_up(order.order_id)

    assert trade.order(order.order_id).state == "awaiting_payment"
    world.sweep()
    assert trade.order(order.order_id).state == "cancelled"


def test_an_undecided_dispute_is_closed_with_the_order_that_lapses(world, each_version, trade):
    order = trade.reviewed(trade.shipped())
    world.clock.set(order.due_at)

    at = world.services.order_clock.tick(order.order_id).at

    found = world.services.dispute_store.read(order.dispute_id)
    assert (at, found.decision.decided_by, found.decision.refund_minor) == ("settling", "clock", order.total_minor)
    world.drain()


def test_a_parked_payout_leaves_the_execution_nothing_to_wait_for(world, each_version, trade):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    account_id = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account_id, currently_due=["individual.verification.document"])

    assert world.services.order_clock.settle(order.order_id) == Place(PARKED, 1)
    assert PROCESSES[each_version].states[trade.order(order.order_id).state].kind is Kind.WORKING
    world.drain()


def test_a_move_of_an_order_that_has_no_wait_asks_for_nothing(world):
    asked = world.services.order_clock.order_moved("ord_never", "paid", "shipped", version=1, due_at=None)

    assert asked is None
    assert world.executions.machine.executions == {}


@pytest.mark.parametrize("deed", ["tick", "settle", "catch_up"])
def test_an_order_that_is_not_there_is_missing(world, deed):
    with pytest.raises(OrderMissing):
        getattr(world.services.order_clock, deed)("ord_never")
