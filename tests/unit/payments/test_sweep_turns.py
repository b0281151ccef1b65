"""What fails for ever keeps nobody else from their turn, neither by its number nor by its slowness."""

from datetime import timedelta

import pytest

from marketplace.payments import sweep
from marketplace.payments.model import PaymentStatus

TROUBLED = 5


@pytest.fixture
def troubled(world, trade, monkeypatch):
    """Five checkouts at the head of the list that Stripe never lets go, and one behind them; a run takes two."""
    monkeypatch.setattr(sweep, "BATCH_MAX", 2)
    listing = trade.listing(trade.seller(), stock=TROUBLED + 1)
    for _ in range(TROUBLED):
        placed = trade.place(trade.person(), (listing, 1))
        path = f"/v1/payment_intents/{placed.stripe.payment_intent_id}/cancel"
        world.stripe.inject(fault="error_500", path_prefix=path, times=1_000)
        world.clock.advance(seconds=1)
    last = trade.place(trade.person(), (listing, 1))
    world.drain()
    world.clock.advance(minutes=15)
    return last


def test_a_checkout_behind_many_that_fail_gets_its_turn(world, trade, troubled):
    for _ in range(TROUBLED):
        world.services.sweep.run()
        world.clock.advance(minutes=1)

    assert trade.services.payment_store.read(troubled.payment.payment_id).status is PaymentStatus.EXPIRED


def test_an_order_gets_its_turn_when_every_checkout_is_slow(world, trade, monkeypatch):
    order = trade.bought()
    world.clock.set(order.due_at)
    for _ in range(2):
        trade.place(trade.person(), (trade.listing(trade.seller()), 1))
    world.clock.advance(minutes=16)
    slow = timedelta(seconds=13)
    monkeypatch.setattr(trade.services.payments, "expire", lambda _id: world.clock.set(world.clock.now() + slow))

    swept = trade.services.sweep.run()

    assert swept.payments == 1
    assert swept.orders >= 1
    assert trade.order(order.order_id).state == "refunded"
