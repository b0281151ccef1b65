"""Who decides about money that waits, and what waits."""

import pytest

from marketplace.kit.principal import FINANCE
from marketplace.payments.desk import CLOSE
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
