"""A refund is paid by a bank only as long as that bank keeps the money."""

from contextlib import suppress

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS
from marketplace.payments.model import IntentState
from tests.unit.meanwhile import Then, before, died
from tests.unit.payments.test_banks_and_awards import booked, promised, refund_of
from tests.unit.payments.test_chargeback_amounts import charge_of


def died_at_overtaken(world, dispute_id):
    process = world.new_services().chargebacks
    process._overtaken.follow = died

    def run():
        with suppress(Unavailable):
            process.follow(dispute_id)

    return run


def lost_and_not_followed(trade, amount=6_000):
    world = trade.world
    order = promised(trade, 6_000)
    case = world.stripe.open_dispute(charge_of(world), amount=amount)
    world.drain()
    world.clock.advance(minutes=2)
    world.sweep()
    world.stripe.close_dispute(case["id"], won=False)
    died_at_overtaken(world, case["id"])()
    assert refund_of(world, order).state is IntentState.PARKED
    world.stripe.overturn_dispute(case["id"])
    return trade.order(order.order_id), case["id"]


def finished(world):
    for _ in range(3):
        world.drain()
        world.clock.advance(minutes=2)
        world.sweep()


def test_a_refund_is_not_paid_by_a_bank_that_gave_back_meanwhile(world, trade):
    order, case = lost_and_not_followed(trade)
    sweeping = world.new_services().overtaken
    sweeping._paid = before(sweeping._paid, died_at_overtaken(world, case))  # which has the book already
    with suppress(Unavailable):
        sweeping.follow(order.order_id)
    finished(world)

    assert CHARGEBACK_LOSS not in booked(world, order)
    assert world.stripe.objects("refund")


def test_a_win_undoes_what_was_covered_meanwhile(world, trade):
    order, case = lost_and_not_followed(trade)
    win, sweeping = world.new_services().chargebacks, world.new_services().overtaken
    win._clawbacks._ledger = Then(win._clawbacks._ledger, "of_book", lambda: sweeping.follow(order.order_id))

    with suppress(Unavailable):
        win.follow(case)
    finished(world)

    assert CHARGEBACK_LOSS not in booked(world, order)
