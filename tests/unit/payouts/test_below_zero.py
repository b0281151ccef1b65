"""A balance below zero pays nothing out, by the run or by hand, and nothing about it moves until it is made up for."""

import pytest

from marketplace.kit.principal import FINANCE
from marketplace.payouts.by_hand import BalanceMoved, NothingToSend
from tests.crash.payout_deeds import next_date, pay_out, released, second
from tests.unit.payouts.test_by_hand import approve, of_staff, propose
from tests.unit.payouts.test_payouts import payouts_of, purse_of


def sold_twice(trade):
    """Two orders of one seller on their payout date; returns the first."""
    order = released(trade)
    second(trade, order)
    next_date(trade, order)
    return order


def takes_back(trade, order, total_minor=1_800):
    """More of an order goes back than was set aside of it, out of what was set aside of the other."""
    asked = {"reason": "Scratched.", "actor": "seller", "requested_by": order.seller_id}
    order = trade.order(order.order_id)
    refund = trade.services.refunds.request(order, total_minor, refund_id="ref_" + "1" * 26, **asked)
    trade.services.transactions.commit(refund)
    trade.world.drain()


@pytest.fixture
def below(trade):
    """A seller whose orders were paid out but for the reserve, and of one of which a part went back since."""
    order = sold_twice(trade)
    pay_out(trade, order)
    takes_back(trade, order)
    assert purse_of(trade, order).available_minor < 0
    return order


@pytest.fixture
def finance(world, trade):
    """Two people of finance."""
    return [of_staff(world, trade.staff(FINANCE)) for _ in range(2)]


def left(trade, order):
    """The balance but for its next date, and what was ever paid out of it."""
    purse = purse_of(trade, order)
    kept = (purse.available_minor, purse.reserved_minor, purse.in_transit_minor, purse.paid_minor, purse.number)
    return kept, payouts_of(trade, order), trade.world.view().stripe_payouts


def on_its_date(trade, order):
    """Go to the date that the balance has, whatever is in it."""
    trade.world.clock.set(max(trade.world.clock.now(), purse_of(trade, order).due_at))


def test_the_run_pays_nothing_out_of_a_balance_below_zero(trade, below):
    before = left(trade, below)

    for _ in range(3):
        on_its_date(trade, below)
        ran = trade.services.payout_run.run()
        trade.world.drain()
        assert (ran.begun, ran.failed) == (0, 0)

    assert left(trade, below) == before
    assert purse_of(trade, below).due_at > trade.world.clock.now()


def test_two_people_cannot_send_anything_of_a_balance_below_zero(world, trade, below, finance):
    before = left(trade, below)

    with pytest.raises(NothingToSend):
        propose(world, below.seller_id, finance[0])

    assert left(trade, below) == before


def test_what_was_proposed_while_there_was_something_is_not_sent_below_zero(world, trade, finance):
    order = sold_twice(trade)
    proposal = propose(world, order.seller_id, finance[0])
    pay_out(trade, order)
    takes_back(trade, order)
    before = left(trade, order)

    with pytest.raises(BalanceMoved):
        approve(world, proposal, finance[1])

    assert before[0][0] < 0
    assert left(trade, order) == before
