"""Whether a seller may sell is noted as Stripe says last, whoever asked first."""

import pytest

from tests.unit.meanwhile import Then, delivered


def stripe_says(world, account, *, able):
    world.stripe.finish_onboarding(account, currently_due=[] if able else ["individual.id_number"])


def account_of(trade, seller):
    return trade.services.sellers.of(seller).stripe_account_id


@pytest.fixture
def seller(world, trade):
    """One who sells; all that Stripe told of them was handled."""
    seller = trade.seller()
    world.drain()
    return seller


def may_sell_at_last(world, trade, seller):
    for _ in range(3):
        world.drain()
        world.clock.advance(minutes=2)
        world.sweep()
    return trade.services.sellers.of(seller).active


@pytest.mark.parametrize("able", [True, False])
def test_an_earlier_answer_does_not_overwrite_a_later_one(world, trade, seller, able):
    account = account_of(trade, seller)
    if not able:
        stripe_says(world, account, able=False)
        world.drain()
    stripe_says(world, account, able=not able)
    slow = world.new_services().sellers

    def changed_again():
        stripe_says(world, account, able=able)
        world.drain()

    slow._connect = Then(slow._connect, "read_account", changed_again)
    delivered(slow.stripe_account_updated, account)

    assert may_sell_at_last(world, trade, seller) is able


def test_there_and_back_between_an_answer_and_its_note(world, trade, seller):
    account = account_of(trade, seller)
    stripe_says(world, account, able=False)
    slow = world.new_services().sellers

    def back_again():
        stripe_says(world, account, able=True)
        world.drain()

    slow._accounts = Then(slow._accounts, "seller", back_again)
    delivered(slow.stripe_account_updated, account)

    assert may_sell_at_last(world, trade, seller)


def test_a_note_that_is_refused_is_not_taken_for_the_same_answer(world, trade, seller):
    account = account_of(trade, seller)
    stripe_says(world, account, able=False)
    world.drain()  # noted; now Stripe lets them sell, and hears in between that they may not
    stripe_says(world, account, able=True)
    early, late = world.new_services().sellers, world.new_services().sellers
    early._connect = Then(early._connect, "read_account", lambda: stripe_says(world, account, able=False))

    def overtakes():
        delivered(early.stripe_account_updated, account)
        world.drain()

    stripe_says(world, account, able=True)
    late._accounts = Then(late._accounts, "seller", overtakes)
    delivered(late.stripe_account_updated, account)

    assert not may_sell_at_last(world, trade, seller)
