"""A payout on its way: found without being told, told to its seller, and left alone where nothing is left to do."""

from dataclasses import replace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.notifications.wire import shown
from marketplace.payouts.desk import LOOK_EVERY
from marketplace.payouts.model import Cause, PayoutState
from marketplace.payouts.payout_store import LOOK_AGAIN_AFTER
from marketplace.payouts.schedule import DAILY, after_failure, interval_of
from marketplace.payouts.schedule import next_date as schedule_date
from marketplace.payouts.switch import EVERYTHING
from tests.crash.payout_deeds import (
    account_of,
    arrive,
    due,
    next_date,
    pay_out,
    refused_by_bank,
    second,
    sent_to_bank,
)
from tests.unit.meanwhile import Earlier, Then
from tests.unit.payouts.test_later_holds import after, begin, hold, resume, stop
from tests.unit.payouts.test_payouts import causes, payouts_of, purse_of


def in_silence(world):
    """Stripe tells nobody of what happened."""
    world.stripe.tick()
    world.stripe.webhooks.flush(lambda *_: 200)


def stand(trade, order):
    """Return a seller's whole balance, and what stands about all their payouts."""
    return trade.world.dynamo.snapshot_items("aval-local-payouts"), trade.world.stripe.objects(
        "payout", account_of(trade, order)
    )


def inbox(trade, order):
    found = trade.services.notifications.page(order.seller_id, None, 50).items
    return [shown(each, "en") for each in found]


def standing_of(trade, order):
    return trade.services.payout_table.purse(order.seller_id, order.currency)[1]


def test_an_arrival_of_which_nobody_told_is_found_a_day_after_its_date(trade):
    order = sent_to_bank(trade)
    [payout] = payouts_of(trade, order)
    trade.world.clock.set(payout.arrives_at)
    in_silence(trade.world)
    early = trade.services.payout_run.run().looked

    trade.world.clock.set(payout.arrives_at + LOOK_AGAIN_AFTER)
    looked = trade.services.payout_run.run().looked

    assert (early, looked) == (0, 1)
    assert after(trade.world, payout).state is PayoutState.PAID


def test_what_is_late_is_looked_at_twice_a_day(trade):
    order = sent_to_bank(trade)
    [payout] = payouts_of(trade, order)
    real = trade.services.payout_desk._stripe
    trade.services.payout_desk._stripe = looks = Late(
        real, real.read(payout.stripe_account_id, payout.stripe_payout_id)
    )

    trade.world.clock.set(payout.arrives_at + LOOK_AGAIN_AFTER)
    for _ in range(2):
        trade.services.payout_run.run()
    at_first = looks.reads
    trade.world.clock.advance(seconds=LOOK_EVERY.total_seconds() - 1)
    trade.services.payout_run.run()
    just_before = looks.reads
    trade.world.clock.advance(seconds=1)
    trade.services.payout_run.run()

    assert (at_first, just_before, looks.reads) == (1, 1, 2)
    assert after(trade.world, payout).state is PayoutState.IN_TRANSIT
    arrive(trade)


@pytest.mark.parametrize("state", [PayoutState.PAID, PayoutState.FAILED, PayoutState.PARKED])
def test_nothing_is_left_to_do_of_what_arrived_came_back_or_waits_for_a_person(trade, state):
    order = refused_by_bank(trade) if state is PayoutState.FAILED else due(trade)
    if state is PayoutState.PARKED:
        payout = begin(trade.world, order)
        trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
        trade.world.clock.advance(hours=24)
        trade.services.payout_run.run()
    else:
        pay_out(trade, order)
    [payout] = payouts_of(trade, order)
    before = stand(trade, order)
    trade.services.payout_desk._stripe = None  # Stripe is not asked

    assert payout.state is state
    assert trade.services.payout_desk.bring_on(payout) == payout
    assert state is PayoutState.PARKED or trade.services.payout_desk.look_up(payout) == payout
    assert stand(trade, order) == before


def test_what_failed_at_stripe_before_it_was_found_comes_back_at_once(trade):
    order, stripe = due(trade), trade.world.stripe
    stripe.inject(fault="answer_lost", method="POST", path_prefix="/v1/payouts", times=2)
    stripe.inject(fault="error_500", method="GET", path_prefix="/v1/payouts", times=2)
    trade.services.payout_run.run()
    stripe.faults.clear()
    [at_stripe] = stripe.objects("payout", account_of(trade, order))
    stripe.fail_payout(at_stripe["id"])
    in_silence(trade.world)
    [payout] = payouts_of(trade, order)
    trade.world.clock.advance(hours=24)  # its key is repeated no more: Stripe's answer to that would be the first one

    found = trade.services.payout_desk.bring_on(payout)

    assert payout.state is PayoutState.OPEN
    assert (found.state, found.stripe_payout_id) == (PayoutState.FAILED, at_stripe["id"])
    assert purse_of(trade, order).in_transit_minor == 0


def test_a_seller_is_told_once_that_the_money_arrived(trade):
    order = due(trade)

    pay_out(trade, order)

    [payout] = payouts_of(trade, order)
    [told] = [each for each in inbox(trade, order) if "We paid out" in each.title]
    assert f"{payout.amount_minor / 100:.2f}" in told.title


def test_a_seller_is_told_why_the_bank_said_no_and_when_it_is_tried_again(trade):
    order = refused_by_bank(trade)

    pay_out(trade, order)

    [payout] = payouts_of(trade, order)
    [told] = [each for each in inbox(trade, order) if "did not take" in each.title]
    [mail] = [each for each in trade.world.mails if "no aceptó" in each.subject]
    again = purse_of(trade, order).due_at
    standing = standing_of(trade, order)
    assert (payout.reason, standing.failures) == ("account_closed", 1)
    assert again == after_failure(interval_of(standing, payout.ended_at), 1, payout.ended_at)
    assert "The bank account was closed." in told.body
    assert str(again.day) in told.body
    assert "La cuenta bancaria está cerrada." in mail.body


def test_nobody_is_told_of_a_refusal_when_a_hold_came_before_the_call(trade):
    order = due(trade)
    payout = begin(trade.world, order)
    hold(trade.world, order)

    trade.services.payout_run.run()
    trade.world.drain()

    assert after(trade.world, payout).state is PayoutState.FAILED
    assert not [each for each in inbox(trade, order) if "did not take" in each.title]


def test_what_came_back_for_no_fault_of_the_bank_is_sent_on_the_next_date(trade):
    order = sent_to_bank(trade)
    trade.services.payouts.choose(order.seller_id, DAILY)
    [payout] = payouts_of(trade, order)
    stripe = trade.services.stripe_payouts
    shown_first = replace(stripe.read(payout.stripe_account_id, payout.stripe_payout_id), status="canceled")
    trade.services.payout_desk._stripe = Earlier(stripe, "read", shown_first)

    trade.services.payout_desk.told(payout.stripe_account_id, payout.stripe_payout_id)

    back, standing = after(trade.world, payout), standing_of(trade, order)
    assert (back.reason, standing.failures) == ("canceled", 0)
    assert purse_of(trade, order).due_at == schedule_date(DAILY, back.ended_at)


def test_what_comes_back_late_under_the_bank_s_hold_is_the_balance_s_again(trade):
    order = due(trade)
    pay_out(trade, order)
    [arrived] = payouts_of(trade, order)
    account_id = account_of(trade, order)
    second(trade, order)
    trade.world.stripe.bank_refuses(account_id)
    for _ in range(4):
        trade.world.clock.advance(days=8)
        trade.world.stripe.tick()
        next_date(trade, order)
        pay_out(trade, order)
    before = purse_of(trade, order)
    noted = causes(trade, order)

    trade.world.stripe.fail_payout(arrived.stripe_payout_id)
    trade.world.drain()

    late = after(trade.world, arrived)
    assert Cause.BANK_REFUSED in noted
    assert (arrived.state, late.state) == (PayoutState.PAID, PayoutState.FAILED)
    assert purse_of(trade, order).available_minor == before.available_minor + arrived.amount_minor
    assert standing_of(trade, order).failures == 4


def test_what_an_earlier_call_made_is_adopted_under_a_stop_without_another_call(trade, monkeypatch):
    order = due(trade)
    payout = begin(trade.world, order)
    trade.services.transactions.commit([trade.services.payout_table.let_go(payout, trade.world.clock.now())])
    trade.services.stripe_payouts.create(payout)
    trade.services.switch.stop(EVERYTHING, "manual", "Looks wrong.", by="acc_finance")
    monkeypatch.setattr(trade.services.stripe_payouts, "create", None)  # whoever calls it fails

    found = trade.services.payout_desk.bring_on(after(trade.world, payout))

    assert found.state is PayoutState.IN_TRANSIT
    arrive(trade)


def test_a_payout_whose_holds_move_whenever_it_is_divided_is_tried_again_later(trade):
    order = due(trade)
    payout = begin(trade.world, order)
    letting_go = trade.services.payout_desk._letting_go
    letting_go._held_back = Then(letting_go._held_back, "against", lambda: comes_and_goes(trade, order))
    comes_and_goes(trade, order)

    with pytest.raises(Unavailable):
        trade.services.payout_desk.bring_on(payout)
    still = after(trade.world, payout)
    trade.services.payout_run.run()

    assert (still.state, still.leaves) == (PayoutState.OPEN, 0)
    assert after(trade.world, payout).state is PayoutState.IN_TRANSIT
    arrive(trade)


def comes_and_goes(trade, order):
    """A stop of its order, which changes nothing but the version of the holds."""
    stop(trade.world, f"order:{order.order_id}")
    resume(trade.world, f"order:{order.order_id}")


class Late:
    """Stripe, where a payout stays as it was."""

    def __init__(self, real, found):
        self._real, self._found, self.reads = real, found, 0

    def __getattr__(self, name):
        return getattr(self._real, name)

    def read(self, _account_id, _payout_id):
        self.reads += 1
        return self._found
