"""The sweep: whatever lies open is found and finished; what fails waits, and stops nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments import sweep as sweep_module
from marketplace.payments.model import PaymentStatus
from marketplace.payments.service import AmountMismatch
from marketplace.payments.sweep import BATCH_MAX


@pytest.fixture
def sweep(world):
    def run():
        return world.services.sweep.run()  # built anew after a restart

    return run


def three_unpaid(trade):
    listing = trade.listing(trade.seller(), stock=9)
    placed = [trade.place(trade.person(f"B{number}"), (listing, 1)) for number in range(3)]
    trade.world.drain()
    return listing, placed


def test_unpaid_checkouts_overdue_orders_and_open_intents_are_found_in_one_round(world, trade, sweep):
    overdue = trade.bought()
    settling = trade.shipped()
    world.clock.set(overdue.due_at - timedelta(minutes=15))
    listing = trade.listing(trade.seller(), stock=1)
    unpaid = trade.place(trade.person("Late"), (listing, 1))
    world.services.orders.confirm(settling.order_id, settling.buyer_id)
    world.clock.advance(minutes=15)

    swept = sweep()

    assert (swept.payments, swept.orders, swept.failed) == (1, 2, 0)
    states = [trade.order(each).state for each in (overdue.order_id, settling.order_id, unpaid.orders[0].order_id)]
    assert states == ["refunded", "released", "cancelled"]
    world.drain()


def test_a_second_round_finds_nothing(world, trade, sweep):
    three_unpaid(trade)
    world.clock.advance(minutes=15)

    first, second = sweep(), sweep()

    assert (first.payments, second.payments, second.orders, second.intents, second.failed) == (3, 0, 0, 0, 0)


def test_a_checkout_is_left_alone_until_its_last_second(world, trade, sweep):
    three_unpaid(trade)
    world.clock.advance(seconds=15 * 60 - 1)

    assert sweep().payments == 0


def test_an_item_that_fails_for_a_while_does_not_stop_the_others(world, trade, sweep):
    listing, _ = three_unpaid(trade)
    world.clock.advance(minutes=15)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/payment_intents", times=2)

    first = sweep()
    between = world.services.listing_store.read(listing.listing_id).stock
    second = sweep()

    assert (first.payments, first.failed) == (2, 1)
    assert (second.payments, second.failed) == (1, 0)
    assert [between, world.services.listing_store.read(listing.listing_id).stock] == [8, 9]
    assert {each.status for each in world.view().payments} == {PaymentStatus.EXPIRED}
    assert {each["status"] for each in world.stripe.objects("payment_intent")} == {"canceled"}


def test_goods_are_not_freed_while_stripe_could_still_take_the_buyers_money(world, trade, sweep):
    """Stripe is away at the end of the reservation, and the buyer pays before it is back."""
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person("Late"), (listing, 1))
    world.drain()
    world.clock.advance(minutes=15)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/payment_intents", times=2)

    sweep()
    trade.pay(placed)
    world.drain()
    sweep()

    assert trade.order(placed.orders[0].order_id).state == "paid"
    assert world.services.listing_store.read(listing.listing_id).stock == 0


def test_an_item_that_breaks_us_does_not_stop_the_others_either(world, trade, sweep):
    """Stripe holds another amount than we asked for: a person must look, and everybody else's goods are freed."""
    listing, placed = three_unpaid(trade)
    trade.pay(placed[0])
    real = world.services.payments._stripe

    class Lying:
        def read_payment(self, payment_intent_id):
            found = real.read_payment(payment_intent_id)
            return found if found.status != "succeeded" else replace(found, amount_minor=1)

        def __getattr__(self, name):
            return getattr(real, name)

    world.services.payments._stripe = Lying()
    world.clock.advance(minutes=15)

    with pytest.raises(ExceptionGroup) as raised:
        sweep()

    world.services.payments._stripe = real
    assert [type(error) for error in raised.value.exceptions] == [AmountMismatch]
    assert raised.value.exceptions[0].__notes__ == [placed[0].payment.payment_id]
    assert world.services.listing_store.read(listing.listing_id).stock == 8
    world.drain()


def test_what_only_a_person_can_finish_is_not_tried_again_as_a_failure(world, trade, sweep):
    order = trade.shipped()
    account_id = world.services.sellers.of(order.seller_id).stripe_account_id
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.stripe.finish_onboarding(account_id, currently_due=["individual.verification.document"])

    swept = [sweep() for _ in range(3)]

    assert {each.failed for each in swept} == {0}
    assert trade.order(order.order_id).state == "settling"
    world.drain()


def test_orders_that_wait_for_a_person_never_crowd_out_those_that_are_due(world, trade, sweep):
    """More parked orders than one round takes, all older than the one that is due."""
    due = trade.bought()
    parked = trade.shipped()
    account_id = world.services.sellers.of(parked.seller_id).stripe_account_id
    world.services.orders.confirm(parked.order_id, parked.buyer_id)
    world.stripe.finish_onboarding(account_id, currently_due=["individual.verification.document"])
    sweep()
    found = world.services.order_store.due(world.clock.now(), BATCH_MAX)

    assert parked.order_id not in found
    world.clock.set(due.due_at)
    sweep()
    assert trade.order(due.order_id).state == "refunded"
    world.drain()


def test_a_late_refund_is_finished_by_the_sweep(world, trade, sweep):
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person("Late"), (listing, 1))
    trade.pay(placed)
    payment = world.services.payment_store.read(placed.payment.payment_id)
    order = trade.order(placed.orders[0].order_id)
    gone = world.services.mover.plan(order, "expire", "system").writes
    world.services.transactions.commit([world.services.payment_store.expired(payment), *gone])
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    with pytest.raises(Unavailable):
        world.services.payments.complete(payment.payment_id)

    swept = sweep()

    assert swept.intents == 1
    assert [each["amount"] for each in world.stripe.objects("refund")] == [10_000]
    world.drain()


def test_one_round_takes_so_much_and_the_next_one_goes_on(world, trade, sweep, monkeypatch):
    monkeypatch.setattr(sweep_module, "BATCH_MAX", 2)
    three_unpaid(trade)
    world.clock.advance(minutes=15)

    assert [sweep().payments for _ in range(3)] == [2, 1, 0]
