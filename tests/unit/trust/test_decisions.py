"""People have the last word about a hold: once, with reasons, and never about their own order."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.orders.model import OrderMissing, OwnCase, TransitionRefused
from marketplace.trust.model import (
    CLEAR,
    CLEARED,
    IN_FORCE,
    OPEN,
    REFUSE,
    REFUSED,
    TOO_LATE,
    HoldAlreadyDecided,
    HoldMissing,
    ReasonsMissing,
)
from tests.unit.trust.making import BUYER, OPERATOR, ORDER, SELLER, Judging, ended, held

WHY = "Invoice and identity checked by phone."


@pytest.mark.parametrize(
    ("verb", "decision", "state", "kind"),
    [("clear", CLEAR, CLEARED, "hold.cleared"), ("refuse", REFUSE, REFUSED, "hold.refused")],
)
def test_a_decision_leaves_a_receipt_closes_the_case_moves_the_order_and_is_told(verb, decision, state, kind):
    judging = held()
    judging.clock.advance(hours=5)

    receipt = getattr(judging.trust, verb)(ORDER, OPERATOR, WHY)

    case, receipts = judging.trust.hold(ORDER, OPERATOR)
    assert (receipt.decision, receipt.automated, receipt.decided_by, receipt.reasons) == (
        decision,
        False,
        OPERATOR,
        WHY,
    )
    assert (receipt.effect, receipt.answers) == (IN_FORCE, case.receipt_id)
    assert (case.state, case.decided_by, case.decision_receipt_id) == (state, OPERATOR, receipt.receipt_id)
    assert [each.decision for each in receipts] == ["hold", decision]
    assert judging.orders.released == [(verb, ORDER, receipt.receipt_id)]
    assert judging.told == ["hold.placed", kind]
    assert judging.trust.open_holds(OPERATOR, None, 10).items == ()


@pytest.mark.parametrize("first", ["clear", "refuse"])
@pytest.mark.parametrize("second", ["clear", "refuse"])
def test_a_hold_is_decided_once(first, second):
    judging = held()
    getattr(judging.trust, first)(ORDER, OPERATOR, WHY)

    with pytest.raises(HoldAlreadyDecided):
        getattr(judging.trust, second)(ORDER, "acc_another_operator", WHY)

    assert len(judging.orders.released) == 1
    assert len(judging.records.kept) == 2


def test_two_operators_at_once_make_one_decision():
    judging = held()
    slow, case = judging.trust, judging.records.cases[ORDER]
    judging.trust.refuse(ORDER, OPERATOR, WHY)
    stale, judging.records.case = judging.records.case, lambda order_id: case  # the slow one read before

    with pytest.raises(HoldAlreadyDecided):
        slow.clear(ORDER, "acc_another_operator", WHY)

    assert stale(ORDER).state == REFUSED


@pytest.mark.parametrize("reasons", ["", " ", "\n\t "])
def test_a_decision_without_reasons_is_refused_and_names_the_field(reasons):
    with pytest.raises(ReasonsMissing) as refused:
        held().trust.clear(ORDER, OPERATOR, reasons)

    assert refused.value.fields == {"reasons": "required"}


@pytest.mark.parametrize("party", [BUYER, SELLER])
def test_nobody_decides_about_an_order_of_their_own(party):
    judging = held()

    with pytest.raises(OwnCase):
        judging.trust.clear(ORDER, party, WHY)

    assert judging.records.cases[ORDER].state == OPEN


@pytest.mark.parametrize("verb", ["clear", "refuse"])
def test_an_order_that_was_never_held_has_no_case(verb):
    with pytest.raises(HoldMissing):
        getattr(Judging().trust, verb)(ORDER, OPERATOR, WHY)


def test_reading_an_order_that_was_never_held_is_missing():
    with pytest.raises(HoldMissing):
        Judging().trust.hold(ORDER, OPERATOR)


def test_a_case_whose_order_ended_meanwhile_can_be_closed_and_says_that_nothing_changed():
    judging = held()
    judging.orders.orders[ORDER] = ended(judging.orders.orders[ORDER])

    receipt = judging.trust.clear(ORDER, OPERATOR, WHY)

    assert receipt.effect == TOO_LATE
    assert judging.records.cases[ORDER].state == CLEARED
    assert judging.orders.released == []
    assert judging.told == ["hold.placed"]


def test_an_order_that_does_not_allow_it_keeps_its_case_open():
    judging = held()
    judging.orders.orders[ORDER] = type(judging.orders.orders[ORDER])(
        **{name: getattr(judging.orders.orders[ORDER], name) for name in judging.orders.orders[ORDER].__slots__}
        | {"risk_receipt": None}
    )

    with pytest.raises(TransitionRefused):
        judging.trust.clear(ORDER, OPERATOR, WHY)

    assert judging.records.cases[ORDER].state == OPEN


def test_a_failed_transaction_decides_nothing():
    judging = held()
    judging.transactions.failures = [Unavailable()]

    with pytest.raises(Unavailable):
        judging.trust.clear(ORDER, OPERATOR, WHY)

    assert judging.records.cases[ORDER].state == OPEN
    assert judging.trust.clear(ORDER, OPERATOR, WHY).decision == CLEAR


@pytest.mark.parametrize(("account_id", "role"), [(BUYER, "buyer"), (SELLER, "seller")])
def test_the_parties_read_the_decisions(account_id, role):
    found, receipts = held().trust.receipts_for(ORDER, account_id)

    assert found == role
    assert len(receipts) == 1


@pytest.mark.parametrize("order_id", [ORDER, "ord_nobody"])
def test_for_anybody_else_the_order_is_missing(order_id):
    with pytest.raises(OrderMissing):
        held().trust.receipts_for(order_id, "acc_stranger")


@pytest.mark.parametrize("party", [BUYER, SELLER])
def test_what_was_found_about_an_order_is_not_read_by_its_parties_whatever_their_role(party):
    judging = held()

    with pytest.raises(OwnCase):
        judging.trust.hold(ORDER, party)

    assert judging.trust.open_holds(party, None, 10).items == ()
    assert len(judging.trust.open_holds(OPERATOR, None, 10).items) == 1


def test_a_decision_stands_in_the_record_of_what_staff_did():
    judging = held()

    receipt = judging.trust.clear(ORDER, OPERATOR, WHY)

    [act] = judging.acts.done
    assert (act.kind, act.by, act.subject, act.facts) == (
        "hold.clear",
        OPERATOR,
        ORDER,
        {"receipt_id": receipt.receipt_id},
    )


@pytest.mark.parametrize(("reader", "visitor"), [(BUYER, SELLER), (SELLER, BUYER)])
def test_nor_through_the_other_party_s_eyes(reader, visitor):
    with pytest.raises(OwnCase):
        held().trust.receipts_for(ORDER, reader, visitor)

    assert held().trust.receipts_for(ORDER, reader, OPERATOR)


def test_who_acts_for_the_seller_is_as_near_to_the_order_as_the_seller():
    judging = held()
    judging.members.add((SELLER, OPERATOR))

    for act in (lambda: judging.trust.hold(ORDER, OPERATOR), lambda: judging.trust.clear(ORDER, OPERATOR, WHY)):
        with pytest.raises(OwnCase):
            act()

    assert judging.records.cases[ORDER].state == OPEN
