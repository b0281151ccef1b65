"""What one side does takes nothing from the other: appeals, messages, offers; and staff of a team are of that team."""

import pytest

from marketplace.casework.model import CaseMissing
from marketplace.disputes.errors import (
    AcceptedAlready,
    AppealTwice,
    MessagesFull,
    NewEvidenceNeeded,
    SameModerator,
    TooManyOffers,
)
from marketplace.disputes.messages import MESSAGES_MAX
from marketplace.disputes.model import OFFERS_MAX, DisputeMissing
from marketplace.kit.principal import MODERATOR
from marketplace.ledger.model import balances
from marketplace.orders.model import AwardDoesNotSum, OrderMissing, OwnCase
from marketplace.orders.wire import order_to_wire
from tests.crash.flows import close_charge, dispute_charge
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_messages import write
from tests.unit.disputes.test_process_v2 import unchanged
from tests.unit.returns.test_returns import ask, receive
from tests.unit.selling.making import token_mailed

TOTAL, HALF = 10_000, 5_000


@pytest.fixture
def case(trade):
    return Case(trade)


def appeal(case: Case, side: str, statement: str = "Look again.") -> None:
    case.show(side)
    case.services.appeals.appeal(case.dispute_id, case.people[side], statement)
    case.world.drain()


def decide(case: Case, refund: int, by: str = "acc_second") -> None:
    case.services.appeals.decide(case.dispute_id, by, refund, "5.7", WHY)
    case.world.drain()


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
@pytest.mark.parametrize(("first", "second"), [("seller", "buyer"), ("buyer", "seller")])
def test_where_both_lost_both_appeal_and_get_one_answer(case, first, second, late):
    case.decided(HALF)
    if late:
        case.time_is_up()
    appeal(case, first)
    told = len(case.world.mails)
    appeal(case, second, "And so do I.")
    assert len(case.world.mails) > told
    assert (case.dispute.appeal.by, case.dispute.appeal.counter_statement) == (first, "And so do I.")
    for side in (first, second):
        with unchanged(case), pytest.raises(AppealTwice):
            case.services.appeals.appeal(case.dispute_id, case.people[side], "Once more.")

    decide(case, 7_000)  # more than the seller's appeal alone could lead to

    assert case.dispute.standing.refund_minor == 7_000
    assert sum(each["amount"] for each in case.world.stripe.objects("refund")) == 7_000


def test_an_answered_appeal_is_the_last_word_for_both(case):
    case.decided(HALF).time_is_up()
    appeal(case, "seller")
    decide(case, HALF)

    with unchanged(case), pytest.raises(AppealTwice):
        case.services.appeals.appeal(case.dispute_id, case.people["buyer"], "Me too.")


def test_an_appeal_of_one_side_alone_still_leaves_it_no_worse_off(case):
    case.decided(HALF).time_is_up()
    appeal(case, "seller")

    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.services.appeals.decide(case.dispute_id, "acc_second", HALF + 1, "5.7", WHY)


def test_whoever_accepted_a_decision_does_not_appeal_it_and_the_other_may(case):
    case.decided(HALF)
    case.services.disputes.accept_decision(case.dispute_id, case.people["buyer"])
    case.world.drain()
    case.show("buyer")

    with unchanged(case), pytest.raises(AcceptedAlready):
        case.services.appeals.appeal(case.dispute_id, case.people["buyer"], "After all, no.")
    appeal(case, "seller")


@pytest.mark.parametrize("shown_by", ["buyer", "seller"])
def test_a_file_that_the_decision_knew_is_nothing_new_whoever_shows_it_again(case, shown_by):
    case.reviewed()
    case.show(shown_by)
    case.services.disputes.decide(case.dispute_id, "acc_first", 0, "5.7", WHY)
    case.show("buyer")

    with unchanged(case), pytest.raises(NewEvidenceNeeded):
        case.services.appeals.appeal(case.dispute_id, case.people["buyer"], "Look again.")


def test_one_side_fills_its_own_messages_and_nobody_elses(case):
    case.opened()
    for _ in range(MESSAGES_MAX):
        case.services.conversations.write(case.dispute_id, case.people["buyer"], "x", "buyer")

    with pytest.raises(MessagesFull):
        case.services.conversations.write(case.dispute_id, case.people["buyer"], "x", "buyer")
    write(case, "seller")
    write(case, "staff", "both")


def test_one_side_uses_up_its_own_offers_and_nobody_elses(case):
    case.negotiating()
    for _ in range(OFFERS_MAX):
        case.services.disputes.withdraw_offer(case.dispute_id, case.offer("seller", 100), case.people["seller"])

    with pytest.raises(TooManyOffers):
        case.offer("seller", 100)
    case.offer("buyer", HALF)


# Staff who act for the seller.


@pytest.fixture
def of_the_team(case, trade):
    case.reviewed()
    moderator, seller = trade.staff(MODERATOR), case.people["seller"]
    address = trade.services.account_store.read(moderator).email
    trade.services.teams.invite(seller, address, "manager", "en")
    trade.world.drain()
    trade.services.teams.accept(moderator, token_mailed(trade, address))
    trade.world.drain()
    return moderator


def test_staff_of_the_sellers_team_are_no_staff_in_its_cases(case, of_the_team):
    services, dispute_id, name = case.services, case.dispute_id, f"dispute.{case.dispute_id}"

    with pytest.raises(DisputeMissing):
        services.conversations.read(dispute_id, of_the_team, operator=True)
    with unchanged(case), pytest.raises(DisputeMissing):
        services.conversations.write(dispute_id, of_the_team, "Accept.", "buyer", operator=True)
    with pytest.raises(DisputeMissing):
        services.disputes.view(dispute_id, of_the_team, operator=True)
    with unchanged(case), pytest.raises(OwnCase):
        services.disputes.decide(dispute_id, of_the_team, 0, "5.7", WHY)
    with pytest.raises(CaseMissing):
        services.casework.read(name, of_the_team)
    assert name not in {each.case.case_id for each in services.casework.page(of_the_team, limit=100).items}
    for read in (services.orders.view, services.history.for_staff):
        with pytest.raises((OrderMissing, OwnCase)):
            read(case.order_id, of_the_team, **({"operator": True} if read == services.orders.view else {}))
    with pytest.raises(OrderMissing):
        services.returns.of_order(case.order_id, of_the_team, staff=True)


def test_the_buyer_does_not_learn_which_of_the_sellers_people_acted(case):
    case.opened()
    case.services.disputes.answer(case.dispute_id, case.people["seller"], "Whole.", by="acc_member")
    case.world.drain()

    shown = {
        side: str(order_to_wire(case.services.orders.view(case.order_id, case.people[side]), "en").timeline)
        for side in ("buyer", "seller")
    }
    assert ("acc_member" in shown["buyer"], "acc_member" in shown["seller"]) == (False, True)


# A bank undid the decision.


def undone(case: Case) -> Case:
    dispute_charge(case.trade)
    case.world.drain()
    close_charge(case.trade, won=True)
    case.world.drain()
    assert case.order.state == "dispute_review"
    return case


def marks(case: Case) -> int:
    return case.services.aftermath.defects(case.people["seller"], case.order.placed_at)


@pytest.mark.parametrize(("second", "left"), [(0, 0), (HALF, 1)])
def test_a_seller_has_one_mark_of_a_case_and_only_by_the_decision_that_counts(case, second, left):
    case.decided(TOTAL)
    assert marks(case) == 1
    undone(case)
    assert marks(case) == 0
    case.world.clock.advance(days=1)

    case.services.disputes.decide(case.dispute_id, "acc_second", second, "5.7", WHY)
    case.world.drain()

    assert marks(case) == left


def test_nobody_who_decided_before_a_bank_undid_it_judges_the_appeal(case):
    undone(case.decided(TOTAL))
    case.services.disputes.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    case.world.drain()
    appeal(case, "buyer")

    with unchanged(case), pytest.raises(SameModerator):
        decide(case, TOTAL, "acc_first")
    decide(case, TOTAL, "acc_third")


def test_an_appeal_that_a_bank_undid_stays_in_the_record(case):
    undone(case.appealed(4_000, "buyer"))

    assert [each.statement for each in case.dispute.past_appeals] == ["Look at the second photo."]


def test_a_seller_is_not_made_good_for_goods_that_came_back(case):
    case.decided(HALF).time_is_up()
    appeal(case, "seller")
    made = ask(case.trade, case.order)
    case.services.returns.send(made.return_id, case.people["buyer"], "correos", "RR1")
    assert receive(case.trade, made).outcome == "refunded"
    before = balances(case.world.view().ledger)

    decide(case, 0)

    assert balances(case.world.view().ledger) == before
