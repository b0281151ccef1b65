"""What a seller gives back by their own word: never the platform's money, never unproved, never in a buyer's way."""

import pytest

from marketplace.kit.principal import FINANCE, Idempotency, Principal
from marketplace.kit.step_up import STEP_UP_MAX_AGE, StepUpRequired
from marketplace.orders.model import OPERATOR
from marketplace.payments.desk import RETRY
from marketplace.payments.model import IntentState, refund_leg_id
from marketplace.payments.refund_limits import (
    SELLER_DEBT_ALONE_MAX_MINOR,
    SELLER_OWES_TOO_MUCH,
    RefundBeyondBalance,
    published,
)
from marketplace.payments.refund_model import REFUNDS_MAX, RefundState, TooManyRefunds
from marketplace.returns.rules import Wanted
from tests.crash import payout_deeds
from tests.crash.refund_deeds import pay_out
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_refunds import ask, owed, refunds

PRICE = 49_000  # below what asks for a proof
FEW = 45_000


def sold(trade, seller_id, buyer_id, *, price_minor=PRICE):
    """An order that was delivered, confirmed and paid to the seller's Stripe account."""
    services = trade.services
    placed = trade.place(buyer_id, (trade.listing(seller_id, price_minor=price_minor), 1))
    trade.pay(placed)
    trade.world.drain()
    [order] = placed.orders
    services.orders.ship(order.order_id, seller_id, "correos", f"PK{order.order_id[-8:]}")
    services.orders.attest_delivery(order.order_id, trade.operator(), "signed")
    trade.world.drain()
    services.orders.confirm(order.order_id, buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def unproved(world, order, amount_minor, key):
    """Ask for a refund with a session whose last proof is too old."""
    proved_at = world.clock.now() - 2 * STEP_UP_MAX_AGE
    seller = Principal(order.seller_id, "ses_1", True, "en", seller_active=True, proved_at=proved_at)
    attempt = Idempotency(key, f"fingerprint-{key}")
    return world.services.refunds.ask(order.order_id, seller, amount_minor, "A scratch.", attempt)


@pytest.fixture
def emptied(world, trade):
    """Three orders between the same two people, and a seller who took all of it to the bank past the marketplace."""
    seller_id, buyer_id = trade.seller(), trade.person("Buyer")
    trade.bought(price_minor=100_000)  # somebody else's money, which is at Stripe as well
    orders = [sold(trade, seller_id, buyer_id) for _ in range(3)]
    pay_out(trade, orders[0])
    return orders


def test_goodwill_never_gives_away_the_platform_s_money(world, emptied):
    for order in emptied:
        ask(world, order, PRICE, key=order.order_id)
        world.drain()

    out = sum(each["amount"] for each in world.stripe.objects("payout"))
    assert out + sum(refunds(world)) <= sum(order.total_minor for order in emptied)
    [view] = world.services.refunds.of_order(emptied[0].order_id, emptied[0].buyer_id).refunds
    assert (view.state, view.leg.reason) == (RefundState.PARKED, SELLER_OWES_TOO_MUCH)


def test_two_of_finance_may_send_it_all_the_same(world, trade, emptied):
    order = emptied[0]
    ask(world, order, PRICE)
    world.drain()
    world.clock.advance(minutes=5)
    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    leg_id = refund_leg_id(order.order_id, view.refund.refund_id)

    agree(world, RETRY, leg_id, [trade.staff(FINANCE), trade.staff(FINANCE)])

    assert world.services.payment_store.intent(leg_id).state is IntentState.DONE
    assert refunds(world) == [PRICE]
    assert owed(world, order) > 0


def test_a_balance_that_is_known_to_be_empty_says_so_at_once(world, trade):
    seller_id, buyer_id = trade.seller(), trade.person("Buyer")
    order = sold(trade, seller_id, buyer_id)
    payout_deeds.with_factor(trade, seller_id)
    payout_deeds.next_date(trade, order)
    payout_deeds.pay_out(trade, order)
    assert world.services.payout_table.purse(seller_id, "eur")[0].available_minor == 0

    with pytest.raises(RefundBeyondBalance):
        ask(world, order, PRICE)

    assert trade.order(order.order_id).refunded_after_minor == 0


def test_a_small_debt_of_goodwill_stays_the_seller_s_own(world, trade):
    order = sold(trade, trade.seller(), trade.person("Buyer"))
    pay_out(trade, order)

    ask(world, order, 10_000)
    world.drain()

    assert refunds(world) == [10_000]
    assert 0 < owed(world, order) <= SELLER_DEBT_ALONE_MAX_MINOR["eur"]


def test_a_return_is_refunded_whatever_the_seller_s_balance_is(world, trade):
    world.place_under(2)
    order = sold(trade, trade.seller(), trade.person("Buyer"))
    pay_out(trade, order)
    services = world.services
    made = services.returns.ask(
        order.order_id, order.buyer_id, (Wanted(order.lines[0].listing_id, 1),), "", Idempotency("r", "r")
    ).made
    services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    services.returns.receive(made.return_id, order.seller_id, restock=False)
    world.drain()

    assert refunds(world) == [PRICE]


def test_many_small_refunds_leave_room_for_what_is_owed(world, trade):
    world.place_under(2)
    order = sold(trade, trade.seller(), trade.person("Buyer"))
    for number in range(REFUNDS_MAX):
        ask(world, trade.order(order.order_id), 1, key=f"cent-{number}")
    with pytest.raises(TooManyRefunds):
        ask(world, trade.order(order.order_id), 1, key="one-more")

    writes = world.services.refunds.request(
        trade.order(order.order_id), 100, reason="Decided.", actor=OPERATOR, refund_id="ref_1", requested_by="acc_op"
    )
    world.services.transactions.commit(writes)
    world.drain()

    assert max(refunds(world)) == 100


def test_a_proof_is_asked_for_by_the_sum_of_an_order_s_refunds(world, trade):
    order = trade.shipped(price_minor=490_000)
    unproved(world, order, 49_999, "first")

    with pytest.raises(StepUpRequired):
        unproved(world, trade.order(order.order_id), 49_999, "second")

    world.drain()
    assert refunds(world) == [49_999]


def test_a_proof_is_asked_for_by_the_sum_of_a_seller_s_day(world, trade):
    seller_id, buyer_id = trade.seller(), trade.person("Buyer")
    orders = [sold(trade, seller_id, buyer_id) for _ in range(2)]
    unproved(world, orders[0], FEW, "first")

    with pytest.raises(StepUpRequired):
        unproved(world, orders[1], FEW, "second")
    ask(world, orders[1], FEW, key="proved")
    world.drain()
    world.clock.advance(days=1)
    unproved(world, trade.order(orders[1].order_id), 1_000, "next day")

    world.drain()
    assert sorted(refunds(world)) == [1_000, FEW, FEW]


def test_the_limits_are_published_in_both_languages():
    for locale in ("en", "es"):
        text = " ".join(published(locale))
        assert str(SELLER_DEBT_ALONE_MAX_MINOR["eur"]) in text
        assert "50000 (eur)" in text
