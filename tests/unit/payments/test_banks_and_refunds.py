"""A bank's case beside refunds that are under way: each cent is given back once, and every case stands for itself."""

from contextlib import suppress
from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS, LATE_PAYMENT, balances
from marketplace.payments.model import IntentState, late_refund_intent_id, refund_intent_id
from tests.crash.flows import prepare_late
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.payments.test_chargeback_amounts import TwoCases, charge_of, charged_back, closed
from tests.unit.payments.test_refunds import ask

PART = 2_000


def booked(world, account) -> int:
    return balances(world.view().ledger).get((account, "eur"), 0)


def drained(world, *, minutes=3) -> None:
    """Deliver and sweep until nothing is left; what Stripe does not answer comes again."""
    for _ in range(3):
        with suppress(Unavailable):
            world.drain()
        world.clock.advance(minutes=minutes)
        with suppress(Unavailable):
            world.sweep()


class Decided(TwoCases):
    """Stripe after the banks gave back, in the end, whatever they had taken."""

    def read_dispute(self, dispute_id):
        return replace(super().read_dispute(dispute_id), status="won", reinstated=True)


@pytest.fixture
def apart():
    """A marketplace whose Stripe is made to know a second case, so that its balance (M8) says nothing of it."""
    with new_world() as made:
        yield made
        assert {broken.rule for broken in check(made.view())} <= {"M8"}


def test_what_a_refund_covered_of_one_case_is_undone_with_that_case_alone(apart):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    ask(world, order, PART)
    with suppress(Unavailable):
        world.drain()
    first = charged_back(trade, order, amount=4_000)
    cases, real = world.services.chargebacks, world.services.chargebacks._stripe
    second = replace(real.read_dispute(first), dispute_id="dp_second", amount_minor=6_000, fees={})
    cases._stripe = TwoCases(real, second)
    cases.follow("dp_second")
    closed(trade, first, won=False)
    cases._stripe.second = replace(second, status="lost")
    cases.follow("dp_second")

    cases._stripe = Decided(real, second)
    cases.follow(first)
    cases.follow("dp_second")

    assert booked(world, CHARGEBACK_LOSS) == 0


@pytest.fixture
def half_refunded(trade):
    """Two orders of one payment: one was refunded at Stripe, which nobody recorded, and the bank took the rest."""
    world = trade.world
    listings = [trade.listing(trade.seller(), price_minor=5_000) for _ in range(2)]
    placed = trade.place(trade.person("Buyer"), *((each, 1) for each in listings))
    trade.pay(placed)
    world.drain()
    refunded, sent = placed.orders
    world.services.orders.ship(sent.order_id, sent.seller_id, "correos", "PK1")
    world.drain()
    world.services.orders.cancel(refunded.order_id, refunded.buyer_id, "Changed my mind.")
    intent = world.services.payment_store.intent(refund_intent_id(refunded.order_id))
    world.services.stripe.refund(intent, charge_id=charge_of(world))
    return refunded, sent, world.stripe.open_dispute(charge_of(world))["id"]


def test_a_bank_takes_nothing_of_an_order_that_stripe_had_refunded(world, trade, half_refunded):
    refunded, sent, case = half_refunded

    world.services.chargebacks.follow(case)
    drained(world)
    closed(trade, case, won=False)

    assert [trade.order(each.order_id).state for each in (refunded, sent)] == ["refunded", "lost_to_chargeback"]
    assert booked(world, CHARGEBACK_LOSS) == 0


def test_nothing_is_divided_while_nobody_knows_what_was_refunded(world, trade, half_refunded):
    refunded, sent, case = half_refunded
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/refunds", times=4)

    with pytest.raises(Unavailable):
        world.services.chargebacks.follow(case)

    taken = [each for each in world.view().ledger if each.kind == "chargeback_withdrawn"]
    assert taken == []
    drained(world)
    assert trade.order(sent.order_id).state == "charged_back"
    assert trade.order(refunded.order_id).state == "refunded"


@pytest.fixture
def late(trade):
    """A payment that came too late, and whose refund Stripe refuses, as the bank has taken the money meanwhile."""
    world = trade.world
    placed = prepare_late(trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=4)
    with suppress(Unavailable):
        world.drain()
    case = world.stripe.open_dispute(charge_of(world))["id"]
    drained(world)
    return placed.payment.payment_id, case


def late_refund(world, payment_id):
    return world.services.payment_store.intent(late_refund_intent_id(payment_id))


def test_a_late_payment_that_the_bank_paid_back_is_owed_no_more(world, trade, late):
    payment_id, case = late

    closed(trade, case, won=False)
    drained(world)

    assert late_refund(world, payment_id).state is IntentState.CLOSED
    assert (booked(world, LATE_PAYMENT), booked(world, CHARGEBACK_LOSS)) == (0, 0)
    assert world.stripe.objects("refund") == []


def test_a_late_refund_that_waits_although_the_bank_paid_it_is_a_violation(world, trade, late):
    payment_id, case = late
    closed(trade, case, won=False)
    world.clock.advance(hours=1)
    view = world.view()

    waiting = [
        replace(each, state=IntentState.PARKED) if each.intent_id == late_refund_intent_id(payment_id) else each
        for each in view.intents
    ]

    assert "B4" in {broken.rule for broken in check(replace(view, intents=waiting))}


def test_a_late_payment_that_the_bank_let_go_is_refunded(world, trade, late):
    payment_id, case = late

    closed(trade, case, won=True)
    drained(world)

    assert late_refund(world, payment_id).state is IntentState.DONE
    assert (booked(world, LATE_PAYMENT), len(world.stripe.objects("refund"))) == (0, 1)


def test_a_bank_s_decision_that_came_before_the_refusal_is_followed_all_the_same(world, trade):
    placed = prepare_late(trade)
    payment_id = placed.payment.payment_id
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=12)
    with suppress(Unavailable):
        world.drain()
    case = world.stripe.open_dispute(charge_of(world))["id"]
    with suppress(Unavailable):
        world.drain()
    world.stripe.close_dispute(case, won=False)
    for _ in range(8):
        drained(world)

    assert late_refund(world, payment_id).state is IntentState.CLOSED
    assert booked(world, LATE_PAYMENT) == 0
