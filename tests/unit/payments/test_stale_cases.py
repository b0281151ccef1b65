"""Two banks' cases about one order, told at once."""

from contextlib import suppress
from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import CHARGEBACK_LOSS, HELD, seller_debt_account
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.meanwhile import Then, before, died
from tests.unit.payments.test_banks_and_awards import booked, promised
from tests.unit.payments.test_chargeback_amounts import TwoCases, charged_back
from tests.unit.payments.test_refunds import ask

SECOND = "dp_second"


@pytest.fixture
def apart():
    with new_world() as made:
        yield made
        assert {broken.rule for broken in check(made.view())} <= {"M8"}


def second_of(world, first, **said):
    """A process that knows of a second case beside the first."""
    cases = world.new_services().chargebacks
    real = cases._stripe.read_dispute(first)
    facts = {"dispute_id": SECOND, "amount_minor": 6_000, "fees": {}} | said
    cases._stripe = TwoCases(cases._stripe, replace(real, **facts))
    return cases


LOST = {"status": "lost"}
WON = {"status": "won", "reinstated": True}


def again(world, process, *cases):
    for _ in range(3):
        for each in cases:
            with suppress(Unavailable):
                process.follow(each)
        world.clock.advance(minutes=2)
        world.sweep()


def test_a_second_case_that_read_the_order_before_the_first_was_won_freezes_it(apart):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    first = charged_back(trade, order, amount=4_000)
    taking, winning = second_of(world, first), world.new_services().chargebacks
    world.stripe.close_dispute(first, won=True)
    taking._orders = Then(taking._orders, "read_many", lambda: winning.follow(first))

    with suppress(Unavailable):
        taking.follow(SECOND)
    taking.follow(SECOND)

    assert Trade(world).order(order.order_id).state == "charged_back"


def test_a_first_case_that_is_won_while_the_second_comes_lets_nothing_go(apart):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    first = charged_back(trade, order, amount=4_000)
    taking, winning = second_of(world, first), world.new_services().chargebacks
    world.stripe.close_dispute(first, won=True)
    winning._step = before(winning._step, lambda: taking.follow(SECOND))

    with suppress(Unavailable):
        winning.follow(first)
    again(world, taking, first, SECOND)

    assert Trade(world).order(order.order_id).state == "charged_back"


@pytest.mark.parametrize("second", [WON, LOST])
@pytest.mark.parametrize("first_won", [True, False])
def test_the_last_of_two_cases_that_close_at_once_lets_the_order_go(apart, first_won, second):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    first = charged_back(trade, order, amount=4_000)
    second_of(world, first).follow(SECOND)
    closing, other = second_of(world, first, **second), second_of(world, first, **second)
    world.stripe.close_dispute(first, won=first_won)
    closing._step = before(closing._step, lambda: other.follow(SECOND))

    with suppress(Unavailable):
        closing.follow(first)
    again(world, other, first, SECOND)

    assert Trade(world).order(order.order_id).state != "charged_back"


def test_two_losses_at_once_take_no_more_of_the_hold_than_it_holds(apart):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    ask(world, order, 3_000)
    world.drain()
    first = charged_back(trade, order, amount=4_000)
    second_of(world, first).follow(SECOND)
    closing, other = second_of(world, first, **LOST), second_of(world, first, **LOST)
    world.stripe.close_dispute(first, won=False)
    closing._clawbacks.lost = before(closing._clawbacks.lost, lambda: other.follow(SECOND))

    with suppress(Unavailable):
        closing.follow(first)
    again(world, other, first, SECOND)

    assert booked(world, order).get(HELD, 0) == 0
    assert booked(world, order).get(CHARGEBACK_LOSS, 0) == 3_000


def test_two_losses_at_once_pay_a_refund_once(apart):
    world, trade = apart, Trade(apart)
    order = promised(trade, 6_000)
    first = charged_back(trade, order, amount=4_000)
    second_of(world, first).follow(SECOND)
    world.clock.advance(minutes=2)
    world.sweep()
    closing, other = second_of(world, first, **LOST), second_of(world, first, **LOST)
    world.stripe.close_dispute(first, won=False)

    other._overtaken.follow = died

    def booked_and_died():
        with suppress(Unavailable):
            other.follow(SECOND)

    closing._clawbacks.lost = before(closing._clawbacks.lost, booked_and_died)

    with suppress(Unavailable):
        closing.follow(first)
    again(world, second_of(world, first, **LOST), first, SECOND)

    assert CHARGEBACK_LOSS not in booked(world, order)
    assert booked(world, order)[seller_debt_account(order.seller_id)] == 320  # 4,000 less their 3,680 that paid it


@pytest.mark.parametrize("once_it", ["at_bank", "presume_lost"])
def test_a_case_that_is_won_as_the_clock_gives_up_is_not_counted_as_lost(apart, once_it):
    world, trade = apart, Trade(apart)
    order = trade.shipped()
    first = charged_back(trade, order, amount=4_000)
    second_of(world, first).follow(SECOND)
    world.clock.set(trade.order(order.order_id).due_at)
    world.stripe.close_dispute(first, won=True)
    giving_up, winning = world.new_services().order_clock, second_of(world, first)
    giving_up._losses = Then(giving_up._losses, once_it, lambda: winning.follow(first))

    with suppress(Unavailable):
        giving_up.catch_up(order.order_id)
    for _ in range(2):
        with suppress(Unavailable):
            giving_up.catch_up(order.order_id)

    now = Trade(world).order(order.order_id)
    assert (now.state, now.lost_minor) == ("dispute_review", 6_000)
    assert booked(world, order)[HELD] == -4_000
