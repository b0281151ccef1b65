"""The payments' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.payments.model import IntentFinished, IntentState, PaymentMoved, PaymentStatus
from marketplace.payments.store import AlreadyReceived, DynamoPayments
from tests.stores.trading import NOW, intent, payment

STORE = DynamoPayments  # see conftest.py

LATER = NOW + timedelta(days=1)


def test_a_payment_comes_back_as_it_was_opened(store, commit):
    commit(store.open(payment()))

    assert store.read("pay_1") == payment()
    assert store.read("pay_never") is None


def test_an_id_is_opened_once(store, commit):
    commit(store.open(payment()))

    with pytest.raises(PaymentMoved):
        commit(store.open(payment(amount_minor=1)))

    assert store.read("pay_1") == payment()


def test_stripes_id_is_noted_once_and_again_is_no_error(store, commit):
    commit(store.open(payment()))
    commit(store.attach(payment(), "pi_1"))
    commit(store.attach(payment(), "pi_1"))

    with pytest.raises(PaymentMoved):
        commit(store.attach(payment(), "pi_2"))

    assert store.read("pay_1").payment_intent_id == "pi_1"


@pytest.mark.parametrize("first", ["paid", "expired"])
def test_a_payment_leaves_waiting_once(store, commit, first):
    commit(store.open(payment()))
    ways = {"paid": store.paid(payment(), "ch_1"), "expired": store.expired(payment())}
    commit(ways[first])

    for way in ways.values():
        with pytest.raises(PaymentMoved):
            commit(way)

    after = store.read("pay_1")
    assert after.status is PaymentStatus(first)
    assert after.charge_id == ("ch_1" if first == "paid" else None)
    assert store.due("awaiting", LATER, 10) == []


def test_unpaid_payments_are_due_the_oldest_first(store, commit):
    for number, minutes in enumerate((30, 10, 20)):
        commit(store.open(payment(f"pay_{number}", due_at=NOW + timedelta(minutes=minutes))))

    assert store.due("awaiting", NOW + timedelta(minutes=20), 10) == ["pay_1", "pay_2"]
    assert store.due("awaiting", LATER, 1) == ["pay_1"]
    assert store.due("open", LATER, 10) == []


def test_an_intent_comes_back_as_it_was_opened_and_is_due_at_once(store, commit):
    commit(store.open_intent(intent()))

    assert store.intent("transfer#ord_1") == intent()
    assert store.intent("never") is None
    assert store.due("open", NOW, 10) == ["transfer#ord_1"]


def test_an_intent_of_no_order_comes_back_too(store, commit):
    commit(store.open_intent(intent(order_id=None)))

    assert store.intent("transfer#ord_1").order_id is None


def test_an_intent_is_opened_once(store, commit):
    commit(store.open_intent(intent()))

    with pytest.raises(IntentFinished):
        commit(store.open_intent(intent(amount_minor=1)))


@pytest.mark.parametrize("first", ["finish", "park"])
def test_an_intent_is_closed_once(store, commit, first):
    commit(store.open_intent(intent()))
    ways = {"finish": store.finish_intent(intent(), "tr_1"), "park": store.park_intent(intent(), "no_account", NOW)}
    commit(ways[first])

    for way in ways.values():
        with pytest.raises(IntentFinished):
            commit(way)

    after = store.intent("transfer#ord_1")
    done = replace(intent(), state=IntentState.DONE, result_id="tr_1")
    parked = replace(intent(), state=IntentState.PARKED, reason="no_account", parked_at=NOW)
    assert after == (done if first == "finish" else parked)
    assert store.due("open", LATER, 10) == []
    assert store.due("parked", LATER, 10) == ([] if first == "finish" else ["transfer#ord_1"])


def test_an_event_of_stripe_is_remembered_once(store, commit):
    commit(store.remember_event("evt_1", "payment_intent.succeeded", NOW))

    with pytest.raises(AlreadyReceived):
        commit(store.remember_event("evt_1", "payment_intent.succeeded", LATER))


def test_leave_is_noted_of_an_open_intent_and_begins_anew_with_an_attempt(store, commit):
    plain = replace(intent(), gated=True)
    commit(store.open_intent(plain))
    commit(store.let_go(plain, NOW))
    commit(store.let_go(plain, LATER))

    noted = store.intent(plain.intent_id)
    assert (noted.gated, noted.let_go_at, noted.allowed_at) == (True, NOW, LATER)
    commit(store.park_intent(noted, "refused", NOW))
    with pytest.raises(IntentFinished):
        commit(store.let_go(noted, LATER))
    commit(store.reopen_intent(store.intent(plain.intent_id), LATER))
    assert store.intent(plain.intent_id).let_go_at is None


def test_a_postponed_intent_is_due_later(store, commit):
    commit(store.open_intent(intent()))

    commit(store.postpone(intent(), LATER))

    assert store.due("open", NOW, 10) == []
    assert store.due("open", LATER, 10) == [intent().intent_id]


def test_what_was_paid_keeps_from_when_it_may_go_on(store, commit):
    commit(store.open(payment()))

    commit(store.paid(payment(), "ch_1", LATER))

    assert store.read("pay_1").clears_at == LATER
