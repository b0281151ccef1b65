"""A seller's money that was closed: refunds take it first, whoever gets it, and it stays whose it was."""

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.principal import Idempotency
from marketplace.ledger.model import COMMISSION, UNCLAIMED, seller_account, seller_debt_account
from marketplace.payments.desk import CLOSE
from marketplace.payments.making_good import made_good_intent_id
from marketplace.payments.model import IntentState, transfer_intent_id
from marketplace.payments.refund_model import ChargeDisputed
from marketplace.payments.unclaimed_model import (
    BeyondPaid,
    NotTheBuyers,
    NotTheirs,
    Stage,
    UnclaimedMoved,
    Way,
    Whose,
)
from marketplace.returns.rules import Wanted
from tests.crash.dispute_deeds import top_up
from tests.unit.disputes.making import Case
from tests.unit.disputes.test_late_appeals import appeal_late
from tests.unit.payments.test_desk import agree, booked, came_back, of_staff, parked_transfer
from tests.unit.payments.test_unclaimed import complete, decide
from tests.unit.returns.test_returns import bought, key

PART = 3_000


def manual(world, order, minor, people, name="m"):
    one, other = people
    proposal = world.services.refunds.propose(
        order.order_id, of_staff(world, one), minor, "They wrote.", Idempotency(name, name), cause="decision"
    )
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, other), "I read it too.")
    world.sweep()


def refunded(world):
    return [each["amount"] for each in world.stripe.objects("refund") if each["status"] == "succeeded"]


def test_a_refund_takes_what_was_kept_for_the_seller_first_and_makes_no_debt(world, sellers, finance):
    order, name = sellers
    kept = world.services.unclaimed.read(name).amount_minor

    manual(world, order, PART, finance)

    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    left = world.services.unclaimed.read(name)
    assert refunded(world) == [PART]
    assert (view.debt_minor, view.refund.kept_minor) == (0, view.refund.seller_minor)
    assert (left.stage, left.amount_minor) == (Stage.WAITING, kept - view.refund.seller_minor)
    assert booked(world, order.order_id)[UNCLAIMED] == -left.amount_minor


def test_what_a_refund_left_of_it_still_goes_to_the_seller_and_comes_back_from_there(world, sellers, finance):
    order, name = sellers
    complete(world, order)
    manual(world, order, PART, finance)
    left = world.services.unclaimed.read(name).amount_minor

    decide(world, name, Way.SELLER, finance)
    manual(world, order, order.total_minor - PART, finance, "rest")

    assert [each["amount"] for each in world.stripe.objects("transfer")] == [left]
    assert sum(refunded(world)) == order.total_minor
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0
    assert {COMMISSION, UNCLAIMED} & booked(world, order.order_id).keys() == set()


def test_a_refund_of_everything_leaves_nothing_for_anybody_to_decide(world, sellers, finance):
    order, name = sellers

    manual(world, order, order.total_minor, finance)

    assert refunded(world) == [order.total_minor]
    assert world.services.unclaimed.read(name).stage is Stage.REFUNDED
    assert world.services.unclaimed.page(None, 10).items == ()
    assert booked(world, order.order_id).keys() <= {"stripe", "stripe_fees"}
    with pytest.raises(UnclaimedMoved):
        world.services.unclaimed.propose(name, Way.SELLER, of_staff(world, finance[0]), "r")


def test_a_decision_that_was_proposed_before_a_refund_took_a_part_is_not_carried_out(world, sellers, finance):
    order, name = sellers
    proposal = world.services.unclaimed.propose(name, Way.SELLER, of_staff(world, finance[0]), "r")
    manual(world, order, PART, finance)

    with pytest.raises(UnclaimedMoved):
        world.services.approvals.approve(proposal.proposal_id, of_staff(world, finance[1]), "r")


def test_goods_that_are_returned_are_paid_although_the_seller_never_got_the_money(world, trade, finance):
    order = bought(trade)
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account, currently_due=["individual.verification.document"])
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    world.clock.advance(minutes=3)
    agree(world, CLOSE, transfer_intent_id(order.order_id), finance)
    returns = world.services.returns
    made = returns.ask(order.order_id, order.buyer_id, (Wanted(order.lines[0].listing_id, 1),), "r", key("x")).made
    returns.send(made.return_id, order.buyer_id, "correos", "PKRET1")

    returns.receive(made.return_id, order.seller_id, restock=False)
    world.sweep()

    assert refunded(world) == [order.lines[0].unit_minor]
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0


def test_while_it_is_parked_again_a_refund_is_paid_and_the_seller_owes_it(world, sellers, finance):
    order, name = sellers  # the account is still not complete
    decide(world, name, Way.SELLER, finance)
    again = world.services.unclaimed.read(name).sent_as

    manual(world, order, order.total_minor, finance)
    owed = world.services.debts.owed_minor(order.seller_id, "eur")
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)
    decide(world, again, Way.SELLER, finance)

    assert refunded(world) == [order.total_minor]
    assert owed > 0
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0
    assert world.stripe.objects("transfer") == []


@pytest.mark.parametrize("given_back_minor", [PART, None], ids=["a part", "everything"])
def test_a_buyer_gets_no_more_than_they_paid_out_of_what_their_refunds_did_not_take(
    world, sellers, finance, given_back_minor
):
    order, name = sellers
    decide(world, name, Way.SELLER, finance)
    again = world.services.unclaimed.read(name).sent_as
    manual(world, order, given_back_minor or order.total_minor, finance)  # the seller owes it: their money is parked
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)
    before = (booked(world, order.order_id), world.services.unclaimed.read(again))

    with pytest.raises(BeyondPaid) as refused:
        world.services.unclaimed.propose(again, Way.BUYER, of_staff(world, finance[0]), "r")

    assert refused.value.fields == {"to": "beyond_what_was_paid"}
    assert (booked(world, order.order_id), world.services.unclaimed.read(again)) == before


def test_what_goes_to_the_buyer_brings_the_commission_back_and_leaves_nothing_to_return(world, trade, sellers, finance):
    order, name = sellers

    proposal = decide(world, name, Way.BUYER, finance)

    after = trade.order(order.order_id)
    assert proposal.facts["sent_minor"] == order.total_minor
    assert refunded(world) == [order.total_minor]
    assert after.seller_left_minor == 0
    assert booked(world, order.order_id).keys() <= {"stripe", "stripe_fees"}


def test_what_is_left_after_a_refund_of_a_cent_goes_to_the_buyer_to_the_cent(world, trade, finance):
    order, name = parked_transfer(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)
    order = trade.order(order.order_id)
    manual(world, order, 1, finance)  # a cent, whose commission rounds

    decide(world, name, Way.BUYER, finance)

    assert sum(refunded(world)) == order.total_minor
    assert trade.order(order.order_id).seller_left_minor == 0
    assert seller_debt_account(order.seller_id) not in booked(world, order.order_id)


def test_sellers_money_that_the_buyer_did_not_get_can_be_the_sellers_again(world, trade, sellers, finance):
    order, name = sellers
    kept = world.services.unclaimed.read(name).amount_minor
    decide(world, name, Way.BUYER, finance)
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    again = world.services.unclaimed.read(name).sent_as
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)
    complete(world, order)
    waiting = world.services.unclaimed.read(again)

    decide(world, again, Way.SELLER, finance)

    assert (waiting.whose, waiting.amount_minor) == (Whose.SELLER, order.total_minor)
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [kept]
    assert trade.order(order.order_id).refunded_after_minor == 0
    assert seller_account(order.seller_id) not in booked(world, order.order_id)
    manual(world, trade.order(order.order_id), PART, finance)
    assert world.services.debts.owed_minor(order.seller_id, "eur") == 0


def test_a_buyers_money_stays_theirs_over_every_round(world, trade, finance):
    _, name = came_back(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)
    decide(world, name, Way.BUYER, finance)
    sent = next(each for each in world.stripe.objects("refund") if each["status"] == "succeeded")
    world.stripe.fail_refund(sent["id"])
    world.drain()
    again = world.services.unclaimed.read(name).sent_as
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)

    assert world.services.unclaimed.read(again).whose is Whose.BUYER
    with pytest.raises(NotTheirs):
        world.services.unclaimed.propose(again, Way.SELLER, of_staff(world, finance[0]), "r")
    decide(world, again, Way.BUYER, finance)
    assert refunded(world) == [PART]


@pytest.fixture
def made_good(world, trade, finance):
    """What an appeal gave a seller when the buyer had the money, and the platform's balance could not send."""
    case = Case(trade)
    appeal_late(case, "seller", case.order.total_minor)
    case.services.appeals.decide(case.dispute_id, "acc_second", 0, "5.7", "w" * 40)
    world.drain()
    world.sweep()
    name = made_good_intent_id(case.order_id)
    assert world.services.payment_store.intent(name).state is IntentState.PARKED
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)
    return case.order, name


def test_what_the_marketplace_pays_a_seller_of_its_own_never_goes_to_the_buyer(world, made_good, finance):
    _, name = made_good

    with pytest.raises(NotTheBuyers):
        world.services.unclaimed.propose(name, Way.BUYER, of_staff(world, finance[0]), "r")

    assert list(check(world.view())) == []


def test_and_reaches_the_seller_out_of_the_balance_in_a_later_round(world, made_good, finance):
    _, name = made_good
    decide(world, name, Way.SELLER, finance)  # there is still nothing in the balance
    again = world.services.unclaimed.read(name).sent_as
    world.clock.advance(minutes=3)
    agree(world, CLOSE, again, finance)
    top_up(world, 50_000)
    world.drain()

    with pytest.raises(NotTheBuyers):
        world.services.unclaimed.propose(again, Way.BUYER, of_staff(world, finance[0]), "r")
    decide(world, again, Way.SELLER, finance)

    row = world.services.unclaimed.read(again)
    assert row.whose is Whose.SELLER
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [row.amount_minor]


def test_a_manual_refund_that_could_not_be_made_is_not_proposed(world, trade, sellers, finance):
    order, _ = sellers
    charge = next(each for each in world.stripe.objects("charge"))
    world.stripe.open_dispute(charge["id"], amount=1_000)
    world.drain()

    with pytest.raises(ChargeDisputed):
        world.services.refunds.propose(
            order.order_id, of_staff(world, finance[0]), PART, "r", Idempotency("a", "a"), cause="decision"
        )
