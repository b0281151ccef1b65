"""Checkout as a use case: one attempt, one payment, and a price that nobody changes underneath."""

from dataclasses import replace

import pytest

from marketplace.catalog.model import ListingNotAvailable, OutOfStock
from marketplace.kit.errors import IdempotencyKeyReused, Unavailable
from marketplace.kit.principal import Idempotency
from marketplace.orders.cart import Wanted
from marketplace.orders.process import LATEST
from marketplace.payments.model import PaymentMissing, PaymentStatus


@pytest.fixture
def shop(trade):
    return trade.listing(trade.seller(), stock=2), trade.person("Buyer")


def place(world, shop, quantity=1, key="one", fingerprint="print"):
    listing, buyer = shop
    return world.services.checkout.place(buyer, [Wanted(listing.listing_id, quantity)], Idempotency(key, fingerprint))


def stock(world, shop) -> int:
    return world.services.listing_store.read(shop[0].listing_id).stock


def test_ids_follow_from_the_attempt(world, shop):
    first, again, other = place(world, shop), place(world, shop), place(world, shop, key="two")

    assert first.payment.payment_id == again.payment.payment_id != other.payment.payment_id
    assert [order.order_id for order in first.orders] == [order.order_id for order in again.orders]
    assert stock(world, shop) == 0


def test_an_order_pins_its_price_fee_and_process(world, shop):
    [order] = place(world, shop).orders

    assert (order.total_minor, order.commission_minor, order.fee_version, order.process_version) == (
        10_000,
        800,
        "2026-11",
        LATEST,
    )
    assert order.due_at == place(world, shop).payment.due_at


def test_an_attempt_names_one_request(world, shop):
    place(world, shop)

    with pytest.raises(IdempotencyKeyReused):
        place(world, shop, quantity=2, fingerprint="other")

    assert stock(world, shop) == 1


def test_stripe_being_away_keeps_the_reservation_for_the_repeat(world, shop):
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/payment_intents", times=2)
    with pytest.raises(Unavailable):
        place(world, shop)
    left = stock(world, shop)

    again = place(world, shop)

    assert (left, stock(world, shop)) == (1, 1)
    assert again.stripe.client_secret


def test_a_repeat_on_a_sold_out_listing_is_still_the_same_checkout(world, shop):
    first = place(world, shop, quantity=2)

    assert place(world, shop, quantity=2).payment == replace(
        first.payment, payment_intent_id=first.stripe.payment_intent_id
    )


@pytest.mark.parametrize("quantity", [3, 99])
def test_what_is_refused_leaves_nothing(world, shop, quantity):
    with pytest.raises(OutOfStock):
        place(world, shop, quantity=quantity)

    assert (stock(world, shop), world.view().payments, world.view().orders) == (2, [], [])


def test_a_withdrawn_listing_is_refused_although_it_is_in_stock(world, shop):
    world.services.catalog.withdraw_listing(shop[0].seller_id, shop[0].listing_id)

    with pytest.raises(ListingNotAvailable):
        place(world, shop)


def test_a_repeat_after_the_end_says_that_it_ended(world, shop):
    place(world, shop)
    world.drain()
    world.clock.advance(minutes=15)
    world.sweep()

    again = place(world, shop)

    assert (again.payment.status, again.stripe) == (PaymentStatus.EXPIRED, None)
    assert stock(world, shop) == 2


@pytest.mark.parametrize("way", ["read", "complete"])
def test_a_checkout_is_its_buyers_alone(world, trade, shop, way):
    placed = place(world, shop)

    for payment_id in (placed.payment.payment_id, "pay_never"):
        with pytest.raises(PaymentMissing):
            getattr(world.services.checkout, way)(trade.person(), payment_id)
