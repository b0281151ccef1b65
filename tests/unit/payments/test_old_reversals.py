"""Reversals of which nobody knows, once Stripe has forgotten their key: adopted or for people, and never a debt yet."""

from dataclasses import replace

import pytest

from marketplace.audit.invariants import check
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import seller_account
from marketplace.orders.model import BUYER
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.intents import KEY_TOO_OLD
from marketplace.payments.model import SAME_KEY_FOR, IntentState, refund_leg_id, reversal_leg_id
from marketplace.payments.refund_limits import SELLER_OWES_TOO_MUCH
from marketplace.payments.wire import refund_to_wire
from tests.crash.refund_deeds import PART, ask, pay_out
from tests.unit.payments.test_clawback import at_stripe, booked, chargeback_holds, closed, owed, released, taken
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_goodwill import PRICE, sold

TAKEN_BACK = 2_760  # of the part, less the commission on it


def silent(world, fault="error_500"):
    world.stripe.inject(fault=fault, method="POST", path_prefix="/v1/transfers", times=1_000)


def unseen(world):
    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/transfers", times=1_000)


def asked(world, order, amount_minor=PART):
    """Ask for a refund, of which Stripe does not answer a call."""
    ask(world.services, order, amount_minor, "one")
    with pytest.raises(Unavailable):
        world.drain()


def a_day_later(world):
    """Stripe answers again, when it has forgotten every key."""
    world.stripe.faults.clear()
    world.clock.advance(hours=24)
    world.sweep()
    world.drain()


def refund_of(world, order):
    [view] = world.services.refunds.of_order(order.order_id, order.buyer_id).refunds
    return view


def refunds(world):
    return [each["amount"] for each in world.stripe.objects("refund")]


@pytest.fixture
def parked(world, trade):
    """A refund after the release whose reversal Stripe did not answer for a day; its order."""
    order = released(world, trade)
    silent(world)
    asked(world, order)
    a_day_later(world)
    return order


@pytest.fixture
def goodwill_parked(world, trade):
    """A refund of all that was paid, given as goodwill, whose reversal Stripe did not answer for a day; its order."""
    trade.bought(price_minor=100_000)  # somebody else's money, which is at Stripe as well
    order = sold(trade, trade.seller(), trade.person("Buyer"))
    silent(world)
    asked(world, order, PRICE)
    a_day_later(world)
    return order


@pytest.fixture
def loss_parked(world, trade):
    """A lost chargeback whose reversal Stripe did not answer for a day; its order and case."""
    order = released(world, trade)
    dispute_id = taken(world)
    silent(world)
    closed(world, dispute_id, won=False)
    a_day_later(world)
    return order, dispute_id


def test_an_old_reversal_of_a_refund_waits_for_people_and_is_no_debt(world, parked):
    reversal = refund_of(world, parked).reversal

    assert (reversal.state, reversal.reason) == (IntentState.PARKED, KEY_TOO_OLD)
    assert owed(world, parked) == 0
    assert reversal.intent_id in [each.intent_id for each in world.services.intent_desk.page("parked", None, 9).items]
    assert world.services.sweep.stuck().parked == 1


def test_the_buyer_does_not_wait_for_what_people_decide_of_the_seller(world, parked):
    view = refund_of(world, parked)

    assert (view.leg.state, view.state) == (IntentState.DONE, "done")
    assert refund_to_wire(view, BUYER).unknown_since is None
    assert refunds(world) == [PART]


def test_a_key_that_was_never_sent_is_not_too_old(world, parked):
    leg = refund_of(world, parked).leg

    assert leg.let_go_at - leg.created_at >= SAME_KEY_FOR


def test_a_refund_that_was_asked_for_a_day_ago_is_not_sent_again_with_its_old_key(world, trade):
    order = released(world, trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=1_000)
    asked(world, order)

    a_day_later(world)

    view = refund_of(world, order)
    assert (view.reversal.state, view.leg.state, view.leg.reason) == ("done", "parked", KEY_TOO_OLD)
    assert refunds(world) == []


def test_an_old_reversal_that_was_made_is_adopted(world, trade):
    order = released(world, trade)
    before = at_stripe(world, order)
    silent(world, "answer_lost")
    unseen(world)
    asked(world, order)

    a_day_later(world)

    assert refund_of(world, order).reversal.state is IntentState.DONE
    assert (at_stripe(world, order), owed(world, order)) == (before - TAKEN_BACK, 0)
    assert refunds(world) == [PART]


def test_two_people_have_it_sent_again_and_it_is_taken_once(world, parked, finance):
    before = at_stripe(world, parked)
    world.clock.advance(minutes=3)

    agree(world, RETRY, refund_of(world, parked).reversal.intent_id, finance)

    assert refund_of(world, parked).reversal.state is IntentState.DONE
    assert (at_stripe(world, parked), owed(world, parked)) == (before - TAKEN_BACK, 0)
    assert refunds(world) == [PART]
    assert seller_account(parked.seller_id) not in booked(world, parked)


def test_two_people_close_it_and_the_seller_owes_what_it_did_not_bring(world, parked, finance):
    before = at_stripe(world, parked)
    world.clock.advance(minutes=3)

    agree(world, CLOSE, refund_of(world, parked).reversal.intent_id, finance)

    view = refund_of(world, parked)
    assert (view.reversal.state, view.debt_minor) == (IntentState.CLOSED, TAKEN_BACK)
    assert (at_stripe(world, parked), owed(world, parked)) == (before, TAKEN_BACK)
    assert refunds(world) == [PART]
    assert seller_account(parked.seller_id) not in booked(world, parked)
    assert world.services.unclaimed.page(None, 5).items == ()


def test_what_two_people_close_is_adopted_when_stripe_shows_it_after_all(world, parked, finance):
    reversal = refund_of(world, parked).reversal
    world.services.stripe.reverse(reversal, transfer_id=reversal.facts["transfer_id"])
    world.clock.advance(minutes=3)

    agree(world, CLOSE, reversal.intent_id, finance)

    assert refund_of(world, parked).reversal.state is IntentState.DONE
    assert owed(world, parked) == 0


def test_goodwill_that_could_become_too_large_a_debt_waits_for_people_too(world, goodwill_parked, finance):
    view = refund_of(world, goodwill_parked)

    world.clock.advance(minutes=3)
    agree(world, CLOSE, view.reversal.intent_id, finance)
    before = refunds(world)
    agree(world, RETRY, view.leg.intent_id, finance)

    assert (view.reversal.reason, view.leg.reason) == (KEY_TOO_OLD, SELLER_OWES_TOO_MUCH)
    assert (before, refunds(world)) == ([], [PRICE])


def test_an_old_reversal_of_a_lost_chargeback_waits_for_people_and_holds_the_balance(world, loss_parked):
    order, dispute_id = loss_parked
    reversal = world.services.payment_store.intent(reversal_leg_id(order.order_id, dispute_id))

    assert (reversal.state, reversal.reason) == (IntentState.PARKED, KEY_TOO_OLD)
    assert owed(world, order) == order.commission_minor
    assert chargeback_holds(world, order) == [reversal.amount_minor]


@pytest.mark.parametrize(("kind", "ends", "left", "owes"), [(RETRY, "done", 0, 800), (CLOSE, "closed", 9_200, 10_000)])
def test_people_decide_it_and_its_hold_ends(world, loss_parked, finance, kind, ends, left, owes):
    order, dispute_id = loss_parked
    intent_id = reversal_leg_id(order.order_id, dispute_id)
    world.clock.advance(minutes=3)

    agree(world, kind, intent_id, finance)

    assert world.services.payment_store.intent(intent_id).state == ends
    assert (at_stripe(world, order), owed(world, order)) == (left, owes)
    assert chargeback_holds(world, order) == []
    assert seller_account(order.seller_id) not in booked(world, order)


def test_a_win_waits_until_people_have_decided_the_reversal(world, loss_parked, finance):
    order, dispute_id = loss_parked
    world.stripe.overturn_dispute(dispute_id)

    with pytest.raises(Unavailable):
        world.services.chargebacks.follow(dispute_id)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, reversal_leg_id(order.order_id, dispute_id), finance)
    world.services.chargebacks.follow(dispute_id)
    world.drain()

    assert (at_stripe(world, order), owed(world, order)) == (9_200, 0)


def test_a_parked_reversal_without_its_hold_is_a_violation(world, loss_parked):
    view = world.view()

    assert "B1" in {each.rule for each in check(replace(view, payout_holds=()))}


def test_a_refund_is_covered_by_its_parked_reversal_and_by_nothing_else(world, parked):
    view = world.view()
    forgotten = [each for each in view.intents if each.state is not IntentState.PARKED]

    assert "M4" not in {each.rule for each in check(view)}
    assert "M4" in {each.rule for each in check(replace(view, intents=forgotten))}


def test_a_refund_is_covered_while_its_reversal_is_sent_again(world, parked, finance):
    silent(world)
    world.clock.advance(minutes=3)

    agree(world, RETRY, refund_of(world, parked).reversal.intent_id, finance)

    view = world.view()
    a_day_later(world)
    assert IntentState.OPEN in {each.state for each in view.intents}
    assert "M4" not in {each.rule for each in check(view)}


def test_a_buyer_who_was_paid_is_not_told_that_it_is_still_being_taken_back(world, parked, finance):
    silent(world)
    world.clock.advance(minutes=3)

    agree(world, RETRY, refund_of(world, parked).reversal.intent_id, finance)

    view = refund_of(world, parked)
    a_day_later(world)
    assert (view.reversal.state, view.state) == (IntentState.OPEN, "done")


def test_a_reversal_that_stripe_has_after_all_covers_its_refund_once(world, parked, finance):
    reversal = refund_of(world, parked).reversal
    world.services.stripe.reverse(reversal, transfer_id=reversal.facts["transfer_id"])
    world.clock.advance(minutes=3)

    view = world.view()
    agree(world, CLOSE, reversal.intent_id, finance)

    [released_by] = [each for each in view.stripe if each.kind == "transfer"]
    second = replace(released_by, object_id="tr_again", amount_minor=1)

    assert "M4" not in {each.rule for each in check(view)}
    assert "M4" in {each.rule for each in check(replace(view, stripe=[*view.stripe, second]))}


def test_a_refund_that_people_sent_is_not_stopped_when_its_reversal_is_refused_after_it(
    world, trade, goodwill_parked, finance
):
    order = goodwill_parked
    pay_out(trade, order)
    view = refund_of(world, order)
    for method, fault in (("POST", "answer_lost"), ("GET", "error_500")):
        world.stripe.inject(fault=fault, method=method, path_prefix="/v1/refunds", times=1_000)

    for intent in (view.leg, view.reversal):
        agree(world, RETRY, intent.intent_id, finance)
    world.stripe.faults.clear()
    world.sweep()

    after = refund_of(world, order)
    assert (after.reversal.state, after.leg.state) == (IntentState.CLOSED, IntentState.DONE)
    assert refunds(world) == [PRICE]


def test_the_refund_waits_no_longer_than_its_reversal_is_open(world, trade):
    order = released(world, trade)
    silent(world)
    asked(world, order)
    world.clock.advance(hours=22)
    world.services.sweep.run()
    before = refunds(world)
    world.stripe.faults.clear()

    world.sweep()

    leg = world.services.payment_store.intent(refund_leg_id(order.order_id, refund_of(world, order).refund.refund_id))
    assert (before, refunds(world), leg.state) == ([], [PART], IntentState.DONE)
