"""What waits for staff: every kind is listed with its deadline, what silence does, and the calls that end it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

import pytest

import app
from marketplace.casework.kinds import KINDS
from marketplace.casework.model import CaseMissing, CaseNotClosable, CaseTaken, Filters
from marketplace.casework.money_cases import payouts
from marketplace.casework.order_cases import KIND_OF_STATE
from marketplace.casework.wire import KindName
from marketplace.kit.principal import FINANCE, MODERATOR, Idempotency
from marketplace.kit.rows import Rows
from marketplace.orders.process import LATEST, PROCESSES
from marketplace.payments.bank_case import UNANSWERED_TOO_LONG
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.model import StripeRefused
from marketplace.payments.unclaimed_model import PAID_WITHIN, Way
from marketplace.payouts.model import PayoutState
from marketplace.returns.model import Wanted
from marketplace.returns.process import STATES as RETURN_STATES
from tests.crash.dispute_deeds import appealed, appealed_late, reviewed
from tests.crash.flows import prepare_late
from tests.unit.disputes.making import Case
from tests.unit.payments.test_backlog import unheard
from tests.unit.payments.test_bank_cases import Bank
from tests.unit.payments.test_bank_cases import finance as of_finance
from tests.unit.payments.test_desk import PART, agree, came_back, of_staff, parked_transfer
from tests.unit.payments.test_unclaimed import decide
from tests.unit.staff.making import administrator

READER = "acc_reader"


def waiting(trade: Any, reader: str = READER, **wanted: Any) -> list[Any]:
    rows = trade.services.casework.page(reader, Filters(**wanted), limit=100)
    return [each.case for each in rows.items]


def unproven(trade: Any) -> Any:
    order = trade.shipped()
    trade.world.clock.set(order.due_at)
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()
    return trade.order(order.order_id)


def contested(trade: Any) -> Any:
    order = trade.delivered()
    returns, [line] = trade.services.returns, order.lines
    made = returns.ask(order.order_id, order.buyer_id, (Wanted(line.listing_id, 1),), "", Idempotency("r", "r")).made
    returns.receive(made.return_id, order.seller_id, restock=False, deduction_minor=500, reasons="Scratched.")
    returns.answer_deduction(made.return_id, order.buyer_id, accept=False)
    return trade.services.return_store.read(made.return_id)


def held(trade: Any) -> Any:
    order = trade.shipped(price_minor=200_000)
    assert order.risk_receipt
    return order


def warned(trade: Any) -> Any:
    order = trade.shipped()
    Bank(trade.world).warn()
    return order


def suspended(trade: Any) -> str:
    offender, chief = trade.person("Offender"), administrator(trade)
    trade.services.suspensions.suspend(offender, chief, clause="3.1", reasons="Fakes.", scope="account")
    trade.services.suspensions.appeal(offender, "They are real.")
    return offender


def limited(trade: Any) -> str:
    buyer_id, listing = trade.person("Buyer"), trade.listing(trade.seller(), stock=9)
    for number in range(3):
        placed = trade.place(buyer_id, (listing, 1), key=f"claim-{number}")
        trade.pay(placed)
        trade.world.drain()
        order = trade.order(placed.orders[0].order_id)
        trade.services.orders.ship(order.order_id, order.seller_id, "correos", f"PKC{number}")
        trade.services.disputes.open(order.order_id, buyer_id, "damaged", "Broken.", None)
        trade.world.drain()
    trade.services.claims.appeal(buyer_id, "They were all broken.")
    return buyer_id


def check_identity(trade: Any, person: str, key: str, error: str | None) -> None:
    trade.services.verification.begin(person, "https://aval.example/identity", Idempotency(key, "f"))
    session = trade.world.stripe.objects("identity.verification_session")[0]
    trade.world.stripe.verify_identity(session["id"], error=error)
    trade.world.drain()


def unverified(trade: Any) -> str:
    person = trade.person()
    check_identity(trade, person, "first", "document_expired")
    return person


def asked_by_bank(trade: Any, **said: Any) -> Any:
    order = trade.shipped()
    Bank(trade.world).take_back(**said)
    return order


def stopped(trade: Any) -> str:
    trade.services.switch.stop("currency:eur", "manual", "A difference.", by=trade.staff(FINANCE))
    return "currency:eur"


def proposed(trade: Any) -> Any:
    _, intent_id = parked_transfer(trade)
    trade.world.clock.advance(minutes=3)
    staff = of_staff(trade.world, trade.staff(FINANCE))
    return trade.services.intent_desk.propose(RETRY, intent_id, staff, "The seller wrote.")


def payouts_held(trade: Any) -> str:
    seller_id = trade.seller()
    until = trade.world.clock.now() + timedelta(days=5)
    trade.services.payout_decisions.hold(seller_id, "Looks odd.", until, by=trade.staff(FINANCE))
    return seller_id


def not_paid(trade: Any) -> Any:
    order, intent_id = came_back(trade)
    trade.world.clock.advance(minutes=3)
    agree(trade.world, CLOSE, intent_id, [trade.staff(FINANCE), trade.staff(FINANCE)])
    return order, intent_id


def late_not_given_back(trade: Any) -> tuple[Any, str]:
    world, placed = trade.world, prepare_late(trade)
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    world.clock.advance(minutes=3)
    intent_id = f"late_refund#{placed.payment.payment_id}"
    agree(world, CLOSE, intent_id, [trade.staff(FINANCE), trade.staff(FINANCE)])
    return placed.payment, intent_id


# kind -> (how it comes about, what its subject is)
MADE: dict[str, Callable[[Any], Any]] = {
    "dispute": reviewed,
    "appeal": appealed,
    "hold": held,
    "delivery": unproven,
    "return": contested,
    "standing_appeal": suspended,
    "claims_appeal": limited,
    "verification": unverified,
    "intent": came_back,
    "unclaimed": not_paid,
    "payout_hold": payouts_held,
    "stop": stopped,
    "chargeback": asked_by_bank,
    "inquiry": lambda trade: asked_by_bank(trade, inquiry=True),
    "proposal": proposed,
}
DATED = {
    *("dispute", "appeal", "hold", "delivery", "return", "payout_hold", "chargeback", "inquiry", "proposal"),
    "unclaimed",
}


def test_every_kind_but_the_payout_of_unknown_outcome_is_tried_here():
    assert set(MADE) == set(KINDS) - {"payout"}  # that one: tests/crash/payout_deeds.py and the test below
    assert set(get_args(KindName)) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(MADE))
def test_each_kind_is_listed_with_its_deadline_its_silence_and_its_acts(trade, kind):
    trade.world.place_under(LATEST)
    MADE[kind](trade)

    found = waiting(trade, kind=kind)

    assert [each.kind for each in found] == [kind]
    [case] = found
    words = case.if_nobody_acts
    assert all((words.en, words.es, words.en != words.es))
    assert case.acts
    assert not any("{" in act for act in case.acts)
    assert (case.due_at is not None) == (kind in DATED)
    assert case.case_id in [each.case_id for each in waiting(trade)]
    assert trade.services.casework.read(case.case_id, READER)[0].case == case


def test_a_payout_of_unknown_outcome_is_listed(trade):
    class Parked:
        payout_id, state, seller_id = "payout_x_eur_1", PayoutState.PARKED, "acc_seller"
        created_at, amount_minor, currency = trade.world.clock.now(), 4_000, "eur"

    [case] = payouts(lambda cursor, limit: Rows((Parked(),), None))

    assert (case.kind, case.subject, case.parties) == ("payout", "payout_x_eur_1", frozenset({"acc_seller"}))
    assert (case.amount_minor, case.currency) == (4_000, "eur")
    assert all((case.if_nobody_acts.en, case.acts))


def test_money_that_could_not_be_paid_is_listed_with_its_amount_whose_it_is_and_the_promised_day(trade):
    order, intent_id = not_paid(trade)

    [case] = waiting(trade, kind="unclaimed")

    assert (case.order_id, case.state, case.amount_minor, case.currency) == (order.order_id, "buyer", PART, "eur")
    assert case.due_at == case.opened_at + PAID_WITHIN
    assert case.parties == {order.buyer_id, order.seller_id}
    assert case.acts == (f"POST /operator/unclaimed/{intent_id.replace('#', '.')}/decision",)


@pytest.mark.parametrize("way", [Way.KEEP, Way.BUYER])
def test_money_about_which_two_people_decided_is_listed_no_more(trade, way):
    _, name = not_paid(trade)

    decide(trade.world, name, way, [trade.staff(FINANCE), trade.staff(FINANCE)])

    assert waiting(trade, kind="unclaimed") == []


def test_a_late_payment_that_could_not_be_given_back_is_listed_and_is_its_payers_own_matter(trade):
    payment, intent_id = late_not_given_back(trade)

    [case] = waiting(trade, kind="unclaimed")

    assert (case.subject, case.order_id) == (intent_id.replace("#", "."), None)
    assert (case.amount_minor, case.parties) == (payment.amount_minor, {payment.buyer_id})
    assert waiting(trade, payment.buyer_id, kind="unclaimed") == []


def test_an_answer_that_does_not_reach_the_bank_is_listed_with_the_banks_deadline(trade, monkeypatch):
    world, bank = trade.world, Bank(trade.world)
    trade.shipped()
    bank.take_back()
    unheard(world, monkeypatch)
    world.services.bank_cases.answer(bank.dispute_id, of_finance(world))
    on_its_way = waiting(trade, kind="chargeback")

    world.clock.advance(seconds=UNANSWERED_TOO_LONG.total_seconds())

    [case] = waiting(trade, kind="chargeback")
    assert on_its_way == []
    assert (case.subject, case.due_at) == (bank.dispute_id, bank.case.answer_by)
    assert "has not reached the bank" in case.if_nobody_acts.en


def test_of_an_answer_that_stripe_refused_nobody_reads_that_one_is_sent_by_itself(trade, monkeypatch):
    world, bank = trade.world, Bank(trade.world)
    trade.shipped()
    bank.take_back()
    [before] = waiting(trade, kind="chargeback")
    unheard(world, monkeypatch, StripeRefused("evidence_too_long"))
    world.services.bank_cases.answer(bank.dispute_id, of_finance(world))

    [case] = waiting(trade, kind="chargeback")

    assert "it is answered" in before.if_nobody_acts.en
    assert "nothing more is sent by itself" in case.if_nobody_acts.en


def test_every_act_of_every_kind_is_a_call_of_the_api():
    routes = {(route.method, re.sub(r"\{\w+\}", "{}", route.path)) for part in app.ROUTES.values() for route in part}
    for kind in KINDS.values():
        for act in kind.acts:
            method, path = act.split(" ")
            assert (method, re.sub(r"\{\w+\}", "{}", path)) in routes, act


@pytest.mark.parametrize("version", sorted(PROCESSES))
def test_every_state_of_an_order_that_waits_for_a_person_has_a_kind(version):
    for state in PROCESSES[version].states.values():
        assert not state.human_queue or KIND_OF_STATE[state.name] in KINDS


def test_what_silence_does_is_what_the_tables_of_the_processes_say(trade):
    trade.world.place_under(LATEST)
    order, made = unproven(trade), contested(trade)

    [delivery] = waiting(trade, kind="delivery")
    [returned] = waiting(trade, kind="return")

    silences = PROCESSES[LATEST].silences
    assert (delivery.if_nobody_acts.en, delivery.due_at) == (silences["proof_overdue"].en, order.due_at)
    assert returned.if_nobody_acts.es == RETURN_STATES[made.state].es


def test_a_delivery_that_is_attested_waits_no_more(trade):
    order = unproven(trade)

    trade.services.orders.attest_delivery(order.order_id, trade.operator(), "The carrier's list.")

    assert waiting(trade) == []


def test_the_clock_still_reaches_what_waits_for_people(trade):
    order = unproven(trade)
    trade.world.clock.advance(days=61)

    trade.world.sweep()

    assert trade.order(order.order_id).state == "refunded"


def test_a_return_that_the_clock_could_not_end_is_listed_although_no_person_was_awaited(trade):
    trade.world.place_under(LATEST)
    order = trade.delivered()
    returns, [line] = trade.services.returns, order.lines
    made = returns.ask(order.order_id, order.buyer_id, (Wanted(line.listing_id, 1),), "", Idempotency("r", "r")).made
    assert waiting(trade, kind="return") == []

    trade.world.clock.advance(days=15)

    [case] = waiting(trade, kind="return")
    assert (case.subject, case.state) == (made.return_id, made.state)
    trade.world.sweep()
    assert waiting(trade, kind="return") == []


def test_a_late_appeal_waits_until_its_own_deadline(trade):
    order = appealed_late(trade)

    [case] = waiting(trade, kind="appeal")

    assert case.due_at == trade.world.clock.now() + timedelta(days=30)
    assert (case.state, case.order_id) == (order.state, order.order_id)


def test_whoever_decided_first_does_not_see_the_appeal_nor_whoever_proposed_the_proposal(trade):
    case = Case(trade).appealed(4_000, "buyer")
    proposal = proposed(trade)

    assert waiting(trade, "acc_first", kind="appeal") == []
    assert waiting(trade, case.order.buyer_id, kind="appeal") == []
    assert waiting(trade, proposal.proposed_by, kind="proposal") == []
    with pytest.raises(CaseMissing):
        trade.services.casework.read(f"appeal.{case.dispute_id}", "acc_first")


def test_an_issuers_warning_is_listed_as_a_hold(trade):
    order = warned(trade)

    assert [each.order_id for each in waiting(trade, kind="hold")] == [order.order_id]


def test_cases_are_found_by_order_account_state_and_deadline(trade):
    trade.world.place_under(LATEST)
    order = unproven(trade)
    suspended(trade)
    soon, late = order.due_at, order.due_at - timedelta(seconds=1)

    for wanted in (
        {"order_id": order.order_id},
        {"account_id": order.seller_id},
        {"account_id": order.buyer_id},
        {"state": "delivery_unproven"},
        {"before": soon},
        {"assignee": "", "order_id": order.order_id},
    ):
        assert [each.subject for each in waiting(trade, **wanted)] == [order.order_id], wanted
    for wanted in (
        {"order_id": "ord_other"},
        {"account_id": "acc_other"},
        {"state": "held"},
        {"before": late},
        {"assignee": READER},
    ):
        assert waiting(trade, **wanted) == [], wanted


def test_pages_follow_each_other_by_deadline_and_name_nothing_twice(trade):
    trade.world.place_under(LATEST)
    for make in (unproven, contested, suspended, held):
        make(trade)
    whole = waiting(trade)
    assert [each.due_at for each in whole if each.due_at] == sorted(each.due_at for each in whole if each.due_at)
    assert whole[-1].due_at is None

    found, after = [], None
    while True:
        rows = trade.services.casework.page(READER, after=after, limit=1)
        found += [each.case for each in rows.items]
        after = rows.cursor
        if after is None:
            break

    assert found == whole


def test_a_failed_check_of_identity_ends_when_somebody_looked_or_a_later_one_succeeds(trade):
    person = unverified(trade)
    [case] = waiting(trade, kind="verification")
    other = trade.staff(MODERATOR)
    trade.services.casework.take(case.case_id, other)

    with pytest.raises(CaseTaken):
        trade.services.casework.close(case.case_id, READER, "Looked.")
    trade.services.casework.close(case.case_id, other, "The document had expired; they were told.")

    assert waiting(trade, kind="verification") == []
    assert trade.services.casework._assignments.assignees([case.case_id]) == {}

    check_identity(trade, person, "second", "document_expired")
    assert [each.subject for each in waiting(trade, kind="verification")] == [person]
    check_identity(trade, person, "third", None)
    assert waiting(trade, kind="verification") == []


def test_what_has_a_decision_of_its_own_is_not_closed_by_looking(trade):
    order = unproven(trade)

    with pytest.raises(CaseNotClosable):
        trade.services.casework.close(f"delivery.{order.order_id}", READER, "Looked.")


def test_lapsed_proposals_are_not_listed(trade):
    proposed(trade)

    trade.world.clock.advance(days=8)

    assert waiting(trade, kind="proposal") == []
