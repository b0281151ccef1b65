"""Every amount of a trade has words and a reason, however the trade went: no receipt shows a code or a "correction"."""

from dataclasses import replace

import pytest

from marketplace.notifications.texts_endings import WHY
from marketplace.orders.model import BUYER, SELLER
from marketplace.orders.process import PROCESSES, Kind
from marketplace.statements.explain import BESIDE, CORRECTION, of_buyer, of_seller
from marketplace.statements.monthly import buyer_entries, seller_entries
from marketplace.statements.sheets import OrderBook
from marketplace.statements.texts import FACTS, STATES
from tests.crash.flows import FLOWS

SETTLING = sorted(
    {
        each.name
        for process in PROCESSES.values()
        for each in process.transitions
        if process.states[each.target].kind is Kind.WORKING
    }
)
# One of each way in which money moves: the flows of the crash suite, as they go when nothing fails.
TOLD = (
    *("buyer confirms", "seller cancels", "split award", "split award, first process", "hold cleared"),
    *("decided by the clock", "decided by the clock, first process", "refunded by the clock, first process"),
    *("chargeback lost", "chargeback after release", "lost chargeback won later", "late payment"),
    *(
        "refund after the release",
        "refund that becomes debt",
        "debt netted from the next order",
        "parked refund closed",
    ),
    *("unclaimed money goes to the buyer", "unclaimed money goes to the seller", "debt written off"),
    "a seller's unclaimed money goes to the buyer",
    "unclaimed money is paid outside",
    *("late payment given back by a bank", "unclaimed late payment, the bank pays"),
    *("unclaimed late payment sent again, the bank pays", "unclaimed money back to its seller"),
)


@pytest.mark.parametrize("name", TOLD)
def test_every_amount_of_a_flow_has_words_and_a_reason(name, trade, world):
    flow = FLOWS[name]
    flow.act(trade, flow.prepare(trade))
    world.drain()
    view = world.view()

    for order in view.orders:
        booked = tuple(world.services.ledger.of_book(order.order_id))
        paid = tuple(world.services.ledger.of_book(order.payment_id))
        moves = tuple(each for each in view.moves if each.order_id == order.order_id)
        found = OrderBook(order, booked, moves)
        sold = of_seller(found)
        told = {
            BUYER: [*of_buyer(replace(found, transactions=(*booked, *paid))).entries, *buyer_entries(booked + paid)],
            SELLER: [*sold.entries, *sold.settled, *seller_entries(order.seller_id, booked)],
        }
        for role, entries in told.items():
            assert {each.fact for each in entries if (role, each.fact) not in FACTS} == set()
            assert CORRECTION not in {each.fact for each in entries}
        settled = [each for each in (*of_buyer(found).entries, *sold.entries) if each.fact in {"release", "refund"}]
        assert {each.clause for each in settled} <= {*SETTLING, BESIDE}


@pytest.mark.parametrize("name", SETTLING)
def test_every_move_that_settles_an_order_has_words(name):
    assert all(WHY[name])


def test_every_state_of_every_version_has_words():
    states = {name for process in PROCESSES.values() for name in process.states}

    assert states - set(STATES) == set()
