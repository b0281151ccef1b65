"""What waits for a buyer is paid by a bank only as long as that bank keeps the money; what was sent is held."""

from contextlib import suppress

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS
from marketplace.payments.unclaimed_model import Stage
from tests.unit.meanwhile import before
from tests.unit.payments.test_desk import booked
from tests.unit.payments.test_unclaimed_at_banks import charge_back


def lost_then_overturned(world, case, happens_in):
    """A process that books a loss; while it lets what waits bear it, another one hears that the bank gave it back."""
    loss = world.new_services().chargebacks
    world.stripe.close_dispute(case, won=False)

    def overturned():
        world.stripe.overturn_dispute(case)
        world.drain()  # nobody is told of the case again

    happens_in(loss, overturned)
    with suppress(Unavailable):
        loss.follow(case)
    for _ in range(2):
        world.drain()
        world.clock.advance(minutes=2)
        world.sweep()


def test_what_waits_for_a_buyer_is_not_paid_by_a_bank_that_gave_back_meanwhile(world, buyers):
    order, name = buyers
    case = charge_back(world)

    def inside(loss, happens):
        rows = loss._overtaken._bank_paid
        rows.paid = before(rows.paid, happens)

    lost_then_overturned(world, case, inside)

    row = world.services.unclaimed.read(name)
    assert CHARGEBACK_LOSS not in booked(world, order.order_id)
    assert row.stage is Stage.WAITING


def test_a_late_payment_is_not_paid_by_a_bank_that_gave_back_meanwhile(world, late):
    payment_id, name = late
    case = charge_back(world)

    def inside(loss, happens):
        loss._overtaken._late_row = before(loss._overtaken._late_row, happens)

    lost_then_overturned(world, case, inside)

    row = world.services.unclaimed.read(name)
    assert CHARGEBACK_LOSS not in booked(world, payment_id)
    assert row.stage is Stage.WAITING
