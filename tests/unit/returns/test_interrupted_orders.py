"""Disputes and holds that a return interrupts, or that interrupt one: nothing is lengthened, and nothing paid early."""

import pytest

from marketplace.disputes.model import DisputeExists
from tests.crash.flows import prepare_held
from tests.unit.returns.test_claims import claim, refuse
from tests.unit.returns.test_exchanges import read, wait
from tests.unit.returns.test_returns import ask, bought, refunds


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def dispute(trade, order):
    view = trade.services.disputes.open(order.order_id, order.buyer_id, "other", "Look at it.", None)
    trade.world.drain()
    return view.dispute.dispute_id


def drop(trade, dispute_id, order):
    trade.services.disputes.drop(dispute_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def test_a_dispute_that_is_taken_back_leaves_an_open_return_its_time(trade):
    order = bought(trade)
    made = ask(trade, order, quantity=2)
    assert drop(trade, dispute(trade, order), order).state == "return_open"
    wait(trade, 13)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")

    assert read(trade, made).outcome is None
    assert trade.order(order.order_id).state == "return_open"
    wait(trade, 1)  # the fourteenth day from the statement
    assert trade.order(order.order_id).state == "refunded"


def test_a_dispute_that_is_taken_back_after_the_return_ended_goes_on_from_the_delivery(trade):
    order = bought(trade)
    made = ask(trade, order)
    dispute_id = dispute(trade, order)
    trade.services.returns.cancel(made.return_id, order.buyer_id)

    assert drop(trade, dispute_id, order).state == "delivered"


@pytest.mark.parametrize("opened", [ask, claim], ids=["return", "claim"])
def test_a_hold_that_a_return_interrupts_ends_when_it_would_have(trade, opened):
    order = prepare_held(trade)
    made = opened(trade, order)
    wait(trade, 10)
    trade.services.returns.cancel(made.return_id, order.buyer_id)
    wait(trade, 1)

    assert (trade.order(order.order_id).state, trade.order(order.order_id).due_at) == ("held", order.due_at)


def test_claims_in_a_row_do_not_hold_an_order_for_ever(trade):
    order = prepare_held(trade)
    for number in range(2):
        wait(trade, 40)
        if trade.order(order.order_id).state == "held":
            made = claim(trade, order, name=f"claim-{number}")
            trade.services.returns.cancel(made.return_id, order.buyer_id)
            wait(trade, 1)

    assert trade.order(order.order_id).state == "refunded"


def test_a_refused_claim_opens_the_dispute_again_that_was_taken_back(trade):
    order = bought(trade)
    dispute_id = dispute(trade, order)
    drop(trade, dispute_id, order)
    made = refuse(trade, claim(trade, order))
    trade.services.returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "The brake does not hold.")
    trade.world.drain()

    found = trade.services.disputes.view(dispute_id, order.seller_id)
    assert (found.order.state, found.dispute.reason, found.dispute.decision) == ("disputed", "damaged", None)
    assert [each.clause for each in found.dispute.past] == ["claim.dropped"]
    trade.services.disputes.answer(dispute_id, order.seller_id, "It holds.")
    assert trade.order(order.order_id).state == "negotiating"


def test_refused_claims_in_a_row_end_without_a_refund(trade):
    order = bought(trade, quantity=2)
    last = refuse(trade, claim(trade, order, name="first"))
    for number in range(9):
        wait(trade, 10)
        fresh = refuse(trade, claim(trade, order, name=f"claim-{number}"))
        trade.services.returns.cancel(last.return_id, order.buyer_id)
        last = fresh
    wait(trade, 10)

    assert (read(trade, last).outcome, trade.order(order.order_id).state) == ("rejected", "released")
    assert refunds(trade.world) == []


def test_a_claim_that_waits_for_its_answer_when_the_returns_took_too_long_is_for_a_person(trade):
    order = bought(trade, quantity=2)
    ended = [refuse(trade, claim(trade, order, name="first"))]
    for number in range(9):
        wait(trade, 10)
        ended.append(refuse(trade, claim(trade, order, name=f"claim-{number}")))
        trade.services.returns.cancel(ended[-2].return_id, order.buyer_id)
    trade.world.clock.advance(days=9)
    claim(trade, order, name="last")
    wait(trade, 1)

    assert trade.order(order.order_id).state == "dispute_review"


def test_a_dispute_that_was_taken_back_is_not_offered_again(trade):
    order = bought(trade)
    assert "open_dispute" in trade.services.orders.view(order.order_id, order.buyer_id).allowed_actions
    drop(trade, dispute(trade, order), order)

    assert "open_dispute" not in trade.services.orders.view(order.order_id, order.buyer_id).allowed_actions
    with pytest.raises(DisputeExists):
        dispute(trade, order)
