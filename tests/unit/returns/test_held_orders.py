"""Orders that the fraud rules hold: the buyer gives back all the same, and the hold is not evaded by it."""

import pytest

from marketplace.orders.references import reference_of
from marketplace.withdrawals.model import Statement
from tests.crash.flows import prepare_held
from tests.unit.returns.test_claims import accept, claim
from tests.unit.returns.test_exchanges import wait
from tests.unit.returns.test_returns import ask, pieces, receive, refunds


@pytest.fixture
def held(trade, world):
    world.place_under(2)
    order = prepare_held(trade)
    assert order.state == "held"
    return order


def test_a_held_order_can_be_returned_and_the_buyer_is_refunded(trade, held):
    made = ask(trade, held)
    assert trade.order(held.order_id).state == "return_open"
    receive(trade, made)

    assert refunds(trade.world) == [200_000]
    assert trade.order(held.order_id).state == "refunded"


def test_a_return_that_comes_to_nothing_leaves_it_held(trade, held):
    made = ask(trade, held)
    trade.services.returns.cancel(made.return_id, held.buyer_id)
    wait(trade, 1)

    after = trade.order(held.order_id)
    assert (after.state, after.risk_receipt) == ("held", held.risk_receipt)
    assert refunds(trade.world) == []


def test_a_claim_is_possible_and_what_is_left_stays_held(trade, held):
    accept(trade, claim(trade, held, "price_reduction", ground="serious", amount_minor=50_000))
    wait(trade, 1)

    assert refunds(trade.world) == [50_000]
    assert trade.order(held.order_id).state == "held"


def test_a_person_clears_the_hold_while_a_return_is_open_and_the_money_still_waits_for_it(trade, held):
    made = ask(trade, held)
    trade.services.trust.clear(held.order_id, trade.operator(), "The buyer answered the telephone.")
    trade.world.drain()
    after = trade.order(held.order_id)
    assert (after.state, after.risk_receipt) == ("return_open", None)
    trade.services.returns.cancel(made.return_id, held.buyer_id)
    wait(trade, 14)

    assert trade.order(held.order_id).state == "released"


def test_a_person_refuses_it_while_a_return_is_open_and_the_buyer_is_refunded_once(trade, held):
    made = ask(trade, held)
    trade.services.trust.refuse(held.order_id, trade.operator(), "A stolen card.")
    trade.world.drain()
    wait(trade, 15)

    assert trade.order(held.order_id).state == "refunded"
    assert refunds(trade.world) == [200_000]
    assert trade.services.return_store.read(made.return_id).is_over


def test_a_held_order_can_be_withdrawn_from_without_an_account(trade, held):
    email = trade.services.account_store.read(held.buyer_id).email
    said = Statement(reference_of(held.order_id), "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    trade.world.sweep()

    [made] = trade.services.returns.of_order(held.order_id, held.buyer_id)
    assert (made.made.kind, made.made.quoted_minor) == ("withdrawal", 200_000)
    assert trade.order(held.order_id).state == "return_open"


def test_the_quote_of_a_held_order_is_the_whole_price(trade, held):
    quoted = trade.services.returns.quote(held.order_id, held.buyer_id, pieces(held))

    assert quoted.refund_minor == 200_000
