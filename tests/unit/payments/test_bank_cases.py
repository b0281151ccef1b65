"""Banks' cases: answered once, in time, from the order's own record; and what issuers warn of before."""

from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.kit.principal import FINANCE, Principal
from marketplace.ledger.model import HELD, balances
from marketplace.orders.model import OwnCase
from marketplace.payments.bank.wire import questions_to_wire, state_of
from marketplace.payments.bank_case import Answer, AnswerGiven, BankCaseMissing
from marketplace.payments.evidence import FIELD_MAX, BuyerRecord, OrderRecord, evidence_of
from marketplace.payments.fraud_warnings import REFUND_MAX_MINOR


class Bank:
    """The buyer's bank, and the issuer of the card."""

    def __init__(self, world) -> None:
        self.world = world
        self.dispute_id = ""

    @property
    def charge(self) -> str:
        [charge] = [each for each in self.world.stripe.objects("charge") if each["status"] == "succeeded"]
        return charge["id"]

    def take_back(self, **said) -> None:
        self.dispute_id = self.world.stripe.open_dispute(self.charge, **said)["id"]
        self.world.drain()

    def warn(self) -> None:
        self.world.stripe.warn_of_fraud(self.charge)
        self.world.drain()

    @property
    def shown(self) -> dict:
        return next(each for each in self.world.stripe.objects("dispute") if each["id"] == self.dispute_id)

    @property
    def case(self):
        return self.world.services.bank_cases.known(self.dispute_id)


def unheard(*_said):
    raise Unavailable


@pytest.fixture
def bank(world):
    return Bank(world)


def finance(world, account_id="acc_finance") -> Principal:
    now = world.clock.now()
    return Principal(account_id, "ses_f", True, "en", roles=frozenset({FINANCE}), factor_at=now, proved_at=now)


def test_a_delivered_order_answers_its_bank_by_itself(world, trade, bank):
    order = trade.delivered()

    bank.take_back(reason="product_not_received")

    assert (bank.shown["status"], bank.case.answer) == ("under_review", Answer.SENT)
    evidence = bank.shown["evidence"]
    assert order.tracking_number in evidence["shipping_tracking_number"]
    assert order.order_id in evidence["product_description"]
    assert "delivery on" in evidence["uncategorized_text"]
    assert "signed in" in evidence["access_activity_log"] or evidence["access_activity_log"]


def test_what_is_not_proven_waits_for_finance_who_sees_it_first(world, trade, bank):
    trade.shipped()
    bank.take_back()
    desk = world.services.bank_cases

    seen = desk.read(bank.dispute_id, finance(world))
    sent = desk.answer(bank.dispute_id, finance(world))

    assert seen.evidence["product_description"]
    assert seen.answer is Answer.NONE
    assert (sent.answer, sent.asked_by) == (Answer.SENT, "acc_finance")
    with pytest.raises(AnswerGiven):
        desk.answer(bank.dispute_id, finance(world))
    assert bank.shown["evidence_details"]["submission_count"] == 1


def test_nobody_answers_about_an_order_of_their_own(world, trade, bank):
    order = trade.shipped()
    bank.take_back()

    with pytest.raises(OwnCase):
        world.services.bank_cases.answer(bank.dispute_id, finance(world, order.seller_id))
    with pytest.raises(BankCaseMissing):
        world.services.bank_cases.read("dp_nothing", finance(world))


def test_three_days_before_the_deadline_sellers_are_reminded_and_a_day_before_it_is_answered(world, trade, bank):
    trade.shipped()
    bank.take_back()
    deadline = bank.case.answer_by

    world.clock.set(deadline - timedelta(days=3, seconds=1))
    world.sweep()
    assert not bank.case.reminded
    world.clock.set(deadline - timedelta(days=3))
    world.sweep()
    assert (bank.case.reminded, bank.case.answer) == (True, Answer.NONE)
    world.clock.set(deadline - timedelta(days=1))
    world.sweep()

    assert (bank.case.answer, bank.case.asked_by) == (Answer.SENT, "system")
    assert bank.shown["status"] == "under_review"


def test_an_inquiry_moves_no_money_and_is_answered(world, trade, bank):
    order = trade.delivered()

    bank.take_back(inquiry=True)

    assert trade.order(order.order_id).state == "delivered"
    assert bank.shown["status"] == "warning_under_review"
    assert state_of(bank.case) == "inquiry_answered"
    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()
    assert state_of(bank.case) == "inquiry_closed"


def test_an_inquiry_that_becomes_a_chargeback_is_answered_anew(world, trade, bank):
    order = trade.delivered()
    bank.take_back(inquiry=True)

    world.stripe.escalate_dispute(bank.dispute_id)
    world.drain()

    assert trade.order(order.order_id).state == "charged_back"
    assert bank.shown["evidence_details"]["submission_count"] == 2
    assert state_of(bank.case) == "answered"


def test_what_was_frozen_for_an_inquiry_is_not_sent_once_it_is_a_chargeback(world, trade, bank, monkeypatch):
    order = trade.shipped()
    bank.take_back(inquiry=True)
    with monkeypatch.context() as patch:
        patch.setattr(world.services.stripe, "submit_evidence", unheard)
        frozen = world.services.bank_cases.answer(bank.dispute_id, finance(world))
    world.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
    world.stripe.escalate_dispute(bank.dispute_id)

    world.services.bank_cases.tend()  # before anybody heard of it
    sent_to_it = bank.shown["evidence_details"]["submission_count"]
    world.drain()

    assert (frozen.answer, sent_to_it) == (Answer.WANTED, 0)
    assert (bank.case.answer, bank.shown["evidence_details"]["submission_count"]) == (Answer.SENT, 1)
    assert "attested by the marketplace" in bank.shown["evidence"]["uncategorized_text"]


def test_an_answer_that_stripe_refuses_waits_for_a_person_who_may_try_again(world, trade, bank, monkeypatch):
    trade.shipped()
    bank.take_back()
    desk, real = world.services.bank_cases, world.services.stripe

    class Refusing:
        def __getattr__(self, name):
            return getattr(real, name)

        def submit_evidence(self, *_said):
            from marketplace.payments.model import StripeRefused  # noqa: PLC0415

            raise StripeRefused("evidence_too_long")

    monkeypatch.setattr(desk, "_stripe", Refusing())
    refused = desk.answer(bank.dispute_id, finance(world))
    monkeypatch.setattr(desk, "_stripe", real)
    again = desk.answer(bank.dispute_id, finance(world))

    assert (refused.answer, refused.why_refused) == (Answer.REFUSED, "evidence_too_long")
    assert (again.answer, again.attempt) == (Answer.SENT, 1)


def test_an_answer_that_comes_after_the_decision_is_missed(world, trade, bank, monkeypatch):
    trade.shipped()
    bank.take_back()
    desk, real = world.services.bank_cases, world.services.stripe

    class Silent:
        def __getattr__(self, name):
            return getattr(real, name)

        def submit_evidence(self, *_said):
            raise Unavailable

    monkeypatch.setattr(desk, "_stripe", Silent())
    assert desk.answer(bank.dispute_id, finance(world)).answer is Answer.WANTED
    assert desk.answer(bank.dispute_id, finance(world)).answer is Answer.WANTED  # it is under way
    monkeypatch.setattr(desk, "_stripe", real)
    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.sweep()

    assert bank.case.answer is Answer.MISSED
    assert state_of(bank.case) == "lost"


def test_goods_that_were_never_sent_are_on_sale_again_when_the_bank_keeps_the_money(world, trade, bank):
    order = trade.bought()
    listing_id = order.lines[0].listing_id
    before = world.services.listing_store.read(listing_id).stock
    bank.take_back()

    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()

    assert trade.order(order.order_id).state == "lost_to_chargeback"
    assert world.services.listing_store.read(listing_id).stock == before + 1


def test_goods_on_their_way_are_not(world, trade, bank):
    order = trade.shipped()
    listing_id = order.lines[0].listing_id
    before = world.services.listing_store.read(listing_id).stock
    bank.take_back()

    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()

    assert world.services.listing_store.read(listing_id).stock == before


def test_the_parties_read_plain_words_and_only_the_seller_the_deadline(world, trade, bank):
    order = trade.shipped()
    bank.take_back()
    cases = world.services.bank_cases.of_order(order.order_id, order.buyer_id)

    [buyer] = questions_to_wire(cases, "buyer", "es").items
    [seller] = questions_to_wire(cases, "seller", "en").items

    assert (buyer.state, buyer.answer_by) == ("taken", None)
    assert "banco" in buyer.text
    assert seller.answer_by is not None


def test_a_small_order_that_nobody_sent_is_refunded_when_the_issuer_warns(world, trade, bank):
    order = trade.bought(price_minor=4_999)

    bank.warn()
    bank.warn()

    assert trade.order(order.order_id).state == "refunded"
    assert [each["amount"] for each in world.stripe.objects("refund")] == [4_999]
    assert balances(world.services.ledger.of_book(order.order_id)).get((HELD, "eur"), 0) == 0


@pytest.mark.parametrize("reach", ["bought", "shipped", "delivered"])
def test_anything_else_that_runs_is_held_for_a_person(world, trade, bank, reach):
    order = getattr(trade, reach)(price_minor=REFUND_MAX_MINOR["eur"] + 1)

    bank.warn()

    held = trade.order(order.order_id)
    assert (held.state, world.stripe.objects("refund")) == (order.state, [])
    assert held.risk_receipt
    assert world.services.trust_store.case(order.order_id) is not None


def test_a_warning_about_a_released_order_changes_nothing(world, trade, bank):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    bank.warn()

    assert trade.order(order.order_id).state == "released"
    assert world.stripe.objects("refund") == []


def test_a_warning_about_what_is_disputed_already_is_only_noted(world, trade, bank):
    order = trade.bought(price_minor=4_999)
    bank.take_back()

    bank.warn()

    assert trade.order(order.order_id).state == "charged_back"
    assert trade.order(order.order_id).risk_receipt is None


def test_no_field_is_longer_than_stripe_takes(world, trade):
    order = trade.shipped()
    moves = world.services.order_store.moves(order.order_id)
    record = OrderRecord(order, moves, ["x" * FIELD_MAX] * 3)

    evidence = evidence_of([record], BuyerRecord("2026-01-01T00:00:00Z", "mark", 3), "duplicate")

    assert max(map(len, evidence.values())) == FIELD_MAX
    assert "One payment for 1 order" in evidence["duplicate_charge_explanation"]
    assert "mark" in evidence["access_activity_log"]
