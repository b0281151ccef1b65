"""What decisions leave behind, decisions by two, precedents, and buyers who claim unusually often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.disputes.claims import CLAIM_RULES, CLEAR, LIFTED, LIMITED, WARNED, level_of
from marketplace.disputes.clauses import DECISION_ALONE_MAX_MINOR
from marketplace.disputes.errors import (
    ClaimAppealOnce,
    ClaimLimitMissing,
    ClaimNeedsEvidence,
    DecisionProposed,
    SameModerator,
    SecondPersonNeeded,
)
from marketplace.disputes.evidence import File
from marketplace.disputes.precedents import SHOWN, nearest, precedent_of, rounded
from marketplace.kit.principal import MODERATOR
from marketplace.orders.model import OwnCase
from tests.unit.disputes.making import CONTENT, FILE, WHY, Case
from tests.unit.disputes.test_process_v2 import unchanged

DEAR = DECISION_ALONE_MAX_MINOR["eur"] + 1


@pytest.fixture
def case(trade):
    return Case(trade)


def defects(case: Case) -> int:
    return case.services.aftermath.defects(case.order.seller_id, case.world.clock.now() - timedelta(days=365))


def receipts(case: Case, who: str) -> list[str]:
    rows = case.world.dynamo.rows("aval-local-decisions")
    return sorted(row["kind"] for row in rows if case.people[who] in row["pk"])


def test_a_lost_dispute_marks_the_seller_and_a_won_appeal_erases_it(case):
    case.appealed(10_000, "seller")
    assert defects(case) == 1

    case.services.appeals.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    case.world.drain()

    assert defects(case) == 0


@pytest.mark.parametrize("how", ["won", "agreed", "silence"])
def test_a_seller_who_won_or_agreed_or_whom_nobody_judged_has_no_mark(case, how):
    if how == "won":
        case.decided(0)
    elif how == "agreed":
        case.negotiating()
        offer_id = case.offer("seller", 10_000)
        case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    else:
        case.reviewed().time_is_up()
    case.world.drain()

    assert defects(case) == 0


def test_each_decision_leaves_both_sides_a_receipt(case):
    case.appealed(4_000, "buyer")
    case.services.appeals.decide(case.dispute_id, "acc_second", 5_000, "5.6", WHY)
    case.world.drain()

    for who in ("buyer", "seller"):
        assert [kind for kind in receipts(case, who) if "hold" not in kind] == ["appeal.decided", "dispute.decided"]


def test_what_the_clock_decides_leaves_receipts_too(case):
    case.appealed(4_000, "buyer").time_is_up()

    assert "appeal.lapsed" in receipts(case, "buyer")
    other = Case(case.trade).reviewed().time_is_up()
    assert "dispute.lapsed" in receipts(other, "seller")


# Two people.


def decide(case: Case, by, refund: int = 0):
    return case.services.disputes.decide(case.dispute_id, by.account_id, refund, "5.7", WHY, principal=by)


@pytest.fixture
def dear(trade):
    case = Case(trade, price_minor=DEAR)
    return case.reviewed()


def test_so_much_is_decided_by_two(dear):
    first, second = dear.staff(MODERATOR), dear.staff(MODERATOR)
    with unchanged(dear), pytest.raises(SecondPersonNeeded):
        dear.services.disputes.decide(dear.dispute_id, first.account_id, 0, "5.7", WHY)
    proposal_id = decide(dear, first).dispute.proposal_id
    assert (dear.order.state, dear.dispute.decision) == ("dispute_review", None)
    with unchanged(dear), pytest.raises(DecisionProposed):
        decide(dear, second)

    dear.services.approvals.approve(proposal_id, second, "I agree.")
    dear.world.drain()

    assert dear.order.state == "decided"
    decision = dear.dispute.decision
    assert (decision.decided_by, decision.approved_by) == (first.account_id, second.account_id)


def test_a_declined_or_old_proposal_makes_room_for_another(dear):
    first, second = dear.staff(MODERATOR), dear.staff(MODERATOR)
    proposal_id = decide(dear, first).dispute.proposal_id
    dear.services.approvals.decline(proposal_id, second, "Not so.")

    again = decide(dear, second).dispute.proposal_id
    assert again != proposal_id
    dear.world.clock.advance(days=7)
    assert decide(dear, first).dispute.proposal_id not in {again, proposal_id}


def test_neither_of_the_two_decides_the_appeal(dear):
    first, second, third, fourth = (dear.staff(MODERATOR) for _ in range(4))
    dear.services.approvals.approve(decide(dear, first).dispute.proposal_id, second, "I agree.")
    dear.world.drain()
    dear.show("buyer")
    dear.services.appeals.appeal(dear.dispute_id, dear.order.buyer_id, "Look.")
    ask = dear.services.appeals.decide
    for by in (first, second):
        with unchanged(dear), pytest.raises(SameModerator):
            ask(dear.dispute_id, by.account_id, DEAR, "5.2", WHY, principal=by)
    view = ask(dear.dispute_id, third.account_id, DEAR, "5.2", WHY, principal=third)
    with pytest.raises(SameModerator):
        dear.services.approvals.approve(view.dispute.proposal_id, second, "I agree.")

    dear.services.approvals.approve(view.dispute.proposal_id, fourth, "I agree.")
    dear.world.drain()

    assert dear.order.state == "refunded"


# Precedents.


def test_similar_cases_are_suggested_without_telling_whose_they_were(case):
    case.decided(5_000)
    now = Case(case.trade).reviewed()

    [match] = now.services.aftermath.similar(now.dispute, now.order)

    assert (match.score, match.precedent.refund_percent, match.precedent.clause) == (100, 50, "5.2")
    assert set(match.because) == {"reason", "category", "fulfilment", "answered", "amount"}
    assert not {case.dispute_id, case.order_id, *case.people.values()} & set(map(str, match.precedent.__slots__))
    for told in (case.dispute_id, case.order_id, *case.people.values()):
        assert told not in str(match.precedent)


def test_the_nearest_come_first_and_not_too_many(case):
    case.decided(5_000)
    own = precedent_of(case.dispute, case.order)
    others = [
        replace(own, precedent_id=f"prc_{number}", total_minor=1_000 * number, at=own.at + timedelta(hours=number))
        for number in range(1, 11)
    ]

    found = nearest(case.dispute, case.order, [own, *others])

    assert len(found) == SHOWN
    assert [each.precedent.total_minor for each in found] == [10_000, 9_000, 8_000, 7_000, 6_000]


@pytest.mark.parametrize(("amount", "told"), [(0, 0), (7, 7), (99, 99), (10_049, 10_000), (15_500, 16_000)])
def test_amounts_are_rounded_to_two_figures(amount, told):
    assert rounded(amount) == told


# Buyers who claim often.


@pytest.mark.parametrize(
    ("claims", "purchases", "level"),
    [
        (2, 2, CLEAR),
        (3, 3, WARNED),
        (3, 10, WARNED),
        (3, 11, CLEAR),
        (5, 10, LIMITED),
        (5, 11, WARNED),
        (40, 0, LIMITED),
    ],
)
def test_the_rule_is_the_table(claims, purchases, level):
    assert level_of(claims, purchases) == level


def claimed(case: Case, times: int) -> Case:
    """Let the same buyer claim in order after order."""
    listing = case.trade.listing(case.order.seller_id, stock=20)
    buyer_id, last = case.order.buyer_id, case
    for _ in range(times):
        placed = case.trade.place(buyer_id, (listing, 1))
        case.trade.pay(placed)
        case.world.drain()
        order = placed.orders[0]
        case.services.orders.ship(order.order_id, order.seller_id, "correos", f"PK{order.order_id[-8:]}")
        case.world.drain()
        case.services.disputes.open(order.order_id, buyer_id, "damaged", "Broken.", None)
        case.world.drain()
    return last


def test_a_buyer_who_claims_often_is_warned_then_asked_for_evidence_and_told_why(case):
    case.opened()
    claimed(case, 2)
    assert case.services.claims.standing(case.order.buyer_id).level == WARNED
    claimed(case, 2)
    assert case.services.claims.standing(case.order.buyer_id).level == LIMITED
    assert [kind for kind in receipts(case, "buyer") if "claims" in kind] == ["claims.limited", "claims.warned"]

    with pytest.raises(ClaimNeedsEvidence):
        claimed(case, 1)


def test_evidence_opens_a_limited_buyers_dispute(case):
    case.opened()
    claimed(case, 4)
    buyer_id = case.order.buyer_id
    placed = case.trade.place(buyer_id, (case.trade.listing(case.order.seller_id), 1))
    case.trade.pay(placed)
    case.world.drain()
    order_id = placed.orders[0].order_id
    case.services.orders.ship(order_id, case.order.seller_id, "correos", "PK1")
    disputes = case.services.disputes
    made, form = disputes.announce_before(order_id, buyer_id, File(**FILE))
    case.bucket.put(form.fields["key"], CONTENT)
    with pytest.raises(ClaimNeedsEvidence):
        disputes.open(order_id, buyer_id, "damaged", "Broken.", None)
    disputes.confirm_before(order_id, buyer_id, made.evidence_id)

    assert disputes.open(order_id, buyer_id, "damaged", "Broken.", None).order.state == "disputed"
    case.world.drain()


def test_a_claim_that_was_upheld_does_not_count(case):
    case.decided(10_000)
    claimed(case, 2)

    assert case.services.claims.standing(case.order.buyer_id).level == CLEAR


def test_what_lies_ninety_days_back_does_not_count(case):
    case.opened()
    claimed(case, 1)
    case.world.clock.advance(days=91)
    case.world.sweep()
    claimed(case, 1)

    assert case.services.claims.standing(case.order.buyer_id).level == CLEAR


def test_a_limit_ends_by_itself_once_the_counts_do_not_bear_it(case):
    case.opened()
    claimed(case, 4)
    case.world.clock.advance(days=91)
    case.world.sweep()

    claimed(case, 1)  # without evidence

    standing = case.services.claims.standing(case.order.buyer_id)
    assert (standing.level, standing.decided_by) == (CLEAR, "")
    assert "claims.restored" in receipts(case, "buyer")


def test_a_warning_and_a_limit_quote_the_rule_that_they_follow(case):
    case.opened()
    claimed(case, 4)

    rows = case.services.decisions.page(case.order.buyer_id, None, 50).items
    grounds = {each.kind: each.ground for each in rows if each.kind in {"claims.warned", "claims.limited"}}

    assert {kind: ground.partition(":")[0] for kind, ground in grounds.items()} == {
        "claims.warned": "6.1",
        "claims.limited": "6.2",
    }


def test_a_limit_has_an_appeal_of_its_own(case):
    buyer_id = case.order.buyer_id
    claims = case.services.claims
    with pytest.raises(ClaimLimitMissing):
        claims.appeal(buyer_id, "Unfair.")
    case.opened()
    claimed(case, 4)
    claims = case.services.claims
    claims.appeal(buyer_id, "I was unlucky.")
    with pytest.raises(ClaimAppealOnce):
        claims.appeal(buyer_id, "Again.")
    with pytest.raises(OwnCase):
        claims.decide(buyer_id, buyer_id, lift=True, reasons=WHY)

    claims.decide(buyer_id, "acc_m", lift=True, reasons=WHY)
    case.world.drain()

    assert claims.standing(buyer_id).level == LIFTED
    assert "claims.restored" in receipts(case, "buyer")
    claimed(case, 1)
    assert claims.standing(buyer_id).level == WARNED  # lifted: the next step is a warning again
    assert CLAIM_RULES
