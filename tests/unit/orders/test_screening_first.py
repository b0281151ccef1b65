"""Nobody confirms faster than the fraud rules look: money that left cannot be held any more."""

import pytest

from marketplace.orders.model import OrderMissing, ScreeningPending, TransitionRefused


@pytest.fixture
def shipped_at_once(world, trade):
    """Paid and shipped before any queue was worked off, as a buyer and a seller who are one would do it."""
    listing = trade.listing(trade.seller(), price_minor=160_000)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    world.services.payments.complete(placed.payment.payment_id)
    order = trade.order(placed.orders[0].order_id)
    world.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    return trade.order(order.order_id)


def test_an_unscreened_order_is_not_released_by_its_buyer(world, trade, shipped_at_once):
    with pytest.raises(ScreeningPending) as refused:
        world.services.orders.confirm(shipped_at_once.order_id, shipped_at_once.buyer_id)

    assert refused.value.retry_after_seconds
    assert trade.order(shipped_at_once.order_id) == shipped_at_once
    world.drain()


def test_what_the_rules_hold_stays_held_when_the_buyer_confirms_after_them(world, trade, shipped_at_once):
    world.drain()

    view = world.services.orders.confirm(shipped_at_once.order_id, shipped_at_once.buyer_id)

    assert view.order.state == "held"
    world.drain()


def test_what_the_rules_allow_is_released_when_the_buyer_confirms_after_them(world, trade):
    order = trade.shipped()

    view = world.services.orders.confirm(order.order_id, order.buyer_id)

    assert view.order.state == "settling"
    world.drain()


def test_a_stranger_learns_nothing_about_the_screening(world, trade, shipped_at_once):
    with pytest.raises(OrderMissing):
        world.services.orders.confirm(shipped_at_once.order_id, trade.person("Stranger"))
    world.drain()


def test_the_seller_is_told_that_it_is_not_theirs_to_confirm(world, trade, shipped_at_once):
    with pytest.raises(TransitionRefused):
        world.services.orders.confirm(shipped_at_once.order_id, shipped_at_once.seller_id)
    world.drain()
