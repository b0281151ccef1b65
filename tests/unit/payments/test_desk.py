"""Money that stopped: what is shown of it, and the two ways on that two people agree on."""

import pytest

from marketplace.kit.errors import Forbidden, Unavailable
from marketplace.kit.principal import FINANCE, SUPPORT, Principal
from marketplace.ledger.model import HELD, REFUND_OWED, UNCLAIMED, balances, seller_account
from marketplace.orders.model import OwnCase
from marketplace.payments.desk import CLOSE, RETRY, IntentJustParked, IntentMissing, IntentNotParked
from marketplace.payments.model import IntentState, late_refund_intent_id, refund_leg_id, transfer_intent_id
from marketplace.payments.sweep import OVERDUE_AFTER
from marketplace.staff.errors import ProposalDecided
from tests.crash.flows import prepare_late
from tests.crash.refund_deeds import ask

PART = 3_000


def of_staff(world, account_id, role=FINANCE):
    now = world.clock.now()
    return Principal(account_id, "ses_1", True, "en", roles=frozenset({role}), factor_at=now, proved_at=now)


def parked_transfer(trade):
    """A release that Stripe refuses: the seller's account is not complete."""
    order = trade.shipped()
    world = trade.world
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account, currently_due=["individual.verification.document"])
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    return order, transfer_intent_id(order.order_id)


def came_back(trade):
    """A refund that the buyer's bank sent back."""
    order, world = trade.shipped(), trade.world
    ask(world.services, order, PART, "once")
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    return order, refund_leg_id(order.order_id, view.refund.refund_id)


def agree(world, kind, intent_id, people):
    one, other = people
    proposal = world.services.intent_desk.propose(kind, intent_id, of_staff(world, one), "The seller wrote.")
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, other), "I read it too.")
    world.sweep()
    world.sweep()


def booked(world, book) -> dict[str, int]:
    found = balances(world.services.ledger.of_book(book))
    return {account: amount_minor for (account, _), amount_minor in found.items() if amount_minor}


def state(world, intent_id):
    return world.services.payment_store.intent(intent_id).state


def test_what_is_parked_is_listed_with_all_that_is_needed_to_decide(world, trade):
    order, intent_id = parked_transfer(trade)

    [listed] = world.services.intent_desk.page("parked", None, 20).items
    case = world.services.intent_desk.read(intent_id)

    assert listed == case.intent
    assert (listed.intent_id, listed.order_id) == (intent_id, order.order_id)
    assert (listed.reason, listed.parked_at) == ("insufficient_capabilities_for_transfer", world.clock.now())
    assert (case.at_stripe, case.asked) == (None, True)
    assert world.services.intent_desk.page("open", None, 20).items == ()


def test_stripe_being_away_is_said_instead_of_nothing(world, trade):
    _, intent_id = parked_transfer(trade)
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/transfers", times=2)

    assert world.services.intent_desk.read(intent_id).asked is False


def test_a_transfer_is_sent_again_under_a_new_key_and_ends_its_order(world, trade, finance):
    order, intent_id = parked_transfer(trade)
    world.stripe.finish_onboarding(world.services.sellers.of(order.seller_id).stripe_account_id)
    world.drain()
    world.clock.advance(minutes=2)

    agree(world, RETRY, intent_id, finance)

    intent = world.services.payment_store.intent(intent_id)
    assert (intent.state, intent.attempt) == (IntentState.DONE, 1)
    assert [each["amount"] for each in world.stripe.objects("transfer")] == [intent.amount_minor]
    assert trade.order(order.order_id).state == "released"


def test_a_transfer_that_stripe_had_made_after_all_is_adopted(world, trade, finance):
    order, intent_id = parked_transfer(trade)
    account = world.services.sellers.of(order.seller_id).stripe_account_id
    world.stripe.finish_onboarding(account)
    world.drain()
    intent = world.services.payment_store.intent(intent_id)
    charge_id = world.services.payment_store.read(order.payment_id).charge_id
    from_before = {
        "amount": intent.amount_minor,
        "currency": "eur",
        "destination": account,
        "source_transaction": charge_id,
        "transfer_group": order.payment_id,
        "metadata": {"intent_id": intent_id, "order_id": order.order_id, "payment_id": order.payment_id},
    }
    made = world.stripe_client().v1.transfers.create(from_before)
    world.clock.advance(minutes=2)

    agree(world, RETRY, intent_id, finance)

    assert world.services.payment_store.intent(intent_id).result_id == made.id
    assert len(world.stripe.objects("transfer")) == 1


def test_a_closed_transfer_stays_owed_as_unclaimed_and_ends_its_order(world, trade, finance):
    order, intent_id = parked_transfer(trade)
    world.clock.advance(minutes=2)

    agree(world, CLOSE, intent_id, finance)

    net = order.total_minor - order.commission_minor - order.commission_vat_minor
    assert state(world, intent_id) is IntentState.CLOSED
    assert trade.order(order.order_id).state == "released"
    assert booked(world, order.order_id)[UNCLAIMED] == -net
    assert seller_account(order.seller_id) not in booked(world, order.order_id)


def test_a_refund_that_came_back_is_sent_again(world, trade, finance):
    order, intent_id = came_back(trade)
    world.clock.advance(minutes=2)

    agree(world, RETRY, intent_id, finance)

    assert state(world, intent_id) is IntentState.DONE
    statuses = sorted(each["status"] for each in world.stripe.objects("refund"))
    assert statuses == ["failed", "succeeded"]
    assert booked(world, order.order_id)[HELD] == PART - order.total_minor
    assert REFUND_OWED not in booked(world, order.order_id)


def test_a_refund_that_came_back_and_is_closed_stays_owed(world, trade, finance):
    order, intent_id = came_back(trade)
    world.clock.advance(minutes=2)

    agree(world, CLOSE, intent_id, finance)

    assert booked(world, order.order_id)[UNCLAIMED] == -PART
    assert trade.order(order.order_id).state == "shipped"


def test_a_late_payment_whose_refund_came_back_is_sent_again(world, trade, finance):
    placed = prepare_late(trade)
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    world.clock.advance(minutes=2)

    agree(world, RETRY, late_refund_intent_id(placed.payment.payment_id), finance)

    assert state(world, late_refund_intent_id(placed.payment.payment_id)) is IntentState.DONE
    assert "late_payment" not in booked(world, placed.payment.payment_id)


def test_nobody_decides_a_moment_after_it_was_parked(world, trade, finance):
    _, intent_id = parked_transfer(trade)
    desk = world.services.intent_desk
    world.clock.advance(seconds=119)

    with pytest.raises(IntentJustParked):
        desk.propose(RETRY, intent_id, of_staff(world, finance[0]), "Now.")
    world.clock.advance(seconds=1)
    desk.propose(RETRY, intent_id, of_staff(world, finance[0]), "Now.")


def test_only_what_is_parked_and_there_is_decided(world, trade, finance):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    desk = world.services.intent_desk

    with pytest.raises(IntentNotParked):
        desk.propose(CLOSE, transfer_intent_id(order.order_id), of_staff(world, finance[0]), "r")
    for call in (lambda: desk.read("transfer#ord_never"), lambda: desk.propose(CLOSE, "x", of_staff(world, "a"), "r")):
        with pytest.raises(IntentMissing):
            call()


def test_parties_and_other_roles_decide_nothing(world, trade):
    order, intent_id = parked_transfer(trade)
    world.clock.advance(minutes=2)
    desk = world.services.intent_desk

    with pytest.raises(OwnCase):
        desk.propose(CLOSE, intent_id, of_staff(world, order.seller_id), "r")
    with pytest.raises(Forbidden):
        desk.propose(CLOSE, intent_id, of_staff(world, "acc_support", SUPPORT), "r")


def test_of_two_decisions_the_second_one_finds_nothing_to_decide(world, trade, finance):
    _, intent_id = came_back(trade)
    world.clock.advance(minutes=2)
    desk, approvals = world.services.intent_desk, world.services.approvals
    one, other = (desk.propose(kind, intent_id, of_staff(world, finance[0]), "r") for kind in (RETRY, CLOSE))
    approvals.approve(one.proposal_id, of_staff(world, finance[1]), "yes")

    with pytest.raises((IntentNotParked, ProposalDecided)):
        approvals.approve(other.proposal_id, of_staff(world, finance[1]), "yes")
    world.sweep()

    assert state(world, intent_id) is IntentState.DONE


def test_a_decision_about_one_attempt_is_none_about_the_next(world, trade, finance):
    _, intent_id = came_back(trade)
    world.clock.advance(minutes=2)
    desk, approvals = world.services.intent_desk, world.services.approvals
    again, close = (desk.propose(kind, intent_id, of_staff(world, finance[0]), "r") for kind in (RETRY, CLOSE))
    approvals.approve(again.proposal_id, of_staff(world, finance[1]), "yes")
    world.sweep()
    second = next(each for each in world.stripe.objects("refund") if each["status"] == "succeeded")
    world.stripe.fail_refund(second["id"])
    world.drain()
    world.clock.advance(minutes=2)

    with pytest.raises(IntentNotParked):
        approvals.approve(close.proposal_id, of_staff(world, finance[1]), "yes")

    assert state(world, intent_id) is IntentState.PARKED


def test_an_unknown_outcome_says_since_when_and_is_counted_after_half_an_hour(world, trade):
    order = trade.shipped()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/transfers", times=50)
    began = world.clock.now()
    with pytest.raises(Unavailable):
        world.services.settlement.settle(order.order_id)
    world.clock.advance(minutes=10)
    with pytest.raises(Unavailable):
        world.services.settlement.settle(order.order_id)

    intent = world.services.payment_store.intent(transfer_intent_id(order.order_id))
    early = world.services.sweep.stuck()
    world.clock.set(began + OVERDUE_AFTER)
    late = world.services.sweep.stuck()

    assert (intent.unknown_since, intent.called_at) == (began, began + OVERDUE_AFTER / 3)
    assert (early.overdue, late.overdue, late.parked) == (0, 1, 0)
    world.clock.advance(hours=24)
    world.sweep()
    assert world.services.sweep.stuck().parked == 1
