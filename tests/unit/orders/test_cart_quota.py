"""One buyer cannot empty the shelves by reserving cart after cart."""

import pytest

from marketplace.accounts.errors import TooManyAttempts
from marketplace.accounts.quotas import CARTS


def test_a_buyer_reserves_a_few_carts_and_no_more_until_time_has_passed(world, trade):
    listing, buyer = trade.listing(trade.seller(), stock=50), trade.person("Buyer")
    for _ in range(CARTS.attempts_max):
        trade.place(buyer, (listing, 1))

    with pytest.raises(TooManyAttempts) as refused:
        trade.place(buyer, (listing, 1))

    left = world.services.listing_store.read(listing.listing_id).stock
    assert left == 50 - CARTS.attempts_max
    assert 0 < refused.value.retry_after_seconds <= CARTS.window_seconds
    world.clock.advance(seconds=refused.value.retry_after_seconds)
    trade.place(buyer, (listing, 1))


def test_one_buyers_carts_do_not_count_against_another(world, trade):
    listing, hoarder = trade.listing(trade.seller(), stock=50), trade.person("Hoarder")
    for _ in range(CARTS.attempts_max):
        trade.place(hoarder, (listing, 1))

    assert trade.place(trade.person("Other"), (listing, 1)).orders


def test_repeating_an_attempt_costs_no_second_cart(world, trade):
    listing, buyer = trade.listing(trade.seller(), stock=50), trade.person("Buyer")

    for _ in range(CARTS.attempts_max + 5):
        trade.place(buyer, (listing, 1), key="the-one-attempt")

    assert world.services.listing_store.read(listing.listing_id).stock == 49
