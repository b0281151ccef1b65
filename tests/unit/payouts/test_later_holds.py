"""What comes between a payout's beginning and its call keeps it, as what comes before the beginning does."""

from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payouts.causes import in_words
from marketplace.payouts.desk import HELD_SINCE
from marketplace.payouts.errors import PaymentsStopped, PayoutHeld
from marketplace.payouts.model import Cause, PayoutState
from marketplace.payouts.switch import EVERYTHING
from tests.crash.payout_deeds import arrive, due, next_date, pay_out, second
from tests.unit.payouts.test_payouts import causes, payouts_of, purse_of


def stop(world, scope):
    world.services.switch.stop(scope, "manual", "Looks wrong.", by="acc_finance")


def resume(world, scope):
    writes = world.services.switch.resume(scope, "Fine.", by="acc_finance", approved_by="acc_admin")
    world.services.transactions.commit(writes)


def charge_back(world, order):
    charge_id = world.services.payment_store.read(order.payment_id).charge_id
    dispute = world.stripe.open_dispute(charge_id)
    world.drain()
    return dispute["id"]


def hold(world, order):
    until = world.clock.now() + timedelta(days=5)
    return world.services.payout_decisions.hold(order.seller_id, "A document is missing.", until, by="acc_finance")


def begin(world, order):
    return world.services.paying.begin(order.seller_id, order.currency)


def after(world, payout):
    return world.services.payouts.read(payout.payout_id)


@pytest.mark.parametrize(
    ("keeps", "cause"),
    [
        (lambda world, order: stop(world, f"order:{order.order_id}"), Cause.KILL_SWITCH),
        (charge_back, Cause.CHARGEBACK),
        (hold, Cause.MANUAL),
    ],
    ids=["stop of its order", "chargeback", "hold by hand"],
)
def test_a_payout_begun_before_a_hold_goes_back_and_waits(world, trade, keeps, cause):
    order = due(trade)
    payout = begin(world, order)
    keeps(world, order)

    world.services.payout_run.run()

    assert (after(world, payout).state, after(world, payout).reason) == (PayoutState.FAILED, HELD_SINCE)
    assert world.view().stripe_payouts == []
    assert (causes(trade, order), purse_of(trade, order).in_transit_minor) == ({cause}, 0)


def test_what_a_later_hold_leaves_is_paid_at_once_and_nobody_is_told_of_a_refusal(world, trade):
    order = due(trade)
    second(trade, order)
    world.clock.advance(days=8)
    world.stripe.tick()
    world.drain()
    payout = begin(world, order)
    stop(world, f"order:{order.order_id}")
    mails = len(world.mails)

    pay_out(trade, order)

    [anew, back] = payouts_of(trade, order)
    assert (back.payout_id, back.state) == (payout.payout_id, PayoutState.FAILED)
    assert (anew.state, 0 < anew.amount_minor < payout.amount_minor) == (PayoutState.PAID, True)
    assert not [each for each in world.mails[mails:] if "no aceptó" in each.subject]
    assert in_words(HELD_SINCE, "en") != in_words(HELD_SINCE, "es")


def test_a_hold_that_came_and_went_changes_nothing(world, trade):
    order = due(trade)
    payout = begin(world, order)
    stop(world, f"order:{order.order_id}")
    resume(world, f"order:{order.order_id}")

    world.services.payout_run.run()

    assert after(world, payout).state is PayoutState.IN_TRANSIT
    arrive(trade)


def test_under_a_wider_stop_it_stays_open_and_a_hold_meanwhile_keeps_it_afterwards(world, trade):
    order = due(trade)
    payout = begin(world, order)
    stop(world, EVERYTHING)
    hold(world, order)
    with pytest.raises(PaymentsStopped):
        world.services.payout_desk.bring_on(payout)
    still = after(world, payout).state

    resume(world, EVERYTHING)
    world.services.payout_run.run()

    assert (still, after(world, payout).state) == (PayoutState.OPEN, PayoutState.FAILED)
    assert world.view().stripe_payouts == []


def test_an_account_that_cools_since_is_not_paid(world, trade):
    order = due(trade)
    payout = begin(world, order)
    world.services.transactions.commit(world.services.cooling.begin(order.seller_id, "password"))

    world.services.payout_run.run()

    assert after(world, payout).reason == HELD_SINCE
    assert world.view().stripe_payouts == []


def test_what_may_have_left_before_the_hold_is_looked_up_and_not_given_back(world, trade):
    order = due(trade)
    payout = begin(world, order)
    world.services.transactions.commit([world.services.payout_table.let_go(payout, world.clock.now())])
    hold(world, order)

    with pytest.raises(PayoutHeld):
        world.services.payout_desk.bring_on(after(world, payout))
    waits = after(world, payout)
    world.services.stripe_payouts.create(payout)
    world.services.payout_run.run()

    assert isinstance(PayoutHeld(), Unavailable)
    assert waits.state is PayoutState.OPEN
    assert after(world, payout).state is PayoutState.IN_TRANSIT
    arrive(trade)


def test_who_read_it_before_another_let_it_go_gives_nothing_back(world, trade):
    order = due(trade)
    payout = begin(world, order)
    world.services.transactions.commit([world.services.payout_table.let_go(payout, world.clock.now())])
    hold(world, order)

    with pytest.raises(Unavailable):
        world.services.payout_desk.bring_on(payout)  # as it was before the leave

    assert after(world, payout).state is PayoutState.OPEN
    world.services.stripe_payouts.create(payout)
    world.services.payout_run.run()
    arrive(trade)
    next_date(trade, order)
