"""Refunds, debts and parked intents, on the in-memory DynamoDB and on moto: both must give the same answers."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.step_up import StepUpRequired
from marketplace.orders.model import TransitionRefused
from marketplace.orders.store import DynamoOrders
from marketplace.payments.debt_store import DebtMoved, DynamoDebts
from marketplace.payments.given_store import DynamoGiven
from marketplace.payments.model import IntentFinished, IntentState
from marketplace.payments.refund_model import Refund, RefundExists, RefundLine
from marketplace.payments.refund_store import DynamoRefunds
from marketplace.payments.store import DynamoPayments
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.world import FrozenClock
from tests.stores.backends import NAMES, backend_of
from tests.stores.trading import NOW, intent, move, moved, order

LATER = NOW + timedelta(minutes=5)
SELLER, EUR = "acc_seller", "eur"


@pytest.fixture(params=NAMES, autouse=True)
def backend(request):
    with backend_of(request.param):
        yield request.param


def commit(*writes):
    DynamoTransactions(pause=lambda _: None).commit(writes)


def a_refund(refund_id="ref_1", **said):
    plain = Refund(refund_id, "ord_1", 3_000, EUR, "Ñ", "fault", SELLER, "seller", NOW, "f", (RefundLine("lst_1", 1),))
    return replace(plain, **said)


def test_a_refund_comes_back_as_it_was_put_and_its_id_is_taken():
    store = DynamoRefunds()
    shares = {"seller_minor": 2, "reversal_minor": 1, "kept_minor": 1}
    other = a_refund("ref_0", requested_at=LATER, after_end=True, whole=True, **shares)
    commit(store.put(a_refund()), store.put(other))

    with pytest.raises(RefundExists):
        commit(store.put(a_refund(amount_minor=1)))

    assert store.read("ord_1", "ref_1") == a_refund()
    assert store.read("ord_1", "ref_never") is None
    assert store.of_order("ord_1") == [a_refund(), other]
    assert store.of_order("ord_2") == []


def test_debts_add_up_and_are_netted_while_they_last():
    debts = DynamoDebts(FrozenClock(NOW))
    commit(debts.add(SELLER, EUR, 300))
    commit(debts.add(SELLER, EUR, 200))
    commit(debts.net(SELLER, EUR, 450))

    with pytest.raises(DebtMoved):
        commit(debts.net(SELLER, EUR, 51))
    commit(debts.add(SELLER, EUR, -60))

    assert debts.owed_minor(SELLER, EUR) == -10
    assert debts.owed_minor(SELLER, "usd") == debts.owed_minor("acc_other", EUR) == 0


def test_a_debt_grows_within_its_limit_only():
    debts = DynamoDebts(FrozenClock(NOW))
    commit(debts.add_within(SELLER, EUR, 60, 100))
    commit(debts.add_within(SELLER, EUR, 40, 100))

    with pytest.raises(DebtMoved):
        commit(debts.add_within(SELLER, EUR, 1, 100))

    assert debts.owed_minor(SELLER, EUR) == 100


@pytest.mark.parametrize(("read_minor", "refused"), [(49, True), (50, False), (51, False)])
def test_a_debt_that_grew_since_it_was_read_refuses(read_minor, refused):
    debts = DynamoDebts(FrozenClock(NOW))
    commit(debts.at_most(SELLER, EUR, 0))  # nothing is owed
    commit(debts.add(SELLER, EUR, 50))

    with pytest.raises(DebtMoved) if refused else nullcontext():
        commit(debts.at_most(SELLER, EUR, read_minor))


@pytest.mark.parametrize(("at_most", "refused"), [(99, True), (100, False), (None, False)])
def test_a_day_s_refunds_are_counted_up_to_what_needs_no_proof(at_most, refused):
    given, refusal = DynamoGiven(), StepUpRequired(how="totp")
    commit(given.count(SELLER, EUR, 60, LATER, at_most=99, refusal=refusal))

    with pytest.raises(StepUpRequired) if refused else nullcontext():
        commit(given.count(SELLER, EUR, 40, LATER, at_most=at_most, refusal=refusal))
    commit(given.count(SELLER, EUR, 99, LATER + timedelta(days=1), at_most=99, refusal=refusal))  # another day


def test_nobody_s_debt_cannot_be_netted():
    with pytest.raises(DebtMoved):
        commit(DynamoDebts(FrozenClock(NOW)).net(SELLER, EUR, 1))


def test_what_is_given_back_is_a_condition_of_every_later_move():
    orders, before = DynamoOrders(), order(state="shipped", step=2)
    commit(*orders.place(before, move(before)))
    after = replace(before, refunded_minor=3_000)
    stale = moved(before, "settling")
    commit(orders.give_back(before, after))

    for refused in (
        orders.move(before, stale, move(stale, "confirm", "shipped")),
        [orders.give_back(before, replace(before, refunded_minor=1))],
        [orders.rest(before)],
    ):
        with pytest.raises(TransitionRefused):
            commit(*refused)
    commit(*orders.move(after, moved(after, "settling"), move(stale, "confirm", "shipped")))

    assert orders.read("ord_1") == moved(after, "settling")


def test_a_resting_order_is_woken():
    orders, before = DynamoOrders(), order(state="settling", step=2)
    commit(*orders.place(before, move(before)))
    commit(orders.rest(before))

    commit(orders.wake(replace(before, due_at=None), LATER))

    assert orders.read("ord_1").due_at == LATER
    assert orders.due(LATER, 10) == ["ord_1"]


def test_a_parked_intent_is_opened_again_under_the_next_key_once():
    store = DynamoPayments()
    commit(store.open_intent(intent()))
    commit(store.doubt_intent(intent(), NOW))
    commit(store.park_intent(intent(), "refused", NOW))
    parked = store.intent(intent().intent_id)
    commit(store.reopen_intent(parked, LATER))

    for late in (
        store.reopen_intent(parked, LATER),
        store.close_intent(parked, "no"),
        store.finish_intent(intent(), "x"),
    ):
        with pytest.raises(IntentFinished):
            commit(late)

    opened = store.intent(intent().intent_id)
    assert (opened.state, opened.attempt, opened.attempted_at) == (IntentState.OPEN, 1, LATER)
    assert (opened.unknown_since, opened.called_at) == (None, None)
    assert opened.stripe_key == f"{intent().intent_id}#1"
    assert store.due("open", LATER, 10) == [intent().intent_id]
    assert store.page_intents("parked", None, 10).items == ()


def test_a_done_intent_fails_only_as_what_it_did():
    store = DynamoPayments()
    commit(store.open_intent(intent()))
    commit(store.finish_intent(intent(), "re_1"))
    done = store.intent(intent().intent_id)

    with pytest.raises(IntentFinished):
        commit(store.fail_intent(replace(done, result_id="re_2"), "came back", LATER, out_of="refund_owed"))
    commit(store.fail_intent(done, "came back", LATER, out_of="refund_owed"))

    failed = store.intent(intent().intent_id)
    assert (failed.state, failed.result_id, failed.facts["out_of"]) == (IntentState.PARKED, "re_1", "refund_owed")
    assert store.page_intents("parked", None, 10).items == (intent().intent_id,)
    assert store.intents([intent().intent_id, "never"]) == {intent().intent_id: failed}


def test_a_closed_intent_stays_closed():
    store = DynamoPayments()
    commit(store.open_intent(intent()))
    commit(store.close_intent(intent(), "debt"))

    with pytest.raises(IntentFinished):
        commit(store.finish_intent(intent(), "re_1"))

    closed = store.intent(intent().intent_id)
    assert (closed.state, closed.reason, closed.is_over) == (IntentState.CLOSED, "debt", True)
    assert store.due("open", LATER, 10) == []
