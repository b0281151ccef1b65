"""An unpaid checkout gives its goods back in time, whatever Stripe said before."""

import pytest

from infra.local.stripe.errors import InvalidRequest
from infra.local.stripe.money import SMALLEST_CHARGE
from marketplace.kit.errors import Unavailable
from marketplace.payments.model import PaymentMoved, PaymentNotPossible, PaymentStatus


def stock_of(trade, listing):
    return trade.services.listing_store.read(listing.listing_id).stock


def at_stripe(trade, placed):
    return trade.world.stripe.object("payment_intent", placed.stripe.payment_intent_id)["status"]


def test_a_cancellation_that_stripe_failed_once_is_not_failed_for_a_day(trade):
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person(), (listing, 1))
    trade.world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/payment_intents/")
    trade.world.clock.set(placed.payment.due_at)

    trade.world.sweep()
    trade.world.clock.advance(minutes=10)
    trade.world.sweep()

    assert stock_of(trade, listing) == 1


def test_a_card_s_owner_who_never_answers_their_bank_frees_the_stock_and_can_pay_no_more(trade):
    listing = trade.listing(trade.seller(), stock=1)
    placed = trade.place(trade.person(), (listing, 1))
    trade.pay(placed, "pm_card_authenticationRequired")
    trade.world.drain()
    asked = at_stripe(trade, placed)
    trade.world.clock.set(placed.payment.due_at)

    trade.world.sweep()

    assert (asked, at_stripe(trade, placed)) == ("requires_action", "canceled")
    assert trade.order(placed.orders[0].order_id).state == "cancelled"
    assert stock_of(trade, listing) == 1
    with pytest.raises(InvalidRequest):
        trade.world.stripe.complete_3ds(placed.stripe.payment_intent_id)


def test_a_checkout_that_never_got_its_secret_frees_its_stock_without_stripe(trade):
    listing = trade.listing(trade.seller(), stock=1)
    trade.world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/payment_intents", times=1)
    with pytest.raises(Unavailable):
        trade.place(trade.person(), (listing, 1))

    trade.world.clock.advance(minutes=16)
    trade.world.sweep()

    assert stock_of(trade, listing) == 1
    (payment,) = trade.world.view().payments
    assert payment.status is PaymentStatus.EXPIRED


def test_an_expired_checkout_hands_out_no_secret_any_more(trade):
    listing = trade.listing(trade.seller(), stock=1)
    buyer_id = trade.person()
    trade.world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/payment_intents", times=1)
    with pytest.raises(Unavailable):
        trade.place(buyer_id, (listing, 1), key="the-one-attempt")
    trade.world.clock.advance(minutes=16)
    trade.world.sweep()

    again = trade.place(buyer_id, (listing, 1), key="the-one-attempt")

    assert again.payment.status is PaymentStatus.EXPIRED
    assert again.stripe is None


def test_a_payment_that_stripe_will_never_take_is_refused_with_a_reason_and_frees_its_stock(trade, monkeypatch):
    monkeypatch.setitem(SMALLEST_CHARGE, "jpy", 80)
    listing = trade.listing(trade.seller(), stock=1, price_minor=50, currency="jpy")

    with pytest.raises(PaymentNotPossible) as refused:
        trade.place(trade.person(), (listing, 1))
    trade.world.clock.advance(minutes=16)
    trade.world.sweep()

    assert refused.value.facts == {"reason": "amount_too_small"}
    assert stock_of(trade, listing) == 1


def test_a_secret_handed_out_while_the_checkout_expires_is_cancelled_first(trade):
    listing = trade.listing(trade.seller(), stock=1)
    trade.world.stripe.inject(fault="timeout", method="POST", path_prefix="/v1/payment_intents", times=4)
    buyer_id = trade.person()
    with pytest.raises(Unavailable):
        trade.place(buyer_id, (listing, 1), key="the-one-attempt")
    (stale,) = trade.world.view().payments
    trade.world.stripe.faults.clear()
    again = trade.place(buyer_id, (listing, 1), key="the-one-attempt")

    with pytest.raises(PaymentMoved):
        trade.services.transactions.commit([trade.services.payment_store.expired(stale)])

    assert again.stripe.client_secret


def test_a_payment_intent_is_not_attached_to_what_has_expired(trade):
    placed = trade.place(trade.person(), (trade.listing(trade.seller()), 1))
    (payment,) = trade.world.view().payments
    trade.world.clock.advance(minutes=16)
    trade.world.sweep()

    attach = trade.services.payment_store.attach(payment, placed.stripe.payment_intent_id)
    with pytest.raises(PaymentMoved):
        trade.services.transactions.commit([attach])
