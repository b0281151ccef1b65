"""Every paid order is judged once and leaves a receipt; what weighs too much is held, unless it is too late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.orders.model import OrderMissing
from marketplace.trust.model import ALLOW, HOLD, IN_FORCE, NO_DATA, OPEN, TOO_LATE, Screened
from marketplace.trust.screening import HOLD_ATTEMPTS_MAX
from tests.unit.trust.making import (
    BUYER,
    NOW,
    ORDER,
    SELLER,
    SUSPICIOUS_MINOR,
    Judging,
    Orders,
    ended,
    held,
    order,
    paid_event,
)


def suspicious(**changes):
    return Judging(orders=Orders({ORDER: order(total_minor=SUSPICIOUS_MINOR, **changes)}))


def only_receipt(judging):
    [found] = judging.records.receipts(ORDER)
    return found


def test_an_ordinary_order_is_allowed_and_leaves_a_receipt():
    judging = Judging()

    screened = judging.screening.screen(paid_event())

    receipt = only_receipt(judging)
    assert screened == Screened(ALLOW, IN_FORCE, 0)
    assert (receipt.decision, receipt.automated, receipt.decided_at) == (ALLOW, True, NOW)
    assert len(receipt.findings) > 1
    assert judging.told == []
    assert judging.orders.orders[ORDER].risk_receipt is None


def test_a_suspicious_order_is_held_with_a_case_and_a_notice():
    judging = held()

    receipt = only_receipt(judging)
    case = judging.records.cases[ORDER]
    assert (receipt.decision, receipt.effect, receipt.score) == (HOLD, IN_FORCE, 50)
    assert judging.orders.orders[ORDER].risk_receipt == receipt.receipt_id
    assert (case.state, case.receipt_id, case.score) == (OPEN, receipt.receipt_id, 50)
    assert judging.told == ["hold.placed"]


def test_the_notice_carries_ids_only():
    [told] = held().outbox.events.values()

    assert told.subject == ORDER
    assert set(told.data) == {"buyer_id", "seller_id", "receipt_id"}


def test_a_message_that_comes_again_changes_nothing():
    judging = held()
    before = (dict(judging.records.kept), dict(judging.records.cases), dict(judging.outbox.events))
    judging.clock.advance(hours=1)

    assert judging.screening.screen(paid_event()) is None

    assert (judging.records.kept, judging.records.cases, judging.outbox.events) == before


def test_a_repeated_message_does_not_count_the_payment_twice():
    judging = Judging()

    for _ in range(10):
        judging.screening.screen(paid_event())

    assert len(judging.records.counted) == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_the_last_of_a_burst_to_be_screened_is_held_whatever_the_order_of_messages(reverse):
    names = [f"ord_{n}" for n in range(5)]
    judging = Judging(orders=Orders({name: order(name) for name in names}))
    events = [paid_event(name, NOW + timedelta(minutes=n)) for n, name in enumerate(names)]
    if reverse:
        events.reverse()

    decisions = [judging.screening.screen(each).decision for each in events]

    assert decisions == [ALLOW] * 4 + [HOLD]


def test_an_order_that_moved_while_it_was_judged_is_still_held():
    judging = suspicious()
    shipped = replace(judging.orders.orders[ORDER], state="shipped", step=2)
    judging.orders.moves_meanwhile = [shipped]

    assert judging.screening.screen(paid_event()) == Screened(HOLD, IN_FORCE, 50)
    assert judging.orders.orders[ORDER].state == "shipped"
    assert judging.orders.orders[ORDER].risk_receipt


def test_an_order_that_ended_before_gets_a_receipt_that_says_so():
    judging = suspicious()
    judging.orders.orders[ORDER] = ended(judging.orders.orders[ORDER])

    assert judging.screening.screen(paid_event()) == Screened(HOLD, TOO_LATE, 50)
    assert only_receipt(judging).effect == TOO_LATE
    assert judging.records.cases == {}
    assert judging.told == []


def test_an_order_that_ended_while_it_was_judged_is_too_late():
    judging = suspicious()
    judging.orders.moves_meanwhile = [ended(judging.orders.orders[ORDER])]

    assert judging.screening.screen(paid_event()) == Screened(HOLD, TOO_LATE, 50)
    assert judging.records.cases == {}


def test_an_order_that_never_stands_still_is_left_to_the_next_attempt():
    judging = suspicious()
    found = judging.orders.orders[ORDER]
    judging.orders.moves_meanwhile = [replace(found, step=found.step + n + 1) for n in range(HOLD_ATTEMPTS_MAX)]

    with pytest.raises(Unavailable):
        judging.screening.screen(paid_event())

    assert judging.records.kept == {}
    assert judging.screening.screen(paid_event()) == Screened(HOLD, IN_FORCE, 50)


def test_a_failed_transaction_leaves_neither_receipt_nor_case():
    judging = suspicious()
    judging.transactions.failures = [None, Unavailable()]  # counting, holding

    with pytest.raises(Unavailable):
        judging.screening.screen(paid_event())

    assert (judging.records.kept, judging.records.cases, judging.told) == ({}, {}, [])


def test_without_account_facts_those_rules_say_no_data():
    judging = Judging(people=None)

    judging.screening.screen(paid_event())

    silent = {each.rule_id for each in only_receipt(judging).findings if each.outcome == NO_DATA}
    assert silent == {"new_account", "same_signup_address"}


@pytest.mark.parametrize("gone", [BUYER, SELLER])
def test_an_account_that_is_gone_counts_against_nobody(gone):
    judging = Judging()
    del judging.people.known[gone]

    assert judging.screening.screen(paid_event()).decision == ALLOW


def test_an_unknown_order_is_an_error_for_the_dead_letter_queue():
    with pytest.raises(OrderMissing):
        Judging().screening.screen(paid_event("ord_nobody"))
