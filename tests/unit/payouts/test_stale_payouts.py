"""A payout that failed is the balance's again, whatever another process had seen of it and recorded meanwhile."""

from marketplace.audit.invariants import check
from marketplace.payouts.model import PayoutState
from tests.crash.payout_deeds import ARRIVAL, account_of, due
from tests.unit.meanwhile import Earlier, Then, delivered
from tests.unit.payouts.test_payouts import parked_although_sent, payouts_of


def test_a_payout_that_failed_while_its_arrival_was_recorded_comes_back(trade):
    order = due(trade)
    account, world = account_of(trade, order), trade.world
    trade.services.payout_run.run()
    world.drain()
    payout = payouts_of(trade, order)[0]
    world.clock.advance(seconds=ARRIVAL.total_seconds())
    world.stripe.tick()
    earlier = trade.services.stripe_payouts.read(account, payout.stripe_payout_id)
    looks, told = world.new_services().payout_desk, world.new_services().payout_desk
    looks._stripe = Earlier(looks._stripe, "read", earlier)
    world.stripe.fail_payout(payout.stripe_payout_id)
    told._purses = Then(told._purses, "purse", lambda: looks.bring_on(payout))

    delivered(told.told, account, payout.stripe_payout_id)

    days_later(trade)

    assert earlier.status == "paid"
    assert payouts_of(trade, order)[-1].state is PayoutState.FAILED
    assert list(check(world.view())) == []


def test_a_payout_that_failed_while_it_was_found_and_its_arrival_recorded_comes_back(trade):
    order, payout = parked_although_sent(trade)
    account, world = payout.stripe_account_id, trade.world
    sent = trade.services.stripe_payouts.create(payout)
    world.clock.advance(seconds=ARRIVAL.total_seconds())
    world.stripe.tick()
    looks, told = world.new_services().payout_desk, world.new_services().payout_desk
    looks._stripe = Earlier(looks._stripe, "read", trade.services.stripe_payouts.read(account, sent.stripe_payout_id))
    world.stripe.fail_payout(sent.stripe_payout_id)
    told._payouts = Then(told._payouts, "payout", lambda: looks.told(account, sent.stripe_payout_id))

    delivered(told.told, account, sent.stripe_payout_id)
    days_later(trade)

    assert payouts_of(trade, order)[-1].state is PayoutState.FAILED
    assert list(check(world.view())) == []


def days_later(trade):
    """Nobody is told of it again, and time and the sweeps pass."""
    world = trade.world
    world.stripe.webhooks.flush(lambda *_: 200)
    for _ in range(3):
        world.clock.advance(days=2)
        world.sweep()
        trade.services.payout_run.run()
