"""What silence is said to do with an order whose goods go back is what it does."""

import pytest

from tests.unit.returns.test_claims import claim, refuse
from tests.unit.returns.test_exchanges import wait
from tests.unit.returns.test_returns import ask, bought, refunds


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def a_return(trade, order):
    ask(trade, order)


def sent_back(trade, order):
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")


def a_refused_claim(trade, order):
    refuse(trade, claim(trade, order))


@pytest.mark.parametrize(("begin", "favours"), [(a_return, "seller"), (sent_back, "both"), (a_refused_claim, "seller")])
def test_the_silent_end_shown_of_an_order_with_a_return_is_what_happens(trade, world, begin, favours):
    order = bought(trade)
    begin(trade, order)
    view = trade.services.orders.view(order.order_id, order.buyer_id)
    told = view.outlook.ending

    assert (told.favours, view.silence) == (favours, list(told.path))
    for _ in range(40):
        wait(trade, 5)
        world.drain()

    after = trade.order(order.order_id)
    assert (told.state, told.returned_minor) == (after.state, sum(refunds(world)))
