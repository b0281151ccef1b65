"""Deadlines that nobody could carry out for months: whichever clock comes first afterwards, the outcome is the same."""

import pytest

from marketplace.orders.clock import GOING_ON_SECONDS, Place
from marketplace.withdrawals.model import Statement
from tests.crash import races
from tests.fakes.grants import only_its_grants
from tests.unit.returns.test_claims import accept, claim, refuse
from tests.unit.returns.test_exchanges import agree, read, receive, replace, send_back, wait
from tests.unit.returns.test_exchanges import ask as ask_exchange
from tests.unit.returns.test_returns import ask, bought, refunds

OUTAGE_DAYS = 121  # longer than an order waits for its returns


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def unsent(trade, order):
    return ask(trade, order)


def sent(trade, order):
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    return read(trade, made)


def sent_whole(trade, order):
    made = ask(trade, order, quantity=2)
    trade.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    return read(trade, made)


def kept_by_seller(trade, order):
    made = agree(trade, ask_exchange(trade, order))
    send_back(trade, made)
    return made


def refused_beside_unsent(trade, order):
    refuse(trade, claim(trade, order, name="claim"))
    return ask(trade, order, name="return")


def exchanged(trade, made, number):
    """Let each side take nearly all of its time, up to the replacement's being on its way."""
    wait(trade, 13)
    send_back(trade, made, f"RR{number}")
    wait(trade, 13)
    receive(trade, made)
    wait(trade, 13)
    return replace(trade, made, f"RP{number}")


def order_first(trade, order):
    with only_its_grants("escrow"):
        trade.services.order_clock.tick(order.order_id)
    trade.services.return_clock.run(10)
    trade.world.drain()


def order_swept_first(trade, order):
    trade.services.order_clock.catch_up(order.order_id)
    trade.services.return_clock.run(10)
    trade.world.drain()


def only_the_order(trade, order):
    """Nobody sweeps: the state machine alone ends the order."""
    trade.world.drain()


def returns_first(trade, order):
    trade.services.return_clock.run(10)
    trade.services.order_clock.tick(order.order_id)
    trade.world.drain()


@pytest.mark.parametrize("first", [order_first, order_swept_first, only_the_order, returns_first])
@pytest.mark.parametrize(
    ("opened", "outcome", "given_back", "end"),
    [
        (unsent, "not_sent", [], "released"),
        (sent, "refunded", [10_000], "released"),
        (sent_whole, "refunded", [20_000], "refunded"),
        (kept_by_seller, "refunded", [10_000], "released"),
        (refused_beside_unsent, "not_sent", [], "released"),
    ],
)
def test_a_return_that_ended_long_ago_ends_before_its_order_looks_at_the_time(
    trade, opened, outcome, given_back, end, first
):
    order = bought(trade)
    made = opened(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    first(trade, order)

    assert (read(trade, made).outcome, trade.order(order.order_id).state) == (outcome, end)
    assert refunds(trade.world) == given_back


def test_what_came_for_the_goods_is_looked_at_in_peace(trade):
    order = bought(trade, quantity=2)
    made = exchanged(trade, agree(trade, ask_exchange(trade, order)), 0)
    for number in (1, 2):  # with 39 days each, until shortly before the order has waited too long
        after = accept(trade, claim(trade, order, "replace", name=f"claim-{number}"))
        trade.services.returns.confirm_replacement(made.return_id, order.buyer_id)
        made = exchanged(trade, after, number) if number == 1 else after
    send_back(trade, made, "RR2")
    receive(trade, made)
    wait(trade, 12)
    replace(trade, made, "RP2")
    trade.services.returns.confirm_replacement(made.return_id, order.buyer_id)
    wait(trade, 13)
    assert trade.world.clock.now() > trade.order(order.order_id).due_at
    assert trade.services.order_clock.tick(order.order_id) == Place("return_open", GOING_ON_SECONDS)

    wait(trade, 1)
    assert trade.order(order.order_id).state == "released"


def test_what_is_still_being_returned_when_the_order_has_waited_too_long_is_for_a_person(trade):
    order = bought(trade, quantity=2)
    ask_exchange(trade, order, name="first")
    trade.world.clock.advance(days=OUTAGE_DAYS)
    order_first(trade, order)  # the exchange becomes a return, which has its own time to be sent
    trade.services.order_clock.tick(order.order_id)
    trade.world.drain()

    assert trade.order(order.order_id).state == "dispute_review"


def test_a_return_whose_money_cannot_move_does_not_keep_the_order_waiting(trade):
    order = bought(trade)
    made = sent(trade, order)
    trade.world.clock.advance(days=OUTAGE_DAYS)
    before = trade.services.return_store.read(made.return_id)
    trade.services.return_clock._postponed(before)

    trade.services.order_clock.tick(order.order_id)

    assert trade.order(order.order_id).state == "dispute_review"


def test_a_withdrawal_that_is_sent_after_the_fourteenth_day_is_refunded_by_the_next_sweep(trade):
    order = bought(trade, quantity=1)
    email = trade.services.account_store.read(order.buyer_id).email
    said = Statement(order.order_id, "Ana Gil", email)
    trade.services.statements_of_withdrawal.submit(said, locale="es", ip="203.0.113.7")
    wait(trade, 10)  # nobody had swept until now: the statement is taken up late, and still counts from its day
    [made] = trade.services.returns.of_order(order.order_id, order.buyer_id)
    wait(trade, 10)
    sent = trade.services.returns.send(made.made.return_id, order.buyer_id, "correos", "RR1").made
    assert (sent.state, sent.due_at) == ("awaiting_receipt", trade.world.clock.now())

    trade.world.sweep()
    assert (read(trade, sent).outcome, refunds(trade.world)) == ("refunded", [10_000])


def test_two_clocks_at_once_send_no_order_to_a_person_whose_returns_can_end():
    wrong = [each for _outcome, each in races.explore("order's clock x clock of its returns", 2) if each]

    assert wrong == []
