"""What could not be sent to a seller is still owed to them: it stays in their balance, on a line of its own."""

from datetime import timedelta

import pytest

from marketplace.orders.model import SELLER
from marketplace.payments.unclaimed_model import Way
from marketplace.statements.monthly import Closing, Month
from tests.crash.owner_deeds import closed_transfer, decide_as
from tests.unit.statements.adding_up import months_of


@pytest.fixture
def made(trade):
    """An order whose transfer could not be sent and was closed by two, its name, and who closed it."""
    return closed_transfer(trade)


def this_month(world, order):
    return months_of(world, order.seller_id, role=SELLER)[-1]


def lines(month):
    return [(each.fact, each.amount_minor) for each in month.entries]


def test_it_stays_in_the_balance_and_in_the_earning(world, made):
    order, _, _ = made
    earned_minor = order.total_minor - order.commission_minor - order.commission_vat_minor

    month = this_month(world, order)
    earning = world.services.statements.earning(order.order_id, order.seller_id)

    assert lines(month)[-2:] == [("intent_closed", -earned_minor), ("waiting", earned_minor)]
    assert month.closing_minor == month.waiting_minor == earning.waiting_minor == earned_minor


def test_it_is_no_buyer_s(world, made):
    order, _, _ = made

    receipt = world.services.statements.receipt(order.order_id, order.buyer_id)

    assert (receipt.waiting_minor, months_of(world, order.buyer_id)[-1].closing_minor) == (0, 0)


def test_once_it_is_sent_nothing_waits(world, trade, made):
    order, _, _ = made

    decide_as(Way.SELLER)(trade, made)

    month = this_month(world, order)
    assert (month.closing_minor, month.waiting_minor) == (0, 0)


def test_the_next_month_begins_with_it(world, made):
    order, _, _ = made
    november = this_month(world, order)
    world.clock.set(Month("2026-12").begins + timedelta(hours=4))

    december = this_month(world, order)

    assert (december.opening_minor, december.waiting_minor) == (november.closing_minor, november.waiting_minor)
    assert world.services.statement_store.closing(order.seller_id, "eur", "2026-12").waiting_minor > 0


def test_a_month_that_was_closed_without_it_is_made_up_for(world, made):
    order, _, _ = made
    waiting_minor = this_month(world, order).waiting_minor
    world.clock.set(Month("2026-12").begins + timedelta(hours=4))
    before = Closing(order.seller_id, "eur", "2026-11", 0, world.clock.now())
    world.services.transactions.commit([world.services.statement_store.close(before)])

    december = world.services.statements.statement(order.seller_id, SELLER, "2026-12", "eur")

    assert december.opening_minor == december.waiting_minor == waiting_minor > 0
