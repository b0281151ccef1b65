"""A bank account that is added and removed again."""

from tests.crash.payout_deeds import account_of, released
from tests.unit.meanwhile import Then, delivered
from tests.unit.payouts.test_stale_banks import at_stripe, noted


def test_banks_that_are_as_before_again_are_noted_so(trade):
    order = released(trade)
    world = trade.world
    account = account_of(trade, order)
    world.drain()
    with world.stripe.workplace.unit():
        had = [dict(b) for b in world.stripe._editable("account", account).data["external_accounts"]["data"]]
    world.stripe.change_banks(account, currencies=["usd", "eur"])
    slow = world.new_services().banking

    def back():
        with world.stripe.workplace.unit():
            world.stripe._editable("account", account).data["external_accounts"]["data"] = had
        world.drain()

    slow._stripe = Then(slow._stripe, "banks", back)
    delivered(slow.follow, account)
    world.drain()
    world.sweep()

    assert noted(trade, order) == at_stripe(trade, order)
