"""A payout that Stripe shows while people give it back."""

from tests.unit.meanwhile import Then, delivered
from tests.unit.payouts.test_payouts import LEFT_AFTER_ALL, parked_although_sent


def test_a_payout_that_left_after_all_is_seen_while_it_is_given_back(trade):
    order, payout = parked_although_sent(trade)
    services = trade.services
    given_back = services.payout_desk.give_back(payout, "returned_by_hand")
    sent = services.stripe_payouts.create(payout)
    told = trade.world.new_services().payout_desk
    told._payouts = Then(told._payouts, "payout", lambda: services.transactions.commit(given_back))

    delivered(told.told, payout.stripe_account_id, sent.stripe_payout_id)

    stop = services.switch.stopped_for(order.seller_id, order.currency)
    assert stop is not None
    assert stop.cause == LEFT_AFTER_ALL
