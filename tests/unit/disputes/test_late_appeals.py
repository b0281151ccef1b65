"""Appeals after the money went, by either loser; and that above the limit no path of decision is one person's."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.disputes.clauses import DECISION_ALONE_MAX_MINOR
from marketplace.disputes.errors import (
    AppealTooLate,
    DecisionProposed,
    NewEvidenceNeeded,
    SameModerator,
    SecondPersonNeeded,
    WonAlready,
)
from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE, MODERATOR
from marketplace.ledger.model import MADE_GOOD, balances, seller_account
from marketplace.ledger.postings import commission_on
from marketplace.orders.model import AwardDoesNotSum, TransitionRefused
from marketplace.payments.desk import RETRY
from marketplace.payments.making_good import made_good_intent_id
from marketplace.payments.model import IntentState
from tests.crash.refund_deeds import ask, pay_out, released
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_process_v2 import unchanged
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_owner_money import top_up

TOTAL = 10_000
DEAR = DECISION_ALONE_MAX_MINOR["eur"] + 1


@pytest.fixture
def case(trade):
    return Case(trade)


def appeal_late(case: Case, by: str, refund: int) -> Case:
    """Decide, let the money go, and let a loser appeal."""
    if not case.dispute_id:
        case.decided(refund)
    case.time_is_up()
    case.show(by)
    case.services.appeals.appeal(case.dispute_id, case.people[by], "Look at the second photo.")
    case.world.drain()
    return case


def decide(case: Case, refund: int, by: str = "acc_second") -> None:
    top_up(case.world, 50_000)  # the owner keeps a float
    case.world.drain()
    case.services.appeals.decide(case.dispute_id, by, refund, "5.7", WHY)
    case.world.drain()
    case.world.sweep()


def borne(case: Case) -> int:
    booked = balances(case.services.ledger.of_book(case.order_id))
    return booked.get((MADE_GOOD, "eur"), 0)


def got(case: Case) -> int:
    """What reached the seller's Stripe account."""
    return sum(each["amount"] for each in case.world.stripe.objects("transfer"))


@pytest.mark.parametrize(("first", "second"), [(TOTAL, 0), (TOTAL, 4_000), (4_000, 0), (4_000, 1_500)])
def test_a_seller_who_was_right_is_paid_by_the_marketplace_what_the_right_decision_would_have_brought(
    case, first, second
):
    appeal_late(case, "seller", first)
    state, had = case.order.state, case.order.award

    decide(case, second)

    order = case.order
    whole = (TOTAL - second) - commission_on(order, TOTAL - second)
    assert got(case) == whole
    assert borne(case) == whole - ((TOTAL - first) - commission_on(order, TOTAL - first))
    assert (order.state, order.award) == (state, had)  # the order ended as it ended: nothing is taken from the buyer
    assert sum(each["amount"] for each in case.world.stripe.objects("refund")) == first
    assert (case.dispute.standing.refund_minor, case.dispute.standing.seller_minor) == (second, TOTAL - second)
    assert balances(case.services.ledger.of_book(case.order_id)).get((seller_account(order.seller_id), "eur"), 0) == 0


def test_an_appeal_that_changes_nothing_pays_nothing(case):
    appeal_late(case, "seller", 4_000)

    decide(case, 4_000)

    assert borne(case) == 0
    assert case.services.payment_store.intent(made_good_intent_id(case.order_id)) is None


@pytest.mark.parametrize("refund", [-1, 4_001])
def test_a_sellers_appeal_never_leaves_the_seller_worse_off(case, refund):
    appeal_late(case, "seller", 4_000)

    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.services.appeals.decide(case.dispute_id, "acc_second", refund, "5.7", WHY)


def test_a_won_late_appeal_erases_the_sellers_mark_and_a_lost_one_keeps_it(case):
    appeal_late(case, "seller", TOTAL)
    since = case.order.placed_at
    assert case.services.aftermath.defects(case.order.seller_id, since) == 1

    decide(case, 0)

    assert case.services.aftermath.defects(case.order.seller_id, since) == 0


def in_debt(case: Case) -> int:
    """Let the case's seller owe for another order, whose money has left their Stripe account."""
    trade, order = case.trade, case.order
    placed = trade.place(trade.person("Other"), (trade.listing(order.seller_id), 1))
    trade.pay(placed)
    case.world.drain()
    [other] = placed.orders
    case.services.orders.ship(other.order_id, order.seller_id, "correos", "PKDEBT1")
    other = released(trade, trade.order(other.order_id))
    pay_out(trade, other)
    ask(case.services, other, 2_500, "debt")
    case.world.drain()
    return case.services.debts.owed_minor(order.seller_id, "eur")


def test_what_a_seller_owes_is_settled_with_it_first(case):
    debt = in_debt(case)
    assert debt > 0
    appeal_late(case, "seller", TOTAL)
    before = got(case)

    decide(case, 0)

    assert case.services.debts.owed_minor(case.order.seller_id, "eur") == 0
    assert got(case) - before == TOTAL - commission_on(case.order, TOTAL) - debt


def test_where_the_platforms_balance_is_short_it_waits_for_people_and_then_arrives(case):
    appeal_late(case, "seller", TOTAL)
    case.services.appeals.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    case.world.drain()
    case.world.sweep()
    intent_id = made_good_intent_id(case.order_id)
    intent = case.services.payment_store.intent(intent_id)
    assert (intent.state, intent.reason, got(case)) == (IntentState.PARKED, "balance_insufficient", 0)

    top_up(case.world, 50_000)
    case.world.drain()
    case.world.clock.advance(minutes=3)
    agree(case.world, RETRY, intent_id, [case.trade.staff(FINANCE), case.trade.staff(FINANCE)])

    assert case.services.payment_store.intent(intent_id).state is IntentState.DONE
    assert got(case) == intent.amount_minor


@pytest.mark.parametrize(("by", "refund", "state"), [("buyer", 0, "released"), ("seller", TOTAL, "refunded")])
def test_either_loser_may_appeal_once_the_money_went(case, by, refund, state):
    appeal_late(case, by, refund)

    assert case.order.state == state
    assert (case.dispute.appeal.by, case.dispute.appeal.after_end) == (by, True)
    assert case.dispute.waits_for_operator


@pytest.mark.parametrize(("winner", "refund"), [("seller", 0), ("buyer", TOTAL)])
def test_a_winner_still_has_nothing_to_appeal(case, winner, refund):
    case.decided(refund).time_is_up()

    with unchanged(case), pytest.raises(WonAlready):
        case.services.appeals.appeal(case.dispute_id, case.people[winner], "More.")


def test_a_late_appeal_needs_something_new_and_comes_in_time(case):
    case.decided(TOTAL).time_is_up()

    with unchanged(case), pytest.raises(NewEvidenceNeeded):
        case.services.appeals.appeal(case.dispute_id, case.people["seller"], "Again.")
    case.show("seller")
    case.world.clock.advance(days=31)
    with unchanged(case), pytest.raises(AppealTooLate):
        case.services.appeals.appeal(case.dispute_id, case.people["seller"], "Again.")


def test_while_the_money_is_on_its_way_nobody_appeals_and_a_moment_later_they_may(case):
    case.decided(TOTAL)
    case.show("seller")
    case.world.clock.set(case.order.due_at)
    case.services.order_clock.tick(case.order_id)  # nobody has paid it out yet
    assert case.order.state == "settling"

    with pytest.raises(TransitionRefused):
        case.services.appeals.appeal(case.dispute_id, case.people["seller"], "Look.")
    case.world.drain()
    case.services.appeals.appeal(case.dispute_id, case.people["seller"], "Look.")

    assert case.dispute.appeal.after_end


# Two people above the limit, whatever the path.


def first_decision(case: Case) -> None:
    case.reviewed()


def appeal_in_time(case: Case, by: str = "buyer", refund: int = 0) -> None:
    by_two(case.reviewed(), refund)
    case.show(by)
    case.services.appeals.appeal(case.dispute_id, case.people[by], "Look.")
    case.world.drain()


def appeal_after_the_end(by: str, refund: int) -> Callable[[Case], None]:
    def prepared(case: Case) -> None:
        by_two(case.reviewed(), refund)
        appeal_late(case, by, refund)

    return prepared


def by_two(case: Case, refund: int) -> tuple[Any, Any]:
    one, other = case.staff(MODERATOR), case.staff(MODERATOR)
    view = case.services.disputes.decide(case.dispute_id, one.account_id, refund, "5.2", WHY, principal=one)
    case.services.approvals.approve(view.dispute.proposal_id, other, "I looked at it too.")
    case.world.drain()
    case.first = (one, other)
    return one, other


# path -> (how it comes there, the call that decides, an award that it may give)
PATHS: dict[str, tuple[Callable[[Case], None], str, int]] = {
    "first decision": (first_decision, "disputes", 0),
    "appeal in time": (appeal_in_time, "appeals", DEAR),
    "late appeal of the buyer": (appeal_after_the_end("buyer", 0), "appeals", DEAR),
    "late appeal of the seller": (appeal_after_the_end("seller", DEAR), "appeals", 0),
}


@pytest.fixture(params=sorted(PATHS))
def path(request, trade):
    """Each way to a decision, at its door, above the limit of one person."""
    prepare, service, award = PATHS[request.param]
    case = Case(trade, price_minor=DEAR)
    if trade.order(case.order_id).risk_receipt:
        trade.services.trust.clear(case.order_id, "acc_operator", "The buyer answered the telephone.")
        trade.world.drain()
    prepare(case)

    def ask(who: Any = None, name: str = "acc_alone") -> Any:
        account_id = who.account_id if who else name
        decide = getattr(case.services, service).decide
        return decide(case.dispute_id, account_id, award, "5.2", WHY, principal=who)

    return case, ask


def standing(case: Case) -> Any:
    dispute = case.dispute
    return dispute.appeal.decision if dispute.appeal else dispute.decision


def test_nobody_decides_alone_above_the_limit(path):
    case, ask = path

    with unchanged(case), pytest.raises(SecondPersonNeeded):
        ask()
    one = case.staff(MODERATOR)
    proposal_id = ask(one).dispute.proposal_id
    assert standing(case) is None
    with pytest.raises(DecisionProposed):
        ask(case.staff(MODERATOR))
    with pytest.raises(DomainError):
        case.services.approvals.approve(proposal_id, one, "I agree with myself.")
    assert standing(case) is None

    other = case.staff(MODERATOR)
    case.services.approvals.approve(proposal_id, other, "I looked at it too.")
    case.world.drain()
    case.world.sweep()

    decided = standing(case)
    assert (decided.decided_by, decided.approved_by) == (one.account_id, other.account_id)
    assert case.dispute.proposal_id == ""
    revision = case.dispute.revision
    case.services.approvals.approve(proposal_id, other, "Once more.")  # the same answer, repeated, changes nothing
    assert case.dispute.revision == revision


def test_neither_of_the_first_two_has_a_part_in_an_appeal(path):
    case, ask = path
    if not hasattr(case, "first"):
        return
    one, other = case.first

    for who in (one, other):
        with unchanged(case), pytest.raises(SameModerator):
            ask(who)
    proposal_id = ask(case.staff(MODERATOR)).dispute.proposal_id
    for who in (one, other):
        with pytest.raises(SameModerator):
            case.services.approvals.approve(proposal_id, who, "I looked at it.")
    assert standing(case) is None
