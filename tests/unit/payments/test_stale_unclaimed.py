"""What waits for a buyer is paid by their bank, whatever two people decide about it at that moment."""

from marketplace.ledger.model import CHARGEBACK_LOSS, UNCLAIMED
from marketplace.payments.desk import CLOSE
from marketplace.payments.unclaimed_model import Stage, Way
from tests.unit.meanwhile import Then, before, delivered
from tests.unit.payments.test_desk import PART, agree, booked
from tests.unit.payments.test_unclaimed import decide
from tests.unit.payments.test_unclaimed_at_banks import charge_back


def followed(world, case, method, happens):
    """Follow the loss of a case, once, while somebody does something else; and let time and sweeps pass."""
    world.stripe.close_dispute(case, won=False)
    world.stripe.webhooks.flush(lambda *_: 200)  # told once, below
    follows = world.new_services().chargebacks
    overtaken = follows._overtaken
    overtaken._bank_paid = Then(overtaken._bank_paid, method, happens)
    delivered(follows.follow, case)
    for _ in range(3):
        world.clock.advance(days=1)
        world.sweep()


def test_what_is_kept_while_the_bank_pays_it_is_paid(world, buyers, finance):
    order, name = buyers
    case = charge_back(world)

    followed(world, case, "paid", lambda: decide(world, name, Way.KEEP, finance, settled=False))

    row = world.services.unclaimed.read(name)
    assert (row.stage, row.amount_minor) == (Stage.BANK_PAID, PART)
    assert {UNCLAIMED, CHARGEBACK_LOSS} & booked(world, order.order_id).keys() == set()


def test_a_late_payment_that_is_kept_while_the_bank_pays_it_is_paid(world, late, finance):
    _, name = late
    case = charge_back(world)

    followed(world, case, "late_paid", lambda: decide(world, name, Way.KEEP, finance, settled=False))

    row = world.services.unclaimed.read(name)
    assert row.stage is Stage.BANK_PAID


def test_a_late_payments_refund_that_is_closed_while_the_bank_pays_it_is_paid(world, late_refund_back, finance):
    _, name = late_refund_back
    case = charge_back(world)
    world.stripe.close_dispute(case, won=False)
    world.stripe.webhooks.flush(lambda *_: 200)  # told once, below
    follows = world.new_services().chargebacks
    overtaken = follows._overtaken
    overtaken._once = before(overtaken._once, lambda: agree(world, CLOSE, name, finance))
    delivered(follows.follow, case)
    for _ in range(3):
        world.clock.advance(days=1)
        world.sweep()

    row = world.services.unclaimed.read(name)
    assert row.stage is Stage.BANK_PAID
