"""A loss and its win are divided by the order as it stands, whatever was booked since somebody read it."""

from dataclasses import replace

import pytest

from infra.local.stripe.money import Terms
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS
from marketplace.payments.bank_books import changed_fees
from tests.unit.meanwhile import Earlier, Then, delivered
from tests.unit.payments.test_clawback import TOTAL, booked, owed, released, taken


@pytest.mark.parametrize("amount_minor", [TOTAL, 4_000])
def test_a_win_that_read_the_order_before_the_loss_was_counted_takes_it_off_again(world, trade, amount_minor):
    order = released(world, trade)
    before = booked(world, order)
    dispute_id = taken(world, amount=amount_minor)
    world.stripe.close_dispute(dispute_id, won=False)
    loss, win = world.new_services().chargebacks, world.new_services().chargebacks
    loss._stripe = Earlier(loss._stripe, "read_dispute", loss._stripe.read_dispute(dispute_id))
    world.stripe.overturn_dispute(dispute_id)
    win._orders = Then(win._orders, "read", lambda: loss.follow(dispute_id))

    delivered(win.follow, dispute_id)
    world.drain()

    kinds = [each.kind for each in world.services.ledger.of_book(order.order_id)]
    assert [kinds.count(f"chargeback_{each}") for each in ("lost", "reinstated")] == [1, 1]
    assert trade.order(order.order_id).lost_after_minor == 0
    assert (booked(world, order), owed(world, order)) == (before, 0)


def test_a_loss_of_an_order_that_has_more_left_since_it_was_read_is_not_the_platforms(world, trade):
    order = released(world, trade)
    dispute_id = taken(world)
    world.stripe.close_dispute(dispute_id, won=False)
    loss = world.new_services().chargebacks
    other_lost = replace(order, lost_after_minor=order.not_given_back_minor)  # as another case had it
    loss._orders = Earlier(loss._orders, "read", other_lost)

    with pytest.raises(Unavailable):
        loss.follow(dispute_id)
    at_first = booked(world, order)
    loss.follow(dispute_id)

    assert CHARGEBACK_LOSS not in at_first
    assert CHARGEBACK_LOSS not in booked(world, order)
    assert trade.order(order.order_id).lost_after_minor == TOTAL
    assert owed(world, order) == order.commission_minor


def test_a_fee_that_was_given_back_since_it_was_read_is_not_booked_again(world, trade):
    world.stripe.world.terms = Terms(dispute_fee_returned=True)
    order = trade.delivered()
    dispute_id = taken(world)
    looks, told = world.new_services().chargebacks, world.new_services().chargebacks
    looks._stripe = Earlier(looks._stripe, "read_dispute", told._stripe.read_dispute(dispute_id))
    world.stripe.close_dispute(dispute_id, won=True)
    looks._stripe = Then(looks._stripe, "read_dispute", lambda: told.follow(dispute_id))

    delivered(looks.follow, dispute_id)

    book, one_more = world.services.ledger.of_book(order.payment_id), {"eur": 1}
    assert changed_fees(book, dispute_id, one_more) == [(2, "eur", 0, 1)]  # two steps are booked, and nothing is left
