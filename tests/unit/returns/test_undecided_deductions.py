"""Nobody judges a contested deduction in time: what was published happens, and the buyer has everything back."""

import pytest

from marketplace.returns.process import REVIEW_DAYS
from tests.unit.returns.test_returns import ask, bought, receive, refunds


@pytest.mark.parametrize("deduction_minor", [1, 4_000, 10_000])
@pytest.mark.parametrize("is_released", [False, True])
def test_a_contested_deduction_that_nobody_judges_is_not_made(trade, world, deduction_minor, is_released):
    world.place_under(2)
    order = bought(trade, quantity=2)
    if is_released:
        trade.services.orders.confirm(order.order_id, order.buyer_id)
        world.drain()
    made = ask(trade, trade.order(order.order_id))
    receive(trade, made, deduction_minor=deduction_minor, reasons="A scratch.")
    trade.services.returns.answer_deduction(made.return_id, order.buyer_id, accept=False)

    world.clock.advance(days=REVIEW_DAYS)
    world.sweep()
    world.drain()

    ended = trade.services.return_store.read(made.return_id)
    assert (ended.refund_minor, ended.deduction_minor, ended.deduction_reasons) == (10_000, 0, "")
    assert refunds(world) == [10_000]
