"""What a bank is told: every sentence follows from what is recorded as having happened, whatever that was."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.catalog.promises import DIGITAL, SERVICE, Promises
from marketplace.kit.errors import Unavailable
from marketplace.ledger import postings
from marketplace.orders.model import BUYER, CARRIER, SELLER, Award, Move
from marketplace.orders.process import PROCESSES
from marketplace.payments.bank_books import refunded_late
from marketplace.payments.bank_case import Answer
from marketplace.payments.bank_record import BUYER_ACTS, OrderRecord
from marketplace.payments.evidence import FIELD_MAX, BuyerRecord, evidence_of
from marketplace.payments.refund_model import RefundState
from marketplace.payments.unclaimed_model import Way
from marketplace.returns.model import ReturnKind
from tests.crash.flows import prepare_late
from tests.fakes.stored_files import FakeBucket
from tests.unit.disputes.making import FILE, Case
from tests.unit.orders.test_fulfilments import FILE as SOLD
from tests.unit.orders.test_fulfilments import upload
from tests.unit.payments.test_after_a_partial_loss import LEFT, manual, partly_lost
from tests.unit.payments.test_bank_cases import Bank
from tests.unit.payments.test_desk import CLOSE, agree, came_back
from tests.unit.payments.test_paid_outside import paid
from tests.unit.payments.test_refunds import ask as give_back
from tests.unit.payments.test_refunds import released
from tests.unit.payments.test_unclaimed import decide
from tests.unit.returns import test_claims as claims
from tests.unit.returns import test_exchanges as exchanges
from tests.unit.returns import test_returns as returns
from tests.unit.withdrawals.test_matching import submit

QUIET = "the buyer asked for no refund and opened no complaint"
GIVEN = "was given back to the card"
PROMISED = "was promised to the buyer and is not recorded as given back"
PART = 3_000


@pytest.fixture
def bank(world):
    return Bank(world)


@pytest.fixture
def latest(world):
    world.place_under(2)


def record(world, order):
    services = world.services
    return services.bank_records.of(services.order_store.read(order.order_id), world.clock.now())


def told(world, *orders, reason="general"):
    """Return what a bank would be told of these orders now."""
    services = world.services
    records = [record(world, each) for each in orders]
    return evidence_of(records, services.buyer_record(records[0].order), reason)


def refusal(world, order):
    return told(world, order).get("refund_refusal_explanation", "")


# What the buyer asked for.


def test_of_an_order_that_nobody_complained_about_the_bank_is_told_so_and_as_of_when(world, trade):
    order = trade.delivered()

    said = refusal(world, order)

    assert QUIET in said
    assert world.clock.now().strftime("%Y-%m-%dT%H:%M") in said


def _returned(trade):
    order = trade.delivered(kind="private", promises=Promises(return_days=7))
    returns.ask(trade, order)
    return order


def _withdrawn(trade):
    order = returns.bought(trade)
    submit(trade, order)
    trade.world.sweep()
    return order


def _withdrawn_on_the_way(trade):
    order = trade.shipped()
    submit(trade, order)
    trade.world.sweep()
    return order


def _withdrawn_too_late(trade):
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    trade.world.clock.advance(days=500)
    submit(trade, order)
    trade.world.sweep()
    return order


def _exchanged(trade):
    order = returns.bought(trade)
    exchanges.ask(trade, order)
    return order


def _claimed(trade):
    order = returns.bought(trade)
    claims.claim(trade, order)
    return order


def _claimed_after_release(trade):
    order = claims.released(trade)
    claims.claim(trade, order)
    return order


def _return_taken_back(trade):
    order = returns.bought(trade)
    made = returns.ask(trade, order)
    trade.services.returns.cancel(made.return_id, order.buyer_id)
    trade.world.drain()
    return order


def _disputed(trade):
    return Case(trade).opened().order


def _dropped(trade):
    case = Case(trade).opened()
    case.services.disputes.drop(case.dispute_id, case.order.buyer_id)
    return case.order


def _return_agreed(trade):
    case = Case(trade).negotiating()
    offer_id = case.offer("seller", 10_000, return_needed=True)
    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()
    return case.order


def _cancelled(trade):
    order = trade.bought()
    trade.services.orders.cancel(order.order_id, order.buyer_id, "changed my mind")
    return order


REQUESTS = {
    "a return": (_returned, "return rtn_"),
    "a withdrawal": (_withdrawn, "withdrawal rtn_"),
    "a withdrawal that waits for the delivery": (_withdrawn_on_the_way, "a statement of withdrawal"),
    "a withdrawal that was refused": (_withdrawn_too_late, "a statement of withdrawal"),
    "an exchange": (_exchanged, "exchange rtn_"),
    "a claim": (_claimed, "claim rtn_"),
    "a claim after the release": (_claimed_after_release, "claim rtn_"),
    "a return that was taken back": (_return_taken_back, "ended: cancelled"),
    "a dispute": (_disputed, "dispute dsp_"),
    "a dispute that was dropped": (_dropped, "drop by buyer"),
    "a return that was agreed on": (_return_agreed, "agreed rtn_"),
    "a cancellation": (_cancelled, "cancel by buyer"),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_who_asked_for_anything_is_never_said_to_have_asked_for_nothing(world, trade, latest, kind):
    makes, names = REQUESTS[kind]
    order = makes(trade)

    evidence = told(world, order)

    assert QUIET not in evidence["refund_refusal_explanation"]
    assert names in evidence["uncategorized_text"]


def test_every_kind_of_return_is_among_those_tried():
    tried = {names.split()[0] for _, names in REQUESTS.values()}

    assert set(ReturnKind) <= tried


@pytest.mark.parametrize("kind", ["a return", "an exchange", "a claim", "a claim after the release", "a dispute"])
def test_a_bank_is_not_answered_at_once_about_an_order_whose_buyer_asked_for_something(
    world, trade, bank, latest, kind
):
    REQUESTS[kind][0](trade)

    bank.take_back()

    assert bank.case.answer is Answer.NONE


def test_who_opened_a_return_and_then_went_to_the_bank_is_answered_with_the_return(world, trade, bank, latest):
    _returned(trade)
    bank.take_back()
    deadline = bank.case.answer_by

    for moment in (deadline - timedelta(days=3), deadline - timedelta(days=1)):
        world.clock.set(moment)
        world.sweep()

    evidence = bank.shown["evidence"]
    assert bank.case.answer is Answer.SENT
    assert QUIET not in evidence["refund_refusal_explanation"]
    assert "return rtn_" in evidence["uncategorized_text"]


def test_every_act_of_the_buyers_in_any_process_is_classified():
    acts = {row.name for process in PROCESSES.values() for row in process.transitions if BUYER in row.actors}

    assert acts == set(BUYER_ACTS)


@pytest.mark.parametrize("name", [*BUYER_ACTS, "an_act_of_tomorrow"])
def test_only_a_confirmation_by_the_buyer_leaves_them_without_a_request(world, trade, name):
    order = trade.delivered()
    known = record(world, order)
    move = Move(order.order_id, 9, name, "delivered", "delivered", BUYER, world.clock.now())

    evidence = evidence_of([replace(known, moves=[*known.moves, move])], BuyerRecord(), "general")

    assert (QUIET in evidence["refund_refusal_explanation"]) == (name == "confirm")


def test_what_nobody_looked_up_is_not_said(world, trade):
    order = trade.delivered()
    known = OrderRecord(order, world.services.order_store.moves(order.order_id))

    assert "refund_refusal_explanation" not in evidence_of([known], BuyerRecord(), "general")


# What was given back.


def _under_way(world, trade, _people, _patch):
    order = trade.shipped()
    give_back(world, order, PART)
    return order


def _reversing(world, trade, _people, _patch):
    order = released(trade)
    give_back(world, order, PART)
    return order


def _unknown(world, trade, _people, patch):
    order = _under_way(world, trade, _people, patch)

    def silent(*_said, **_more):
        raise Unavailable

    patch.setattr(world.services.stripe, "refund", silent)
    [refund] = world.services.refund_store.of_order(order.order_id)
    with suppress(Unavailable):
        world.services.refund_legs.advance(order.order_id, refund.refund_id)
    return order


def _done(world, trade, _people, _patch):
    order = _under_way(world, trade, _people, _patch)
    world.drain()
    return order


def _overtaken(world, trade, _people, _patch):
    """The bank took the payment before the refund left."""
    order = _under_way(world, trade, _people, _patch)
    world.stripe.open_dispute(Bank(world).charge)
    world.drain()
    world.sweep()
    return order


def _closed_by_two(world, trade, people):
    order, intent_id = came_back(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, intent_id, people)
    return trade.order(order.order_id), intent_id


def _paid_by_bank(world, trade, people, _patch):
    order, _ = _closed_by_two(world, trade, people)
    case = world.stripe.open_dispute(world.stripe.objects("charge")[0]["id"])
    world.drain()
    world.stripe.close_dispute(case["id"], won=False)
    world.drain()
    return order


def _sent_again(world, trade, people, _patch):
    order, name = _closed_by_two(world, trade, people)
    decide(world, name, Way.BUYER, people)
    world.sweep()
    return order


def _paid_outside(world, trade, people, _patch):
    order = partly_lost(trade)
    manual(trade, order, LEFT)
    [row] = world.services.unclaimed.page(None, 10).items
    paid(world, row.name, people)
    return order


# How each comes about, and what of it is booked as given back.
REFUNDS = {
    "reversing": (_reversing, RefundState.REVERSING, 0, PART),
    "on its way": (_under_way, RefundState.REFUNDING, 0, PART),
    "unknown": (_unknown, RefundState.UNKNOWN, 0, PART),
    "done": (_done, RefundState.DONE, PART, 0),
    "sent again": (_sent_again, RefundState.DONE, PART, 0),
    "parked": (_overtaken, RefundState.PARKED, 0, PART),
    "came back": (lambda world, trade, *_: came_back(trade)[0], RefundState.FAILED, 0, PART),
    "waits": (lambda world, trade, people, _: _closed_by_two(world, trade, people)[0], RefundState.WAITING, 0, PART),
    "paid by the bank": (_paid_by_bank, RefundState.BY_BANK, 0, PART),
    "paid outside": (_paid_outside, RefundState.PAID_OUTSIDE, 0, LEFT),
}


@pytest.mark.parametrize("how", REFUNDS)
def test_given_back_is_what_stripe_did_and_promised_is_called_promised(world, trade, finance, monkeypatch, how):
    makes, state, given_minor, promised_minor = REFUNDS[how]
    with monkeypatch.context() as patch:
        order = makes(world, trade, finance, patch)

    said = refusal(world, order)

    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    assert view.state is state
    assert (GIVEN in said, PROMISED in said) == (bool(given_minor), bool(promised_minor))
    assert f" {given_minor or promised_minor} " in said
    assert QUIET not in said


def test_what_a_bank_paid_of_a_promise_is_owed_no_more(world, trade, finance, monkeypatch):
    order = _paid_by_bank(world, trade, finance, monkeypatch)

    known = record(world, order)

    assert (known.unsent_minor, known.owed_minor) == (PART, 0)


def test_every_state_of_a_refund_is_among_those_tried_but_one_that_nobody_sends():
    assert {state for _, state, _, _ in REFUNDS.values()} == set(RefundState) - {RefundState.CLOSED}


def test_a_refund_that_a_bank_overtook_is_not_told_to_it_as_given_back(world, trade, bank):
    order = trade.delivered()
    give_back(world, order, PART)
    bank.take_back()
    world.clock.set(bank.case.answer_by - timedelta(days=1))

    world.sweep()
    world.sweep()

    assert bank.case.answer is Answer.SENT
    assert world.stripe.objects("refund") == []
    said = bank.shown["evidence"]["refund_refusal_explanation"]
    assert GIVEN not in said
    assert f"{PART} eur {PROMISED}" in said


def test_an_award_counts_as_given_back_once_it_was(world, trade):
    order = trade.bought()
    trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    before = refusal(world, order)

    world.drain()

    assert (GIVEN in before, PROMISED in before) == (False, True)
    assert f"{order.total_minor} of {order.total_minor} eur {GIVEN}" in refusal(world, order)


def test_what_was_given_back_and_what_was_promised_since_are_told_apart(world, trade):
    order = trade.delivered()
    known = record(world, order)
    promised = replace(order, refunded_minor=5_000, award=Award(1_000, 4_000))

    said = evidence_of([replace(known, order=promised, refunded_minor=2_000)], BuyerRecord(), "general")

    lines = said["refund_refusal_explanation"].splitlines()
    assert [line.split(": ", 1)[1].split(" was")[0] for line in lines] == ["2000 of 10000 eur", "4000 eur"]


# Everything else.


def test_what_the_seller_did_is_not_told_as_the_buyers_act(world, trade):
    order = trade.bought()
    trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    world.drain()

    assert "'cancel'" not in told(world, order)["access_activity_log"]


def test_what_a_statement_of_withdrawal_did_needed_nobody_signed_in(world, trade, latest):
    log = told(world, _withdrawn(trade))["access_activity_log"]

    assert "the buyer did 'open_return'" in log
    assert "signed in, did 'open_return'" not in log


def test_a_confirmation_is_told_as_made_by_the_buyer_signed_in_and_says_by_when_it_came(world, trade):
    order = released(trade)

    evidence = told(world, order)

    assert "the buyer, signed in, did 'confirm'" in evidence["access_activity_log"]
    assert "delivery on or before" in evidence["uncategorized_text"]
    assert "confirmed by the buyer" in evidence["uncategorized_text"]
    assert evidence["service_date"].startswith("on or before")


def test_a_carrier_knows_the_day(world, trade):
    order = replace(trade.shipped(), delivered_at=world.clock.now(), delivered_by=CARRIER)

    evidence = evidence_of([OrderRecord(order, [])], BuyerRecord(), "general")

    assert "on or before" not in evidence["uncategorized_text"]
    assert evidence["service_date"].endswith("reported by the carrier")


def test_who_agreed_to_send_it_back_is_not_said_to_have_confirmed_it(world, trade, latest):
    order = replace(trade.shipped(), delivered_at=world.clock.now(), delivered_by=BUYER)

    evidence = evidence_of([OrderRecord(order, [])], BuyerRecord(), "general")

    assert "confirmed by the buyer" not in evidence["uncategorized_text"]
    assert "agreed to send it back" in evidence["uncategorized_text"]


def test_goods_on_their_way_have_no_day_of_receipt(world, trade):
    evidence = told(world, trade.shipped())

    assert "service_date" not in evidence
    assert evidence["shipping_date"]


def test_a_service_that_its_seller_reported_done_was_not_shipped(world, trade, latest):
    order = trade.bought(promises=Promises(SERVICE, handling_days=5))
    trade.services.orders.report_done(order.order_id, order.seller_id, "All done.")

    evidence = told(world, order)

    assert not {"shipping_date", "service_date"} & set(evidence)
    assert "until the seller reports the service done." in evidence["cancellation_policy_disclosure"]
    assert "delivery on" not in evidence["uncategorized_text"]


def test_a_file_is_told_as_made_available_and_not_as_received(world, trade):
    bucket = FakeBucket()
    world.given |= {"uploads": bucket, "stored_files": bucket}
    world.place_under(2)
    order = trade.bought(promises=Promises(DIGITAL))
    upload(bucket, order, file=SOLD)
    trade.services.digital_goods.make_available(order.order_id, order.seller_id, SOLD)

    evidence = told(world, order)

    assert "shipping_date" not in evidence
    assert "made the file available" in evidence["uncategorized_text"]
    assert "received" not in evidence["uncategorized_text"]


def test_of_several_orders_no_date_stands_for_another(world, trade):
    buyer_id, sellers = trade.person("Buyer"), [trade.seller(), trade.seller()]
    placed = trade.place(buyer_id, *((trade.listing(each), 1) for each in sellers))
    trade.pay(placed)
    world.drain()
    first, second = placed.orders
    trade.services.orders.ship(first.order_id, first.seller_id, "correos", "PK1")

    evidence = told(world, first, second, reason="duplicate")

    assert evidence["shipping_date"].startswith(f"order {first.order_id}: ")
    assert second.order_id not in evidence["shipping_date"]
    assert evidence["duplicate_charge_explanation"].startswith("One payment for 2 order(s): ")


def test_a_file_that_was_announced_and_never_uploaded_was_not_shown(world, trade):
    case = Case(trade).opened()
    case.services.disputes.announce_evidence(case.dispute_id, case.people[BUYER], **FILE)
    announced = told(world, case.order)["uncategorized_text"]

    case.show(SELLER)

    assert "showed a file" not in announced
    assert "seller showed a file" in told(world, case.order)["uncategorized_text"]


def test_what_came_too_late_was_captured_for_no_order(world, trade):
    placed = prepare_late(trade)
    world.drain()

    assert "captured" not in told(world, trade.order(placed.orders[0].order_id))["uncategorized_text"]


def test_what_came_too_late_and_went_back_is_told_as_given_back_and_is_nobody_s_any_more(world, trade):
    placed = prepare_late(trade)
    order = trade.order(placed.orders[0].order_id)
    owed = record(world, order)
    world.drain()

    said = refusal(world, order)

    assert (owed.refunded_minor, owed.speaks_for_buyer) == (0, True)
    assert f"{order.total_minor} of {order.total_minor} eur {GIVEN}" in said
    assert not record(world, order).speaks_for_buyer


def test_of_a_late_payment_for_two_orders_each_is_told_its_own_part(world):
    now, prices = world.clock.now(), (7_001, 2_998)
    came = postings.late_payment("pay_1", "eur", 9_999, "ch_1", now)
    back = postings.late_refund("pay_1", "eur", 9_999, "re_1", now)

    parts = [refunded_late(each, book) for each in prices for book in ([], [came], [came, back])]

    assert parts == [0, 0, 7_001, 0, 0, 2_998]


def test_other_orders_are_those_of_other_payments(world, trade):
    buyer_id, sellers = trade.person("Buyer"), [trade.seller(), trade.seller()]
    for wanted in ([sellers[0]], sellers):
        placed = trade.place(buyer_id, *((trade.listing(each), 1) for each in wanted))
        trade.pay(placed)
        world.drain()

    assert "at least 1." in told(world, *placed.orders)["access_activity_log"]


def test_of_no_order_at_all_nothing_is_said():
    assert evidence_of([], BuyerRecord(), "general") == {}


def test_a_text_that_is_cut_says_so(world, trade):
    order = trade.delivered()
    known = OrderRecord(order, [], ["1234567890" * 2_000])

    text = evidence_of([known], BuyerRecord(), "general")["uncategorized_text"]

    assert (len(text), text[-6:]) == (FIELD_MAX, " [...]")
