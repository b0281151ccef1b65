"""Settlements that ask for the goods back: the money follows the return, and every silence has its end."""

from typing import Any

import pytest

from marketplace.disputes.errors import OfferClosed
from marketplace.kit.principal import Idempotency
from marketplace.orders.model import AwardDoesNotSum
from marketplace.returns.errors import NothingToSendBack
from marketplace.returns.model import Outcome, ReturnKind, Wanted
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_process_v2 import unchanged

TOTAL, PART = 10_000, 4_000


@pytest.fixture
def case(trade):
    return Case(trade)


def agreed(case: Case, refund: int = PART, by: str = "seller") -> Any:
    """Let one side offer and the other accept, and return the return that this opens."""
    if not case.dispute_id:
        case.negotiating()
    offer_id = case.offer(by, refund, return_needed=True)
    other = {"buyer": "seller", "seller": "buyer"}[by]
    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.people[other])
    case.world.drain()
    return made(case)


def made(case: Case) -> Any:
    [accepted] = [each for each in case.dispute.offers if each.return_id]
    return case.services.return_store.read(accepted.return_id)


def refunded(case: Case) -> int:
    return sum(each["amount"] for each in case.world.stripe.objects("refund"))


@pytest.mark.parametrize("by", ["buyer", "seller"])
def test_an_accepted_offer_with_return_opens_a_return_and_moves_no_money(case, by):
    found = agreed(case, by=by)

    assert (case.order.state, case.order.award) == ("return_open", None)
    assert (found.kind, found.state, found.quoted_minor) == (ReturnKind.AGREED, "approved", PART)
    assert [(line.listing_id, line.quantity) for line in found.lines] == [(case.order.lines[0].listing_id, 1)]
    assert (case.dispute.decision.clause, refunded(case)) == ("settlement.return", 0)


@pytest.mark.parametrize(("refund", "end"), [(PART, "released"), (TOTAL, "refunded")])
def test_the_receipt_of_the_goods_refunds_what_was_agreed_and_ends_the_order(case, refund, end):
    found = agreed(case, refund)
    case.services.returns.send(found.return_id, case.order.buyer_id, "correos", "PKBACK1")

    case.services.returns.receive(found.return_id, case.order.seller_id, restock=True)
    case.world.drain()
    case.world.sweep()

    assert (case.order.state, refunded(case)) == (end, refund)
    assert made(case).outcome == Outcome.REFUNDED


def test_goods_that_are_never_sent_back_leave_the_seller_paid(case):
    found = agreed(case)

    case.world.clock.set(found.due_at)
    case.world.sweep()
    case.world.clock.advance(days=15)
    case.world.sweep()

    assert (made(case).outcome, case.order.state, refunded(case)) == (Outcome.NOT_SENT, "released", 0)


def test_a_seller_who_says_nothing_about_what_came_back_has_refunded_it(case):
    found = agreed(case)
    case.services.returns.send(found.return_id, case.order.buyer_id, "correos", "PKBACK1")

    case.world.clock.set(made(case).due_at)
    case.world.sweep()
    case.world.sweep()

    assert (made(case).outcome, case.order.state, refunded(case)) == (Outcome.REFUNDED, "released", PART)


def test_a_deduction_from_it_can_be_contested_like_any_other(case):
    found, services = agreed(case), case.services
    services.returns.receive(
        found.return_id, case.order.seller_id, restock=False, deduction_minor=1_000, reasons="Wet."
    )
    services.returns.answer_deduction(found.return_id, case.order.buyer_id, accept=False)
    services.returns.decide(found.return_id, "acc_judge", 250, WHY)
    case.world.drain()
    case.world.sweep()

    assert (case.order.state, refunded(case)) == ("released", PART - 250)


def test_returns_that_were_open_before_end_with_the_agreement(case):
    [line] = case.order.lines
    wanted, attempt = (Wanted(line.listing_id, 1),), Idempotency("r", "r")
    before = case.services.returns.ask(case.order_id, case.order.buyer_id, wanted, "", attempt).made

    found = agreed(case.negotiating())

    assert case.services.return_store.read(before.return_id).outcome == Outcome.SUPERSEDED
    assert found.lines == before.lines
    head = case.services.return_store.head(case.order_id)
    assert (head.open_count, head.open_minor, head.taken) == (1, PART, {line.listing_id: 1})


def test_the_agreement_shows_that_the_goods_are_with_the_buyer_where_nobody_had(trade):
    case = Case(trade)
    order = trade.shipped()
    case.order_id = order.order_id
    assert order.delivered_at is None

    agreed(case)

    assert (case.order.delivered_at, case.order.delivered_by) == (case.world.clock.now(), "buyer")


def test_nothing_is_sent_back_that_never_came_or_for_nothing(trade):
    case = Case(trade).opened(reason="not_received")
    case.services.disputes.answer(case.dispute_id, case.order.seller_id, "It came.")

    with unchanged(case), pytest.raises(NothingToSendBack):
        case.offer("seller", PART, return_needed=True)

    other = Case(trade).negotiating()
    with unchanged(other), pytest.raises(AwardDoesNotSum):
        other.offer("seller", 0, return_needed=True)


def test_what_is_back_already_is_not_sent_back_again(case):
    [line] = case.order.lines
    wanted, attempt = (Wanted(line.listing_id, 1),), Idempotency("r", "r")
    before = case.services.returns.ask(case.order_id, case.order.buyer_id, wanted, "", attempt).made
    case.negotiating()
    head = case.services.return_store.head(case.order_id)
    assert head.open_count == 1
    case.services.disputes.drop(case.dispute_id, case.order.buyer_id)
    case.services.returns.receive(before.return_id, case.order.seller_id, restock=False, deduction_minor=0)
    case.world.drain()

    with pytest.raises(NothingToSendBack):
        case.services.disputes._returns.check(case.order)


def test_it_is_accepted_once(case):
    case.negotiating()
    offer_id = case.offer("seller", PART, return_needed=True)
    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)

    with unchanged(case), pytest.raises(OfferClosed):
        case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)


# A return that a dispute overtook.


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize(("refund", "end"), [(0, "released"), (PART, "split")])
def test_once_a_dispute_was_decided_an_older_return_gives_nothing_back_beside_it(case, refund, end, sent):
    [line] = case.order.lines
    wanted, attempt = (Wanted(line.listing_id, 1),), Idempotency("r", "r")
    returned = case.services.returns.ask(case.order_id, case.order.buyer_id, wanted, "", attempt).made
    if sent:
        case.services.returns.send(returned.return_id, case.order.buyer_id, "correos", "PKBACK1")
    case.decided(refund).time_is_up()
    assert case.order.state == end

    case.world.clock.advance(days=60)
    case.world.sweep()
    case.world.sweep()

    assert case.services.return_store.read(returned.return_id).outcome in {Outcome.SUPERSEDED, Outcome.NOT_SENT}
    assert (refunded(case), case.order.refunded_after_minor) == (refund, 0)
