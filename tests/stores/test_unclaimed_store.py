"""Money that waits, banks' questions and absent facts, on the in-memory DynamoDB and on moto: the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.writes import Write
from marketplace.ledger.model import AlreadyBooked, LedgerTransaction, Posting
from marketplace.ledger.store import DynamoLedger
from marketplace.orders.model import TransitionRefused
from marketplace.orders.store import DynamoOrders
from marketplace.payments.unclaimed_model import Stage, Unclaimed, UnclaimedMoved, Whose
from marketplace.payments.unclaimed_store import DynamoUnclaimed
from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW, move, moved, order

LATER = NOW + timedelta(days=45)
FIRST = Unclaimed("refund#ord_1#ref_1", Whose.BUYER, "pay_1", "ord_1", 3_000, "eur", NOW)


@pytest.fixture(params=NAMES, autouse=True)
def backend(request):
    with backend_of(request.param):
        yield request.param


def commit(*writes: Write) -> None:
    DynamoTransactions(pause=lambda _: None).commit(writes)


def test_it_comes_back_as_it_was_put_and_its_name_is_taken():
    store = DynamoUnclaimed()
    late = Unclaimed("late_refund#pay_2", Whose.BUYER, "pay_2", None, 500, "usd", LATER, account="late_payment")
    commit(store.put(FIRST), store.put(late))

    with pytest.raises(UnclaimedMoved):
        commit(store.put(replace(FIRST, amount_minor=1)))

    assert store.read(FIRST.name) == FIRST
    assert store.read("x") is None
    assert store.read_many((late.name, "x", FIRST.name)) == [late, FIRST]
    assert store.page(None, 10).items == (FIRST.name, late.name)


def test_a_decision_is_made_on_what_was_read_and_what_is_sent_leaves_the_list():
    store = DynamoUnclaimed()
    commit(store.put(FIRST))
    kept = replace(FIRST, stage=Stage.KEPT, round=1, decided="prp_1")
    sent = replace(kept, stage=Stage.SENT, round=2, sent_as="again#1")
    commit(store.change(FIRST, kept))

    with pytest.raises(UnclaimedMoved):
        commit(store.change(FIRST, sent))
    listed = store.page(None, 10).items
    commit(store.change(kept, sent))

    assert listed == (FIRST.name,)
    assert store.read(FIRST.name) == sent
    assert store.page(None, 10).items == ()


def test_a_fact_that_stands_refuses_what_must_not_stand_beside_it():
    ledger = DynamoLedger()
    legs = (Posting("stripe", 1), Posting("held", -1))
    fact = LedgerTransaction("ord_1", "capture", "capture", "eur", legs, NOW)
    other = replace(fact, key="refund")

    commit(ledger.book(fact), ledger.unbooked("ord_1", "release"))
    with pytest.raises(AlreadyBooked):
        commit(ledger.book(other), ledger.unbooked("ord_1", "capture"))

    assert ledger.of_book("ord_1") == [fact]


def test_a_question_of_a_bank_is_a_condition_of_every_later_move():
    orders, before = DynamoOrders(), order(state="delivered", step=2, due_at=NOW)
    commit(*orders.place(before, move(before)))
    asked = replace(before, asked_until=LATER, due_at=LATER)

    commit(orders.ask(before, asked))
    for stale in (orders.move(before, moved(before, "settling"), move(moved(before, "settling"))),):
        with pytest.raises(TransitionRefused):
            commit(*stale)
    with pytest.raises(TransitionRefused):
        commit(orders.ask(before, asked))
    found = orders.read(before.order_id)
    commit(orders.ask(asked, before))

    assert (found.asked_until, found.due_at) == (LATER, LATER)
    assert orders.read(before.order_id) == before
