"""The table of limits, and where it is enforced."""

import pytest

from marketplace.accounts.table_store import AccountsItem, change, filled
from marketplace.catalog.model import Edit
from marketplace.kit.money import AMOUNT_MAX_MINOR, CURRENCIES
from marketplace.kit.principal import Idempotency
from marketplace.orders.cart import OwnListing, Wanted
from marketplace.selling.model import Member
from marketplace.selling.store import SellingItem
from marketplace.verification.tiers import (
    LEVELS,
    LIMITS,
    LISTING_PRICE,
    LIVE_LISTINGS,
    OPEN_ORDERS,
    ORDER_TOTAL,
    SellerAtLimit,
    Tier,
    TierLimit,
)
from marketplace.verification.tiers import check as check_limit

MONEY = {"order_total", "listing_price", "in_flight"}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_higher_tier_never_allows_less(limit):
    for currency in CURRENCIES if limit.name in MONEY else ("",):
        found = [limit.at(level.tier, currency) for level in LEVELS]
        bounded = [AMOUNT_MAX_MINOR if most is None else most for most in found]
        assert bounded == sorted(bounded)
        assert min(bounded) > 0


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_limit_speaks_both_languages_and_bounds_every_tier(limit):
    assert limit.en != limit.es
    assert set(limit.most) == set(Tier)


def test_a_currency_without_a_number_is_allowed_nothing():
    with pytest.raises(TierLimit):
        check_limit(ORDER_TOTAL, Tier.EMAIL, 1, "chf")


@pytest.mark.parametrize(
    ("tier", "wanted", "raised_by"),
    [(0, 100_001, "second_factor"), (0, 500_001, "identity"), (1, 500_001, "identity")],
)
def test_a_refusal_names_the_bound_and_the_nearest_tier_that_would_do(tier, wanted, raised_by):
    with pytest.raises(TierLimit) as refused:
        check_limit(ORDER_TOTAL, tier, wanted, "eur")

    assert refused.value.facts["limit"] == "order_total"
    assert refused.value.facts["at_most"] == ORDER_TOTAL.at(tier, "eur")
    assert refused.value.facts["raised_by"] == raised_by


def is_allowed(limit, tier, wanted):
    try:
        check_limit(limit, tier, wanted, "eur")
    except TierLimit:
        return False
    return True


def test_the_bound_itself_is_allowed():
    assert is_allowed(ORDER_TOTAL, Tier.EMAIL, 100_000)
    assert not is_allowed(ORDER_TOTAL, Tier.EMAIL, 100_001)
    assert is_allowed(ORDER_TOTAL, Tier.IDENTITY, AMOUNT_MAX_MINOR)


def verify(trade, account_id):
    services = trade.services
    services.transactions.commit([services.identity_store.mark_verified(account_id, services.clock.now())])
    return account_id


def buy(trade, buyer_id, listing, quantity=1, tier=Tier.EMAIL):
    trade._attempts += 1
    attempt = Idempotency(f"buy-{trade._attempts}", "f")
    return trade.services.checkout.place(buyer_id, [Wanted(listing.listing_id, quantity)], attempt, tier=tier)


def test_a_checkout_stops_at_the_buyers_tier(trade):
    listing = trade.listing(trade.seller(), price_minor=100_001)
    buyer = trade.person()

    with pytest.raises(TierLimit):
        buy(trade, buyer, listing)

    assert buy(trade, buyer, listing, tier=Tier.FACTOR).payment.amount_minor == 100_001
    assert trade.services.listing_store.read(listing.listing_id).stock == 4


def test_orders_under_way_are_bounded_and_ended_ones_are_not_counted(trade, monkeypatch):
    monkeypatch.setitem(OPEN_ORDERS.most, Tier.EMAIL, {"": 2})
    listing = trade.listing(trade.seller(), stock=9)
    buyer = trade.person()
    first, _ = buy(trade, buyer, listing), buy(trade, buyer, listing)

    with pytest.raises(TierLimit) as refused:
        buy(trade, buyer, listing)
    assert refused.value.facts["limit"] == "open_orders"
    stock = trade.services.listing_store.read(listing.listing_id).stock

    trade.world.clock.advance(minutes=16)
    trade.world.sweep()
    assert trade.order(first.orders[0].order_id).state == "cancelled"
    buy(trade, buyer, listing)

    assert stock == 7


def test_a_seller_without_a_verified_identity_has_so_much_under_way_and_no_more(trade):
    seller = trade.seller()
    listing = trade.listing(seller, price_minor=500_000, stock=9)
    buyer = trade.person()
    for _ in range(5):
        buy(trade, buyer, listing, tier=Tier.IDENTITY)

    with pytest.raises(SellerAtLimit):
        buy(trade, buyer, listing, tier=Tier.IDENTITY)

    verify(trade, seller)
    assert buy(trade, buyer, listing, tier=Tier.IDENTITY).orders[0].state == "awaiting_payment"


def test_orders_that_ended_make_room_for_the_seller(trade):
    seller = trade.seller()
    listing = trade.listing(seller, price_minor=500_000, stock=9)
    buyer = trade.person()
    for _ in range(5):
        buy(trade, buyer, listing, tier=Tier.IDENTITY)
    trade.world.clock.advance(minutes=16)
    trade.world.sweep()

    again = buy(trade, buyer, listing, tier=Tier.IDENTITY)

    assert trade.services.selling_store.held("open#seller#eur", seller)[0] == {again.orders[0].order_id}


def test_one_order_larger_than_the_sellers_bound_is_refused_at_once(trade):
    seller = verify(trade, trade.seller())
    listing = trade.listing(seller, price_minor=2_600_000)
    trade.services.transactions.commit([_unverify(seller)])

    with pytest.raises(SellerAtLimit):
        buy(trade, trade.person(), listing, tier=Tier.IDENTITY)


def _unverify(account_id):
    return change(account_id, [AccountsItem.identity_verified_at.remove()])


def test_a_listing_goes_on_sale_up_to_the_price_of_the_sellers_tier(trade):
    seller = trade.seller()
    most = LISTING_PRICE.at(Tier.EMAIL, "eur")

    trade.listing(seller, price_minor=most)
    with pytest.raises(TierLimit):
        trade.listing(seller, price_minor=most + 1)


def test_what_is_on_sale_is_not_made_dearer_than_the_tier_allows(trade):
    seller = trade.seller()
    listing = trade.listing(seller)
    too_much = LISTING_PRICE.at(Tier.EMAIL, "eur") + 1

    with pytest.raises(TierLimit):
        trade.services.catalog.edit_listing(seller, listing.listing_id, Edit(price_minor=too_much))

    assert trade.services.listing_store.read(listing.listing_id).price_minor == 10_000


def test_so_many_listings_are_on_sale_at_once(trade, monkeypatch):
    monkeypatch.setitem(LIVE_LISTINGS.most, Tier.EMAIL, {"": 2})
    seller = trade.seller()
    first, _ = trade.listing(seller), trade.listing(seller)

    with pytest.raises(TierLimit):
        trade.listing(seller)
    trade.services.catalog.withdraw_listing(seller, first.listing_id)
    trade.services.catalog.withdraw_listing(seller, first.listing_id)  # a repeat counts nothing

    trade.services.catalog.publish_listing(seller, first.listing_id)
    trade.services.catalog.publish_listing(seller, first.listing_id)
    with pytest.raises(TierLimit):
        trade.listing(seller)


def test_nobody_buys_from_a_seller_for_whom_they_act(trade):
    seller, helper = trade.seller(), trade.person()
    listing = trade.listing(seller)
    row = Member(seller, helper, "viewer", trade.services.clock.now())
    filled(SellingItem(seller, f"member#{helper}"), row).save()

    with pytest.raises(OwnListing):
        buy(trade, helper, listing)
    with pytest.raises(OwnListing):
        trade.services.checkout.quote(helper, [Wanted(listing.listing_id, 1)])
