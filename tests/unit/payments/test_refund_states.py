"""What a refund's state says to the buyer is where their money is, also once its first call was given up."""

import pytest

from marketplace.payments.desk import CLOSE
from marketplace.payments.refund_model import RefundState
from marketplace.payments.unclaimed_model import Way
from tests.unit.payments.test_after_a_partial_loss import LEFT, manual, partly_lost
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_paid_outside import paid
from tests.unit.payments.test_unclaimed import decide


@pytest.fixture
def not_by_card(world, trade):
    """An order of which a bank kept a part, and no card takes the refund of the rest."""
    order = partly_lost(trade)
    manual(trade, order, LEFT)
    [row] = world.services.unclaimed.page(None, 10).items
    return order, row.name


def state(world, order):
    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    return view.state


def test_what_no_card_takes_waits_and_was_not_paid_by_the_bank(world, not_by_card):
    order, _ = not_by_card

    assert state(world, order) is RefundState.WAITING


def test_what_two_people_closed_waits_until_they_say_what_becomes_of_it(world, buyers):
    order, _ = buyers

    assert state(world, order) is RefundState.WAITING


def test_what_is_kept_for_the_buyer_still_waits(world, buyers, finance):
    order, name = buyers

    decide(world, name, Way.KEEP, finance)

    assert state(world, order) is RefundState.WAITING


def test_what_the_owner_paid_outside_is_so_called(world, not_by_card, finance):
    order, name = not_by_card

    paid(world, name, finance)

    assert state(world, order) is RefundState.PAID_OUTSIDE


def test_what_a_bank_paid_while_it_waited_is_paid_by_it(world, buyers):
    order, _ = buyers
    case = world.stripe.open_dispute(world.stripe.objects("charge")[0]["id"])
    world.drain()

    world.stripe.close_dispute(case["id"], won=False)
    world.drain()

    assert state(world, order) is RefundState.BY_BANK


def test_what_is_sent_again_is_on_its_way_then_done(world, buyers, finance):
    order, name = buyers

    decide(world, name, Way.BUYER, finance, settled=False)
    on_its_way = state(world, order)
    world.sweep()

    assert (on_its_way, state(world, order)) == (RefundState.REFUNDING, RefundState.DONE)


def test_what_comes_back_and_is_closed_twice_is_followed_to_its_last_name(world, buyers, finance):
    order, name = buyers
    decide(world, name, Way.BUYER, finance)
    again = world.services.unclaimed.read(name).sent_as
    [sent] = [each for each in world.stripe.objects("refund") if each["status"] == "succeeded"]
    world.stripe.fail_refund(sent["id"])
    world.drain()
    failed = state(world, order)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)
    waiting = state(world, order)

    decide(world, again, Way.BUYER, finance)

    assert (failed, waiting, state(world, order)) == (RefundState.FAILED, RefundState.WAITING, RefundState.DONE)


def test_a_refund_that_went_its_way_is_listed_without_a_look_at_what_waits(world, trade):
    order = trade.shipped()
    manual(trade, order, 1_000)
    world.services.refunds._unclaimed = None

    assert state(world, order) is RefundState.DONE
