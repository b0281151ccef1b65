"""What Stripe says of bank accounts is noted as it stands, whoever asked first, and whatever came meanwhile."""

from marketplace.payouts.model import Cause
from tests.crash.payout_deeds import ARRIVAL, account_of, due, next_date, pay_out, released
from tests.unit.meanwhile import Earlier, Then, delivered
from tests.unit.payouts.test_payouts import causes, payouts_of


def changes(trade, order):
    noted = trade.services.security_log.page(order.seller_id, None, 50).items
    return [each.kind for each in noted].count("payout_account:changed")


def noted(trade, order):
    standing = trade.services.payout_table.standing(order.seller_id)
    return standing.external_mark, standing.settles


def at_stripe(trade, order):
    now = trade.services.stripe_payouts.banks(account_of(trade, order))
    return now.mark, now.currencies


def refused_a_third_time(trade):
    """A payout that their bank has just refused, after two others, and a new account; nobody is told of either."""
    order, stripe = due(trade), trade.world.stripe
    account = account_of(trade, order)
    stripe.bank_refuses(account)
    for _ in range(2):
        pay_out(trade, order)
        next_date(trade, order)
    trade.services.payout_run.run()
    trade.world.drain()
    trade.world.clock.advance(seconds=ARRIVAL.total_seconds())
    stripe.tick()
    stripe.change_banks(account)
    return order, account, payouts_of(trade, order)[0]


def test_an_earlier_answer_does_not_overwrite_a_later_one(trade):
    order = released(trade)
    account = account_of(trade, order)
    trade.world.stripe.change_banks(account, currencies=["eur"])
    slow, fast = trade.world.new_services().banking, trade.world.new_services().banking

    def changed_again():
        trade.world.stripe.change_banks(account, currencies=["usd"])
        delivered(fast.follow, account)

    slow._stripe = Then(slow._stripe, "banks", changed_again)
    delivered(slow.follow, account)

    assert noted(trade, order) == at_stripe(trade, order)


def test_a_later_change_is_noted_though_an_earlier_one_was_committed_meanwhile(trade):
    order = released(trade)
    account = account_of(trade, order)
    trade.world.stripe.change_banks(account, currencies=["eur"])
    first, second = trade.world.new_services().banking, trade.world.new_services().banking
    first._stripe = Earlier(first._stripe, "banks", trade.services.stripe_payouts.banks(account))
    trade.world.stripe.change_banks(account, currencies=["usd"])
    second._cooling = Then(second._cooling, "begin", lambda: delivered(first.follow, account))

    delivered(second.follow, account)

    assert noted(trade, order) == at_stripe(trade, order)
    assert changes(trade, order) == 2


def test_a_refusal_of_the_old_bank_that_is_recorded_meanwhile_does_not_hold_the_new_one(trade):
    order, account, payout = refused_a_third_time(trade)
    banking, desk = trade.world.new_services().banking, trade.world.new_services().payout_desk
    banking._holds = Then(banking._holds, "hold", lambda: desk.told(account, payout.stripe_payout_id))

    delivered(banking.follow, account)
    failed = len([each for each in payouts_of(trade, order) if each.reason])
    trade.world.drain()
    trade.world.clock.advance(hours=72)

    assert failed == 3
    assert Cause.BANK_REFUSED not in causes(trade, order)


def test_a_refusal_that_was_counted_before_the_bank_account_changed_does_not_hold_the_new_one(trade):
    order, account, payout = refused_a_third_time(trade)
    banking, desk = trade.world.new_services().banking, trade.world.new_services().payout_desk
    desk._holds = Then(desk._holds, "hold", lambda: delivered(banking.follow, account))

    delivered(desk.told, account, payout.stripe_payout_id)
    failed = len([each for each in payouts_of(trade, order) if each.reason])
    trade.world.drain()
    trade.world.clock.advance(hours=72)

    assert failed == 3
    assert trade.services.payout_table.standing(order.seller_id).failures == 1
    assert Cause.BANK_REFUSED not in causes(trade, order)
