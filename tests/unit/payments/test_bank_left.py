"""A bank's case in which the order's own record is the buyer's: nothing goes by itself, and people may still answer."""

from dataclasses import replace

import pytest

from marketplace.orders.model import Award
from marketplace.payments.bank_case import ANSWERED_BEFORE, REMINDED_BEFORE, Answer, seen
from marketplace.payments.bank_record import OrderRecord, answers_by_itself, is_the_buyers
from tests.unit.casework.test_cases import waiting
from tests.unit.disputes.making import Case
from tests.unit.payments.test_bank_cases import Bank
from tests.unit.payments.test_bank_cases import finance as of_finance
from tests.unit.payments.test_refunds import ask as give_back
from tests.unit.returns import test_returns as returns
from tests.unit.shipping.making import report

PART = 3_000


@pytest.fixture
def bank(world):
    return Bank(world)


def until_the_eve(world, bank):
    """Let the time pass in which a person could have answered."""
    for before in (REMINDED_BEFORE, ANSWERED_BEFORE):
        world.clock.set(bank.case.answer_by - before)
        world.sweep()


def left_beyond_its_deadline(world, trade, bank):
    """Open an inquiry that nobody answers while the bank still asks."""
    trade.bought()
    bank.take_back(inquiry=True)
    until_the_eve(world, bank)
    world.clock.set(bank.case.answer_by)
    world.sweep()


def record(world, order):
    services = world.services
    return services.bank_records.of(services.order_store.read(order.order_id), world.clock.now())


def test_what_was_never_sent_is_not_defended_by_itself(world, trade, bank):
    trade.bought()
    bank.take_back(reason="product_not_received")

    until_the_eve(world, bank)
    world.sweep()

    assert bank.case.answer is Answer.LEFT
    assert bank.shown["evidence_details"]["submission_count"] == 0
    assert world.services.backlog.look().bank_answers == 0


def test_a_person_reads_that_it_is_left_and_may_send_it(world, trade, bank):
    trade.bought()
    bank.take_back()
    until_the_eve(world, bank)
    [case] = waiting(trade, kind="chargeback")

    sent = world.services.bank_cases.answer(bank.dispute_id, of_finance(world))

    assert "the buyer is right" in case.if_nobody_acts.en
    assert (sent.answer, sent.attempt) == (Answer.SENT, 0)


def test_what_was_left_is_missed_when_the_bank_decides(world, trade, bank):
    trade.bought()
    bank.take_back()
    until_the_eve(world, bank)

    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()

    assert bank.case.answer is Answer.MISSED


def test_an_inquiry_that_was_left_and_becomes_a_chargeback_is_looked_at_anew(world, trade, bank):
    order = trade.bought()
    bank.take_back(inquiry=True)
    until_the_eve(world, bank)
    left = bank.case.answer
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")

    world.stripe.escalate_dispute(bank.dispute_id)
    world.drain()
    until_the_eve(world, bank)

    assert (left, bank.case.answer) == (Answer.LEFT, Answer.SENT)


def test_goods_that_are_back_and_not_paid_for_are_not_defended(world, trade, bank):
    world.place_under(2)
    order = returns.bought(trade, quantity=1)
    made = returns.ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "Correos", "rr 1")
    report(world, "RR1")
    bank.take_back()

    until_the_eve(world, bank)

    assert bank.case.answer is Answer.LEFT


def test_a_decision_for_the_buyer_that_the_bank_overtook_is_not_defended(world, trade, bank):
    case = Case(trade).decided(10_000)
    bank.take_back()

    until_the_eve(world, bank)

    assert record(world, case.order).owed_minor == 10_000
    assert bank.case.answer is Answer.LEFT


def back_and_disputed(world, trade):
    """Goods that the carrier brought back, about which the buyer opened a dispute all the same; and that dispute."""
    world.place_under(2)
    order = returns.bought(trade, quantity=1)
    made = returns.ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "Correos", "rr 1")
    report(world, "RR1")
    disputes = world.services.disputes
    dispute_id = disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None).dispute.dispute_id
    disputes.answer(dispute_id, order.seller_id, "The box came back empty.")
    disputes.escalate(dispute_id, order.seller_id)
    return order, dispute_id


def test_a_decision_for_the_seller_after_the_goods_were_back_is_defended(world, trade, bank):
    order, dispute_id = back_and_disputed(world, trade)
    world.services.disputes.decide(dispute_id, "acc_first", 0, "5.2", "The box was empty.")
    world.clock.advance(days=60)
    world.drain()
    world.sweep()
    assert trade.order(order.order_id).state == "released"
    bank.take_back()

    until_the_eve(world, bank)

    assert bank.case.answer is Answer.SENT


def test_a_decision_for_the_seller_that_the_bank_overtook_counts_for_goods_that_were_back_by_then(world, trade, bank):
    order, dispute_id = back_and_disputed(world, trade)
    undecided = record(world, order).owed_minor
    world.services.disputes.decide(dispute_id, "acc_first", 0, "5.2", "The box was empty.")
    bank.take_back()

    until_the_eve(world, bank)

    assert undecided == order.total_minor
    assert (record(world, order).owed_minor, bank.case.answer) == (0, Answer.SENT)


def test_all_of_it_promised_and_none_of_it_sent_is_not_defended(world, trade, bank):
    order = trade.delivered()
    give_back(world, order, order.total_minor)
    bank.take_back()

    until_the_eve(world, bank)

    assert bank.case.answer is Answer.LEFT


def test_a_part_that_is_owed_waits_for_people_and_the_rest_is_defended_on_the_eve(world, trade, bank):
    order = trade.delivered()
    give_back(world, order, PART)
    bank.take_back()
    at_once = bank.case.answer

    until_the_eve(world, bank)

    assert (at_once, bank.case.answer) == (Answer.NONE, Answer.SENT)


def test_a_part_that_went_back_is_answered_at_once(world, trade, bank):
    order = trade.delivered()
    give_back(world, order, PART)
    world.drain()

    bank.take_back(amount=order.total_minor - PART)

    assert bank.case.answer is Answer.SENT
    assert f"{PART} of {order.total_minor} eur was given back" in bank.shown["evidence"]["refund_refusal_explanation"]


def test_one_order_of_a_payment_that_was_sent_is_defended_with_all(world, trade):
    sent, unsent = record(world, trade.shipped()), record(world, trade.bought())

    assert is_the_buyers([unsent, unsent])
    assert not is_the_buyers([sent, unsent])
    assert not is_the_buyers([])
    assert not answers_by_itself([])


def test_what_went_back_whole_is_told_to_the_bank_although_nothing_was_sent(world, trade):
    order = trade.bought()
    trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    owed = record(world, order).speaks_for_buyer

    world.drain()

    assert (owed, record(world, order).speaks_for_buyer) == (True, False)


def test_what_came_too_late_and_did_not_go_back_is_the_buyer_s(world, trade, late_refund_back):
    payment_id, _ = late_refund_back
    [order_id] = world.services.payment_store.read(payment_id).order_ids

    assert record(world, trade.order(order_id)).speaks_for_buyer


def test_what_was_left_is_missed_when_its_deadline_passes_and_keeps_nobody_from_their_turn(world, trade, bank):
    left_beyond_its_deadline(world, trade, bank)

    now = world.clock.now()
    assert (bank.case.answer, bank.case.is_closed) == (Answer.MISSED, False)
    assert world.services.bank_case_store.due(now, 10) == []
    assert waiting(trade, kind="inquiry") == []


def test_what_was_missed_is_looked_at_anew_when_its_deadline_is_put_off(world, trade, bank):
    left_beyond_its_deadline(world, trade, bank)
    missed = bank.case

    found = replace(world.services.stripe.read_dispute(bank.dispute_id), answer_by=missed.answer_by + REMINDED_BEFORE)
    again = seen(missed, missed.payment_id, missed.order_ids, found, world.clock.now())

    assert (missed.answer, again.answer) == (Answer.MISSED, Answer.NONE)


@pytest.mark.parametrize(("due_minor", "is_theirs"), [(9_999, False), (10_000, True)])
def test_the_buyer_is_right_about_an_order_that_arrived_once_all_that_is_left_is_owed(
    world, trade, due_minor, is_theirs
):
    arrived = replace(trade.shipped(), delivered_at=world.clock.now(), delivered_by="carrier")

    assert OrderRecord(arrived, [], due_minor=due_minor).speaks_for_buyer is is_theirs


def test_who_was_given_the_money_by_a_person_is_not_called_wrong_for_what_was_never_noted_as_sent(world, trade):
    order = trade.bought()
    decided = replace(order, award=Award(0, order.total_minor))

    assert OrderRecord(order, []).speaks_for_buyer
    assert not OrderRecord(decided, []).speaks_for_buyer
