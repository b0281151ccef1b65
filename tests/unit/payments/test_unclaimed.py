"""Money that waits for a person: sent to the seller, returned to the buyer or kept, by two, and exactly once."""

import pytest

from marketplace.kit.errors import Forbidden
from marketplace.kit.principal import SUPPORT
from marketplace.ledger import postings
from marketplace.ledger.model import LATE_PAYMENT, UNCLAIMED, seller_account
from marketplace.orders.model import OwnCase
from marketplace.payments.claims import Claims
from marketplace.payments.desk import CLOSE
from marketplace.payments.model import IntentState
from marketplace.payments.unclaimed_model import (
    KEPT_FOR,
    BeyondPaid,
    NotTheirs,
    Stage,
    UnclaimedMissing,
    UnclaimedMoved,
    Way,
    Whose,
)
from marketplace.staff.errors import OwnProposal, ReasonsNeeded
from tests.crash.refund_deeds import ask, pay_out
from tests.unit.payments.test_desk import PART, agree, booked, of_staff


def decide(world, name, way, people, *, settled=True):
    one, other = people
    proposal = world.services.unclaimed.propose(name, way, of_staff(world, one), "They wrote to us.")
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, other), "I read it too.")
    if settled:
        world.sweep()
    return proposal


def complete(world, order):
    """Let the seller give Stripe what it asked for."""
    world.stripe.finish_onboarding(world.services.sellers.of(order.seller_id).stripe_account_id)
    world.drain()


def test_what_was_closed_waits_in_a_list_with_whose_it_was(world, sellers, buyers):
    (sold, transfer), (bought, refund) = sellers, buyers

    rows = {each.name: each for each in world.services.unclaimed.page(None, 10).items}

    assert (rows[transfer].whose, rows[transfer].order_id) == (Whose.SELLER, sold.order_id)
    assert (rows[refund].whose, rows[refund].order_id) == (Whose.BUYER, bought.order_id)
    assert rows[refund].kept_until - rows[refund].since == KEPT_FOR
    assert {each.stage for each in rows.values()} == {Stage.WAITING}


def test_the_seller_gets_it_once_their_account_takes_it(world, sellers, finance):
    order, name = sellers
    amount = world.services.unclaimed.read(name).amount_minor
    complete(world, order)

    decide(world, name, Way.SELLER, finance)

    found = world.services.unclaimed.read(name)
    sent = world.services.payment_store.intent(found.sent_as)
    assert (found.stage, sent.state) == (Stage.SENT, IntentState.DONE)
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [amount]
    assert UNCLAIMED not in booked(world, order.order_id)
    assert world.services.unclaimed.page(None, 10).items == ()


def claims_once_given(world, order, given_minor):
    """Claims of an order whose book says that so much was given back by another way."""
    back = postings.refund(order, given_minor, "re_beside_us", "beside_us", world.clock.now())
    return Claims(
        clock=world.clock,
        orders=world.services.order_store,
        payments=world.services.payment_store,
        debts=world.services.debts,
        ledger=WithOneMore(world.services.ledger, back),
        beside=world.services.beside,
    )


def test_a_buyer_is_sent_it_only_as_far_as_the_book_says_they_have_not_got_it(world, buyers):
    order, name = buyers
    found, rest_minor = world.services.unclaimed.read(name), order.total_minor - PART

    sent_minor = claims_once_given(world, order, rest_minor).due(found, Way.BUYER, order)
    with pytest.raises(BeyondPaid) as refused:
        claims_once_given(world, order, rest_minor + 1).due(found, Way.BUYER, order)

    assert sent_minor == PART
    assert refused.value.fields == {"to": "beyond_what_was_paid"}


class WithOneMore:
    """A ledger whose books have one transaction more."""

    def __init__(self, ledger, more):
        self._ledger, self._more = ledger, more

    def of_book(self, book):
        return [*self._ledger.of_book(book), self._more]


def test_what_the_seller_owes_is_paid_first(world, trade, sellers, finance):
    order, name = sellers
    complete(world, order)
    debt = in_debt(trade, order.seller_id)

    decide(world, name, Way.SELLER, finance)

    amount = world.services.unclaimed.read(name).amount_minor
    assert debt > 0
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0
    assert world.stripe.objects("transfer")[0]["amount"] == amount - debt


def in_debt(trade, seller_id):
    """Let the seller owe for a refund of money that left for their bank."""
    world = trade.world
    placed = trade.place(trade.person("Buyer"), (trade.listing(seller_id), 1))
    trade.pay(placed)
    world.drain()
    order = placed.orders[0]
    world.services.orders.ship(order.order_id, seller_id, "correos", "PK3")
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    pay_out(trade, order)
    ask(world.services, trade.order(order.order_id), PART, "debt")
    world.drain()
    return world.services.debts.owed_minor(seller_id, "eur")


def test_the_buyer_gets_back_what_their_bank_takes_now(world, buyers, finance):
    order, name = buyers

    decide(world, name, Way.BUYER, finance)

    refunds = [each["amount"] for each in world.stripe.objects("refund") if each["status"] == "succeeded"]
    assert refunds == [PART]
    assert UNCLAIMED not in booked(world, order.order_id)


def test_what_a_seller_never_got_can_be_returned_to_the_buyer(world, trade, sellers, finance):
    order, name = sellers

    decide(world, name, Way.BUYER, finance)

    assert [each["amount"] for each in world.stripe.objects("refund")] == [order.total_minor]
    assert seller_account(order.seller_id) not in booked(world, order.order_id)
    assert trade.order(order.order_id).refunded_after_minor == order.total_minor


def test_a_late_payment_that_was_closed_can_be_given_back_after_all(world, late, finance):
    payment_id, name = late

    with pytest.raises(NotTheirs):
        world.services.unclaimed.propose(name, Way.SELLER, of_staff(world, finance[0]), "r")
    decide(world, name, Way.BUYER, finance)

    states = sorted(each["status"] for each in world.stripe.objects("refund"))
    assert states == ["failed", "succeeded"]
    assert booked(world, payment_id).keys() <= {"stripe", "stripe_fees"}


def test_kept_money_stays_owed_and_can_be_sent_later(world, buyers, finance):
    order, name = buyers

    decide(world, name, Way.KEEP, finance)
    kept = world.services.unclaimed.read(name)
    moved = world.stripe.objects("refund")
    decide(world, name, Way.BUYER, finance)

    assert (kept.stage, len(moved)) == (Stage.KEPT, 1)
    assert world.services.unclaimed.read(name).stage is Stage.SENT
    assert booked(world, order.order_id).get(UNCLAIMED, 0) == 0


def test_each_person_whom_it_concerns_reads_the_decision(world, buyers, finance):
    order, name = buyers
    decide(world, name, Way.KEEP, finance)
    decide(world, name, Way.BUYER, finance)

    told = world.services.decisions.page(order.buyer_id, None, 10).items

    kept = next(each for each in told if each.kind == "unclaimed.kept")
    assert {each.kind for each in told} >= {"unclaimed.kept", "unclaimed.sent"}
    assert kept.lasts_until == world.services.unclaimed.read(name).kept_until


def test_what_stripe_refuses_again_waits_as_a_parked_intent_and_then_here_again(world, sellers, finance):
    order, name = sellers  # the account is still not complete

    decide(world, name, Way.SELLER, finance)
    again = world.services.unclaimed.read(name).sent_as
    parked = world.services.payment_store.intent(again)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)

    assert parked.state is IntentState.PARKED
    assert [each.name for each in world.services.unclaimed.page(None, 10).items] == [again]
    assert booked(world, order.order_id)[UNCLAIMED] == -parked.amount_minor


def test_two_decisions_about_the_same_money_send_it_once(world, buyers, finance):
    _, name = buyers
    one, other = finance
    proposals = [
        world.services.unclaimed.propose(name, way, of_staff(world, one), "r") for way in (Way.BUYER, Way.KEEP)
    ]
    world.services.approvals.approve(proposals[0].proposal_id, of_staff(world, other), "r")

    with pytest.raises(UnclaimedMoved):
        world.services.approvals.approve(proposals[1].proposal_id, of_staff(world, other), "r")
    world.services.approvals.approve(proposals[0].proposal_id, of_staff(world, other), "r")  # repeated
    world.sweep()

    assert len(world.stripe.objects("refund")) == 2


@pytest.mark.parametrize("way", [Way.SELLER, Way.BUYER, Way.KEEP])
def test_nobody_decides_alone(world, sellers, finance, way):
    _, name = sellers
    before = world.view().ledger
    proposal = world.services.unclaimed.propose(name, way, of_staff(world, finance[0]), "r")

    with pytest.raises(OwnProposal):
        world.services.approvals.approve(proposal.proposal_id, of_staff(world, finance[0]), "r")

    assert world.view().ledger == before
    assert world.services.unclaimed.read(name).stage is Stage.WAITING


def test_what_cannot_be_decided_is_a_clear_problem_and_moves_nothing(world, buyers, finance):
    order, name = buyers
    service, before = world.services.unclaimed, world.view().ledger

    refused = [
        (UnclaimedMissing, lambda: service.propose("transfer#none", Way.KEEP, of_staff(world, finance[0]), "r")),
        (NotTheirs, lambda: service.propose(name, Way.SELLER, of_staff(world, finance[0]), "r")),
        (ReasonsNeeded, lambda: service.propose(name, Way.BUYER, of_staff(world, finance[0]), " ")),
        (Forbidden, lambda: service.propose(name, Way.BUYER, of_staff(world, finance[0], SUPPORT), "r")),
        (OwnCase, lambda: service.propose(name, Way.BUYER, of_staff(world, order.buyer_id), "r")),
    ]

    for error, call in refused:
        with pytest.raises(error):
            call()
    assert world.view().ledger == before


@pytest.fixture
def regained(world, trade):
    """A bank that gave back what had counted as lost, when the order was over."""
    order = trade.shipped()
    charge = next(each for each in world.stripe.objects("charge"))
    dispute = world.stripe.open_dispute(charge["id"])
    world.drain()
    world.clock.set(trade.order(order.order_id).due_at)
    world.sweep()
    world.stripe.close_dispute(dispute["id"], won=True)
    world.drain()
    return trade.order(order.order_id), f"reinstated#{order.order_id}#{dispute['id']}"


@pytest.mark.parametrize(("way", "kind"), [(Way.BUYER, "refund"), (Way.SELLER, "transfer")])
def test_what_a_bank_gave_back_too_late_goes_to_whom_two_people_say(world, trade, regained, finance, way, kind):
    order, name = regained
    waiting = world.services.unclaimed.read(name)

    decide(world, name, way, finance)

    assert (waiting.whose, waiting.account, waiting.amount_minor) == (Whose.NOBODY, LATE_PAYMENT, order.total_minor)
    assert [each["amount"] for each in world.stripe.objects(kind)] == [order.total_minor]
    assert LATE_PAYMENT not in booked(world, order.order_id)
    assert trade.order(order.order_id).state == "lost_to_chargeback"
