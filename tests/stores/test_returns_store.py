"""Returns, their counters and statements of withdrawal, on the in-memory DynamoDB and on moto: the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.returns.errors import ReturnRefused, ReturnsMoved
from marketplace.returns.model import Head, Lack, Parcel, Return, ReturnLine, Step
from marketplace.returns.store import DynamoReturns
from marketplace.storage.transaction import DynamoTransactions
from marketplace.withdrawals.model import ACCEPTED, Piece, Withdrawal
from marketplace.withdrawals.store import DynamoWithdrawals, WithdrawalMoved
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW

LATER = NOW + timedelta(days=14)


@pytest.fixture(params=NAMES, autouse=True)
def backend(request):
    with backend_of(request.param):
        yield request.param


def commit(*writes):
    DynamoTransactions(pause=lambda _: None).commit(writes)


def a_return(**said):
    plain = Return(
        "rtn_1",
        "ord_1",
        "acc_buyer",
        "acc_seller",
        "withdrawal",
        (ReturnLine("lst_1", 2, 20_000),),
        20_000,
        "eur",
        "buyer",
        "Ñ",
        "approved",
        0,
        NOW,
        NOW,
        LATER,
        (Step("open", "approved", "buyer", NOW), Step("label", "approved", "seller", NOW, "acc_member")),
        fingerprint="f",
    )
    return replace(plain, **said)


def test_a_return_comes_back_as_it_was_stored_and_its_id_is_taken():
    store = DynamoReturns()
    ended = a_return(
        return_id="rtn_2", due_at=None, outcome="refunded", refund_id="ref_1", refund_minor=1, restocked=True
    )
    commit(store.open(a_return()), store.open(ended))

    with pytest.raises(ReturnsMoved):
        commit(store.open(a_return()))

    assert store.read("rtn_1") == a_return()
    assert store.read_many(["rtn_2", "rtn_none", "rtn_1"]) == [ended, a_return()]
    assert store.read("rtn_none") is None


def test_what_only_claims_and_exchanges_have_is_kept_whole():
    store = DynamoReturns()
    lack = Lack("repair", "", 0, "price_reduction", 500, "es-2022", LATER, LATER, ("evd_1", "evd_2"))
    parcel = Parcel("correos", "RP1", NOW, LATER, "carrier")
    told = {"returned_at": NOW, "returned_by": "carrier", "answer": "It was whole.", "reduction_minor": 500}
    claim = replace(a_return(), lack=lack, replacement=parcel, reserved=True, **told)
    on_its_way = replace(a_return(), return_id="rtn_2", replacement=Parcel("correos", "RP2", NOW))
    commit(store.open(claim), store.open(on_its_way))

    assert store.read_many(["rtn_1", "rtn_2"]) == [claim, on_its_way]
    head = replace(Head("ord_1"), revision=1, reduced={"lst_1": 500})
    commit(store.keep(Head("ord_1"), head))
    assert store.head("ord_1") == head


def test_a_return_moves_once_from_where_it_was_read():
    store, before = DynamoReturns(), a_return()
    commit(store.open(before))
    commit(store.move(before, replace(before, state="awaiting_receipt", step=1)))

    with pytest.raises(ReturnRefused):
        commit(store.move(before, replace(before, state="ended", step=1, due_at=None)))
    assert store.read("rtn_1").state == "awaiting_receipt"


def test_two_returns_at_once_cannot_both_count():
    store = DynamoReturns()
    empty = store.head("ord_1")
    one = replace(empty, revision=1, open_count=1, open_minor=5, taken={"lst_1": 1}, return_ids=("rtn_1",))
    commit(store.keep(empty, one))

    with pytest.raises(ReturnsMoved):
        commit(store.keep(empty, one))
    with pytest.raises(ReturnsMoved):
        commit(store.keep(replace(one, revision=7), replace(one, revision=8)))
    commit(store.keep(one, replace(one, revision=2, due_at=NOW)))

    assert empty == Head("ord_1")
    assert store.head("ord_1") == replace(one, revision=2, due_at=NOW)


def test_what_is_due_are_returns_and_orders_to_let_go_on():
    store, empty = DynamoReturns(), Head("ord_1")
    commit(store.open(a_return()), store.keep(empty, replace(empty, revision=1, due_at=NOW)))

    assert store.due(NOW, 10) == ["ord_1"]
    assert store.due(LATER, 10) == ["ord_1", "rtn_1"]
    assert store.due(LATER, 1) == ["ord_1"]
    assert DynamoWithdrawals().due(LATER, 10) == []


def test_a_statement_comes_back_changes_once_and_is_no_longer_due():
    store = DynamoWithdrawals()
    made = Withdrawal(
        "wdr_1", "ord_1", (Piece("lst_1", 1),), {"name": "x", "email": "y", "text": "z"}, "es", "d", NOW, due_at=NOW
    )
    commit(store.add(made))
    assert store.read("wdr_1") == made
    assert store.due(NOW, 10) == ["wdr_1"]
    after = replace(made, state=ACCEPTED, revision=1, due_at=None, order_id="ord_1", return_id="rtn_1")
    commit(store.change(made, after))

    with pytest.raises(WithdrawalMoved):
        commit(store.change(made, after))
    assert store.read("wdr_1") == after
    assert store.due(LATER, 10) == []
    assert store.read("wdr_2") is None


def test_an_order_that_a_statement_names_stays_named_and_beside_its_head():
    store = DynamoWithdrawals()
    before = store.named("ord_1")
    head = Head("ord_1", 1, return_ids=("rtn_1",))
    commit(store.name("ord_1"), DynamoReturns().keep(Head("ord_1"), head))

    commit(store.name("ord_1"))

    assert (before, store.named("ord_1"), store.named("ord_2")) == (False, True, False)
    assert DynamoReturns().head("ord_1") == head
