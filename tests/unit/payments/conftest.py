"""Who decides about money that waits, and what waits."""

import pytest

from marketplace.kit.principal import FINANCE
from marketplace.payments.desk import CLOSE
from marketplace.payments.model import late_refund_intent_id
from tests.crash.flows import prepare_late
from tests.unit.payments.test_desk import agree, came_back, parked_transfer


@pytest.fixture
def finance(trade):
    """Two people of finance."""
    return [trade.staff(FINANCE), trade.staff(FINANCE)]


@pytest.fixture
def sellers(world, trade, finance):
    """What a seller earned and Stripe would not send, closed by two."""
    order, intent_id = parked_transfer(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, intent_id, finance)
    return trade.order(order.order_id), intent_id


@pytest.fixture
def buyers(world, trade, finance):
    """A refund that the buyer's bank did not take, closed by two."""
    order, intent_id = came_back(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, intent_id, finance)
    return trade.order(order.order_id), intent_id


@pytest.fixture
def late_refund_back(world, trade):
    """A payment that came too late, whose refund came back from the bank and is parked; its payment and its name."""
    placed = prepare_late(trade)
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    world.clock.advance(minutes=3)
    return placed.payment.payment_id, late_refund_intent_id(placed.payment.payment_id)


@pytest.fixture
def late(world, late_refund_back, finance):
    """The same, closed by two."""
    agree(world, CLOSE, late_refund_back[1], finance)
    return late_refund_back
