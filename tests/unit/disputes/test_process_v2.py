"""Disputes under the second version: talk, agree, decide, appeal, and end by the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from marketplace.disputes.clauses import APPEAL_DAYS
from marketplace.disputes.errors import (
    AppealTooLate,
    AppealTwice,
    ClauseUnknown,
    LinesDoNotSum,
    NewEvidenceNeeded,
    NothingToAppeal,
    ReasonUnfit,
    SameModerator,
    WonAlready,
)
from marketplace.disputes.model import DisputeDecided, DisputeExists, DisputeMissing
from marketplace.orders.model import AwardDoesNotSum, OwnCase, TransitionRefused
from tests.unit.disputes.making import WHY, Case

TOTAL = 10_000


@pytest.fixture
def case(trade):
    return Case(trade)


@contextmanager
def unchanged(case: Case) -> Iterator[None]:
    """See that nothing moved by what was refused."""
    before = case.order, case.dispute
    yield
    assert (case.order, case.dispute) == before


def award(case: Case) -> tuple[int, int] | None:
    found = case.order.award
    return (found.refund_minor, found.seller_minor) if found else None


def test_an_answer_opens_talks_and_either_side_asks_for_a_decision(case):
    case.negotiating()
    assert case.order.state == "negotiating"

    case.services.disputes.escalate(case.dispute_id, case.order.seller_id)

    assert case.order.state == "dispute_review"


def test_a_seller_who_is_silent_for_three_business_days_lets_the_marketplace_decide(case):
    case.opened()
    opened_at = case.world.clock.now()

    case.time_is_up()

    assert case.order.state == "dispute_review"
    assert case.world.clock.now() - opened_at >= timedelta(days=3)


def test_talks_that_lead_nowhere_end_by_the_clock(case):
    assert case.negotiating().time_is_up().order.state == "dispute_review"


def test_nobody_decides_and_the_buyer_gets_everything(case):
    case.reviewed().time_is_up()

    assert (case.order.state, award(case)) == ("refunded", (TOTAL, 0))
    assert case.dispute.decision.decided_by == "clock"


@pytest.mark.parametrize("reason", ["not_done", "charged_back", "return_unfinished"])
def test_a_reason_must_fit_what_was_sold_and_be_the_buyers_to_say(case, reason):
    with pytest.raises(ReasonUnfit):
        case.opened(reason=reason)

    assert case.order.state == "delivered"


def test_a_decision_waits_before_it_is_carried_out(case):
    case.decided(4_000)

    assert (case.order.state, award(case)) == ("decided", None)
    assert case.order.due_at - case.world.clock.now() == timedelta(days=7)
    assert case.world.stripe.objects("refund") == []

    case.time_is_up()

    assert (case.order.state, award(case)) == ("split", (4_000, 6_000))


def test_whoever_loses_accepts_and_the_money_goes_at_once(case):
    case.decided(TOTAL)
    with unchanged(case), pytest.raises(WonAlready):
        case.services.disputes.accept_decision(case.dispute_id, case.order.buyer_id)

    case.services.disputes.accept_decision(case.dispute_id, case.order.seller_id)
    case.world.drain()

    assert case.order.state == "refunded"


def test_a_split_that_both_lose_by_goes_when_both_accept(case):
    case.decided(4_000)

    case.services.disputes.accept_decision(case.dispute_id, case.order.seller_id)
    assert (case.order.state, case.dispute.accepted) == ("decided", ("seller",))
    case.services.disputes.accept_decision(case.dispute_id, case.order.buyer_id)
    case.world.drain()

    assert case.order.state == "split"


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_nobody_accepts_before_there_is_a_decision(case, who):
    case.reviewed()

    with unchanged(case), pytest.raises(NothingToAppeal):
        case.services.disputes.accept_decision(case.dispute_id, case.people[who])


def test_a_decision_names_a_clause_of_the_policy(case):
    case.reviewed()

    for clause in ("9.9", "process.silence"):
        with unchanged(case), pytest.raises(ClauseUnknown):
            case.services.disputes.decide(case.dispute_id, "acc_m", 0, clause, WHY)


@pytest.mark.parametrize("lines", [((0, 3_999),), ((1, 4_000),), ((0, 2_000), (0, 2_000)), ((0, -1), (0, 4_001))])
def test_amounts_line_by_line_sum_to_the_refund(case, lines):
    case.reviewed()
    decide = case.services.disputes.decide

    with unchanged(case), pytest.raises(LinesDoNotSum):
        decide(case.dispute_id, "acc_m", 4_000, "5.2", WHY, lines=lines)

    decide(case.dispute_id, "acc_m", 4_000, "5.2", WHY, lines=((0, 4_000),))
    assert case.dispute.decision.lines == ((0, 4_000),)


@pytest.mark.parametrize("refund", [-1, TOTAL + 1, TOTAL - 1])
def test_no_award_beyond_what_was_captured(case, refund):
    case.reviewed()

    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.services.disputes.decide(case.dispute_id, "acc_m", refund, "5.2", WHY)


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_nobody_decides_a_case_of_their_own(case, who):
    case.reviewed()

    with unchanged(case), pytest.raises(OwnCase):
        case.services.disputes.decide(case.dispute_id, case.people[who], 0, "5.2", WHY)


# Appeals.


def appeal(case: Case, who: str) -> object:
    return case.services.appeals.appeal(case.dispute_id, case.people[who], "Look again.")


@pytest.mark.parametrize(("refund", "loser", "second"), [(0, "buyer", TOTAL), (TOTAL, "seller", 0)])
def test_an_appeal_with_new_evidence_overturns_a_decision_before_the_money_went(case, refund, loser, second):
    case.appealed(refund, loser)
    assert (case.order.state, award(case)) == ("appeal_review", None)

    case.services.appeals.decide(case.dispute_id, "acc_second", second, "5.6", "The second photo shows it.")
    case.world.drain()

    assert award(case) == (second, TOTAL - second)
    assert case.dispute.decision.refund_minor == refund
    assert (case.dispute.appeal.decision.refund_minor, case.dispute.appeal.decision.decided_by) == (
        second,
        "acc_second",
    )
    assert case.order.state == ("refunded" if second else "released")


def test_an_appeal_that_nobody_decides_lets_the_first_decision_stand(case):
    case.appealed(4_000, "buyer").time_is_up()

    assert (case.order.state, award(case)) == ("split", (4_000, 6_000))
    assert case.dispute.appeal.lapsed


def test_an_appeal_is_not_decided_by_who_decided_first(case):
    case.appealed(0, "buyer")

    with unchanged(case), pytest.raises(SameModerator):
        case.services.appeals.decide(case.dispute_id, "acc_first", 1, "5.2", WHY)


def test_an_appeal_is_decided_once(case):
    case.appealed(0, "buyer")
    case.services.appeals.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    case.world.drain()

    with unchanged(case), pytest.raises(DisputeDecided):
        case.services.appeals.decide(case.dispute_id, "acc_x", 1, "5.2", WHY)


def test_nobody_appeals_without_new_evidence(case):
    case.reviewed()
    case.show("buyer")
    case.world.clock.advance(hours=1)
    case.services.disputes.decide(case.dispute_id, "acc_first", 0, "5.2", WHY)
    case.world.drain()

    with unchanged(case), pytest.raises(NewEvidenceNeeded):
        appeal(case, "buyer")


def test_evidence_that_was_only_announced_does_not_carry_an_appeal(case):
    case.decided(0)
    facts = {"content_type": "image/png", "size_bytes": 3, "sha256": "a" * 64, "description": "x"}
    case.services.disputes.announce_evidence(case.dispute_id, case.order.buyer_id, **facts)

    with unchanged(case), pytest.raises(NewEvidenceNeeded):
        appeal(case, "buyer")


@pytest.mark.parametrize(
    ("refund", "wanted", "winner"), [(0, None, "seller"), (TOTAL, None, "buyer"), (500, 500, "buyer")]
)
def test_the_winner_has_nothing_to_appeal(case, refund, wanted, winner):
    case.decided(refund, wanted)

    with unchanged(case), pytest.raises(WonAlready):
        appeal(case, winner)


def test_a_side_appeals_once(case):
    case.appealed(4_000, "buyer")

    with unchanged(case), pytest.raises(AppealTwice):
        appeal(case, "buyer")


def test_strangers_learn_nothing(case, trade):
    case.decided(0)
    stranger = trade.person("Stranger")

    with unchanged(case), pytest.raises(DisputeMissing):
        case.services.appeals.appeal(case.dispute_id, stranger, "Mine.")
    with unchanged(case), pytest.raises(DisputeMissing):
        case.services.disputes.escalate(case.dispute_id, stranger)


def test_what_the_clock_or_both_sides_ended_cannot_be_appealed(case):
    case.reviewed().time_is_up()

    with unchanged(case), pytest.raises(NothingToAppeal):
        appeal(case, "seller")


# After the money went.


def late(case: Case, refund: int = 0) -> Case:
    case.decided(refund).time_is_up()
    case.show("buyer")
    appeal(case, "buyer")
    case.world.drain()
    return case


def test_a_buyer_appeals_after_the_release_and_is_refunded_the_rest(case):
    late(case)
    assert case.order.state == "released"

    case.services.appeals.decide(case.dispute_id, "acc_second", 4_000, "5.2", "The second photo shows it.")
    case.world.drain()

    assert case.order.refunded_after_minor == 4_000
    assert sum(each["amount"] for each in case.world.stripe.objects("refund")) == 4_000
    assert (case.dispute.standing.refund_minor, case.dispute.standing.seller_minor) == (4_000, 6_000)


@pytest.mark.parametrize("refund", [-1, 10_001])
def test_such_a_refund_stays_within_what_the_seller_has_of_the_order(case, refund):
    late(case)

    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.services.appeals.decide(case.dispute_id, "acc_2", refund, "5.2", WHY)


def test_it_never_takes_back_what_the_buyer_has(case):
    late(case, 4_000)

    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.services.appeals.decide(case.dispute_id, "acc_2", 3_999, "5.2", WHY)


def test_a_late_appeal_that_nobody_decides_lapses_by_the_clock(case):
    late(case)
    case.world.clock.advance(days=30, seconds=1)
    case.world.sweep()

    assert case.dispute.appeal.lapsed
    assert case.order.state == "released"
    assert not case.dispute.waits_for_operator


def test_thirty_days_after_the_decision_nobody_appeals(case):
    case.decided(0)
    case.show("buyer")
    case.time_is_up()
    case.world.clock.set(case.dispute.decision.at + timedelta(days=APPEAL_DAYS))

    with unchanged(case), pytest.raises(AppealTooLate):
        appeal(case, "buyer")


# Ending otherwise.


def test_a_dropped_claim_lets_the_order_go_on_and_is_not_opened_again(case):
    case.negotiating()

    case.services.disputes.drop(case.dispute_id, case.order.buyer_id)
    case.world.drain()

    assert (case.order.state, case.dispute.decision.clause) == ("delivered", "claim.dropped")
    with unchanged(case), pytest.raises(DisputeExists):
        case.services.disputes.open(case.order_id, case.order.buyer_id, "damaged", "Again.", None)
    assert case.time_is_up().order.state == "released"


def test_who_takes_a_claim_back_is_told_so_and_not_asked_once_more_to_look_and_open_one(case):
    case.opened()
    case.world.mails.clear()

    case.services.disputes.drop(case.dispute_id, case.order.buyer_id)
    case.world.drain()

    assert len(case.world.mails) == 2
    assert {"retirado" in mail.subject or "taken back" in mail.subject for mail in case.world.mails} == {True}


def test_a_finished_order_is_not_disputed(case):
    case.services.orders.confirm(case.order_id, case.order.buyer_id)
    case.world.drain()

    with pytest.raises(TransitionRefused):
        case.opened()


@pytest.mark.parametrize("state", ["opened", "negotiating", "reviewed", "decided", "appealed"])
def test_a_chargeback_in_any_state_of_a_dispute_stops_its_money_and_undoes_what_was_proposed(case, state):
    arguments = {"decided": (4_000,), "appealed": (4_000, "buyer")}.get(state, ())
    getattr(case, state)(*arguments)
    [charge] = case.world.stripe.objects("charge")
    case.world.stripe.open_dispute(charge["id"])
    case.world.drain()

    assert (case.order.state, case.order.proposed, case.order.award) == ("charged_back", None, None)
    with unchanged(case), pytest.raises(TransitionRefused):
        case.services.disputes.offer(case.dispute_id, case.order.seller_id, 1_000, expires_in_hours=24)

    [bank] = case.world.stripe.objects("dispute")
    case.world.stripe.close_dispute(bank["id"], won=True)
    case.world.drain()

    assert (case.order.state, case.dispute.decision, case.dispute.appeal) == ("dispute_review", None, None)
    assert len(case.dispute.past) == (state in {"decided", "appealed"})
    case.services.disputes.decide(case.dispute_id, "acc_first", 0, "5.7", WHY)
    assert case.time_is_up().order.state == "released"


def test_a_lost_chargeback_ends_a_decided_dispute_without_carrying_it_out(case):
    case.decided(4_000)
    [charge] = case.world.stripe.objects("charge")
    case.world.stripe.open_dispute(charge["id"])
    case.world.drain()
    [bank] = case.world.stripe.objects("dispute")
    case.world.stripe.close_dispute(bank["id"], won=False)
    case.world.drain()

    assert (case.order.state, case.order.award) == ("lost_to_chargeback", None)
    assert case.world.stripe.objects("refund") == []
