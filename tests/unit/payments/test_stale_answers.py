"""What Stripe says of a case is told and acted on, whoever notes it."""

from contextlib import suppress

import pytest

from marketplace.kit.errors import Unavailable
from tests.unit.payments.test_bank_asks import told
from tests.unit.payments.test_bank_cases import Bank, finance


@pytest.mark.parametrize("inquiry", [True, False])
@pytest.mark.parametrize("sweeps", [True, False])
def test_a_case_that_the_sweep_sees_closed_first_is_told_and_lets_go(world, trade, inquiry, sweeps):
    world.place_under(2)
    bank = Bank(world)
    order = trade.shipped() if not inquiry else trade.delivered()
    desk, real = world.services.bank_cases, world.services.stripe

    class Silent:
        def __getattr__(self, name):
            return getattr(real, name)

        def submit_evidence(self, *_said):
            raise Unavailable

    desk._stripe = Silent()
    bank.dispute_id = world.stripe.open_dispute(bank.charge, inquiry=inquiry)["id"]
    with suppress(Unavailable):
        world.drain()
    if not inquiry:
        desk.answer(bank.dispute_id, finance(world))
    assert bank.case.answer == "wanted"
    desk._stripe = real
    world.stripe.close_dispute(bank.dispute_id, won=False)
    if sweeps:
        world.services.bank_cases.tend()
    for _ in range(3):
        world.drain()
        world.clock.advance(minutes=2)
        world.sweep()
    assert trade.order(order.order_id).asked_until is None
    assert ("chargeback.inquiry_closed" if inquiry else "chargeback.lost") in told(world, order.seller_id)
