"""Statements of withdrawal and the orders that they name: nobody waits for ever, and nothing else spends the right."""

from datetime import timedelta

import pytest

from marketplace.orders.references import reference_of
from marketplace.withdrawals.matching import POSTPONED
from marketplace.withdrawals.model import Piece, Statement
from tests.unit.returns.test_exchanges import ask as ask_exchange
from tests.unit.returns.test_exchanges import read
from tests.unit.returns.test_returns import bought, refunds


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def submit(trade, order, lines=()):
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(reference_of(order.order_id), "Ana Gil", email, lines=lines)
    return trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7").withdrawal_id


def state(trade, withdrawal_id):
    return trade.services.withdrawal_store.read(withdrawal_id).state


def test_a_stored_statement_that_names_a_line_twice_means_both(trade):
    order = bought(trade)
    piece = Piece(order.lines[0].listing_id, 1)
    made = submit(trade, order, (piece, piece))
    trade.world.sweep()

    assert state(trade, made) == "accepted"
    [view] = trade.services.returns.of_order(order.order_id, order.buyer_id)
    assert view.made.lines[0].quantity == 2


def test_a_statement_that_cannot_be_looked_at_goes_behind_the_others(trade):
    first, second = bought(trade), bought(trade)
    broken = submit(trade, first)
    trade.world.clock.advance(minutes=1)
    sound = submit(trade, second)
    trade.services.transactions.commit([trade.services.vault.erase(broken)])
    for _run in range(2):
        trade.services.withdrawal_matching.run(limit=1)

    assert (state(trade, broken), state(trade, sound)) == ("received", "accepted")
    due = trade.services.withdrawal_store.read(broken).due_at
    assert due == trade.world.clock.now() + POSTPONED


def test_twenty_exchanges_that_were_cancelled_do_not_spend_the_right(trade):
    order = bought(trade)
    for number in range(20):
        made = ask_exchange(trade, order, name=f"exchange-{number}")
        trade.services.returns.cancel(made.return_id, order.buyer_id)
    statement = submit(trade, order)
    trade.world.sweep()

    assert state(trade, statement) == "accepted"


@pytest.mark.parametrize(("sent_on", "back_on"), [(0, 14), (10, 14), (13, 14)])
def test_the_money_is_back_fourteen_days_after_the_statement_whenever_the_goods_were_sent(trade, sent_on, back_on):
    order = bought(trade)
    declared_at = trade.world.clock.now()
    submit(trade, order)
    trade.world.sweep()
    [view] = trade.services.returns.of_order(order.order_id, order.buyer_id)
    trade.world.clock.advance(days=sent_on)
    trade.services.returns.send(view.made.return_id, order.buyer_id, "correos", "RR1")

    assert read(trade, view.made).due_at == declared_at + timedelta(days=back_on)
    trade.world.clock.set(declared_at + timedelta(days=back_on))
    trade.world.sweep()
    assert refunds(trade.world) == [20_000]


def test_goods_that_are_sent_later_than_that_are_refunded_when_they_are_sent(trade):
    order = bought(trade)
    submit(trade, order)
    trade.world.clock.advance(hours=6)
    trade.world.sweep()  # looked at six hours after it was received, from when the days to send count
    [view] = trade.services.returns.of_order(order.order_id, order.buyer_id)
    trade.world.clock.advance(days=13, hours=20)
    trade.services.returns.send(view.made.return_id, order.buyer_id, "correos", "RR1")

    assert read(trade, view.made).due_at == trade.world.clock.now()
