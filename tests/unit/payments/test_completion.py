"""Money in: one path, entered by whoever comes first, and entered again without harm."""

from dataclasses import replace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import HELD, STRIPE, STRIPE_FEES, balances
from marketplace.payments.model import PaymentMissing, PaymentStatus
from marketplace.payments.service import AmountMismatch


@pytest.fixture
def placed(world, trade):
    listing = trade.listing(trade.seller(), stock=1)
    made = trade.place(trade.person("Buyer"), (listing, 1))
    world.drain()
    return made


@pytest.fixture
def complete(world, placed):
    return lambda: world.services.payments.complete(placed.payment.payment_id)


def test_a_payment_that_stripe_has_not_seen_paid_stays_open(world, trade, placed, complete):
    assert complete().status is PaymentStatus.AWAITING
    assert trade.order(placed.orders[0].order_id).state == "awaiting_payment"


def test_a_payment_is_booked_with_its_fee_in_the_same_moment(world, trade, placed, complete):
    trade.pay(placed)

    after = complete()

    booked = balances(world.view().ledger)
    assert (after.status, bool(after.charge_id)) == (PaymentStatus.PAID, True)
    assert booked[HELD, "eur"] == -10_000
    assert booked[STRIPE, "eur"] + booked[STRIPE_FEES, "eur"] == 10_000
    world.drain()


@pytest.mark.parametrize("times", [2, 5])
def test_completing_again_changes_nothing(world, trade, placed, complete, times):
    trade.pay(placed)
    complete()
    before = world.view()

    for _ in range(times):
        complete()

    assert world.view() == before
    world.drain()


def test_a_payment_that_was_cancelled_at_stripe_frees_the_goods(world, trade, placed, complete):
    world.stripe_client().v1.payment_intents.cancel(placed.stripe.payment_intent_id)

    assert complete().status is PaymentStatus.EXPIRED
    assert trade.order(placed.orders[0].order_id).state == "cancelled"
    world.drain()


def test_a_card_that_needs_its_owner_is_paid_once_they_agreed(world, trade, placed, complete):
    trade.pay(placed, "pm_card_authenticationRequired")
    before = complete().status
    world.stripe.complete_3ds(placed.stripe.payment_intent_id)
    world.drain()

    assert before is PaymentStatus.AWAITING
    assert complete().status is PaymentStatus.PAID


def test_a_card_whose_owner_refused_leaves_the_payment_open(world, trade, placed, complete):
    trade.pay(placed, "pm_card_authenticationRequired")
    world.stripe.complete_3ds(placed.stripe.payment_intent_id, success=False)
    world.drain()

    assert complete().status is PaymentStatus.AWAITING


@pytest.mark.parametrize("wrong", [{"amount_minor": 9_999}, {"currency": "usd"}, {"charge_id": None}])
def test_another_amount_than_was_asked_is_never_taken_for_payment(world, trade, placed, complete, wrong):
    trade.pay(placed)
    real = world.services.payments._stripe

    class Lying:
        def read_payment(self, payment_intent_id):
            return replace(real.read_payment(payment_intent_id), **wrong)

    world.services.payments._stripe = Lying()

    with pytest.raises(AmountMismatch):
        complete()

    assert trade.order(placed.orders[0].order_id).state == "awaiting_payment"
    world.services.payments._stripe = real
    world.drain()


def test_a_payment_that_is_not_there_is_missing(world):
    with pytest.raises(PaymentMissing):
        world.services.payments.complete("pay_never")


def test_stripe_being_away_is_told_and_changes_nothing(world, trade, placed, complete):
    trade.pay(placed)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/payment_intents", times=2)

    with pytest.raises(Unavailable):
        complete()

    assert complete().status is PaymentStatus.PAID
    world.drain()


def test_a_payment_is_not_expired_before_its_time(world, trade, placed):
    world.clock.advance(seconds=15 * 60 - 1)

    assert world.services.payments.expire(placed.payment.payment_id).status is PaymentStatus.AWAITING


def test_a_paid_payment_never_expires(world, trade, placed, complete):
    trade.pay(placed)
    complete()
    world.drain()
    world.clock.advance(days=1)

    assert world.services.payments.expire(placed.payment.payment_id).status is PaymentStatus.PAID


def test_money_in_a_currency_without_cents_is_the_same_integer_everywhere(world, trade):
    listing = trade.listing(trade.seller(), price_minor=5_000, currency="jpy")
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.pay(placed)
    world.drain()

    assert balances(world.view().ledger)[HELD, "jpy"] == -5_000
