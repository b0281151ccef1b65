"""Pricing a cart: pure rules, each with its last good and its first bad case."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.model import DRAFT, LIVE, WITHDRAWN, Listing, ListingNotAvailable, OutOfStock
from marketplace.fees.charging import Pricing
from marketplace.fees.model import SellerFacts, Terms
from marketplace.fees.schedule import SCHEDULES
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.orders.cart import CartInvalid, OwnListing, Wanted, check_lines, price
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX, SELLERS_MAX

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PLAIN = Listing(
    "lst_1", "acc_1", "trader", "Bike", "Used.", "sports", 10_000, "eur", 5, LIVE, "en", (), 1, NOW, NOW, NOW
)


def on_sale(*found: Listing) -> dict[str, Listing]:
    return {each.listing_id: each for each in found}


def priced(lines, listings, buyer: str = "acc_buyer"):
    sellers = {each.seller_id for each in listings.values()}
    facts = {seller_id: SellerFacts(Terms(seller_id), "trader", "ES") for seller_id in sellers}
    pricing = Pricing(SCHEDULES[0], facts, "ES", NOW)
    return price(buyer, [Wanted(*line) for line in lines], listings, pricing, NOW)


def many(count: int, **said) -> dict[str, Listing]:
    return on_sale(*(replace(PLAIN, listing_id=f"lst_{n}", seller_id=f"acc_{n}", **said) for n in range(count)))


@pytest.mark.parametrize(("count", "good"), [(0, False), (1, True), (LINES_MAX, True), (LINES_MAX + 1, False)])
def test_a_cart_has_so_many_lines(count, good):
    lines = [Wanted(f"lst_{number}", 1) for number in range(count)]
    if good:
        check_lines(lines)
    else:
        with pytest.raises(CartInvalid):
            check_lines(lines)


@pytest.mark.parametrize("quantity", [-1, 0, QUANTITY_MAX + 1])
def test_a_bad_quantity_is_named_by_its_place(quantity):
    with pytest.raises(CartInvalid) as refused:
        check_lines([Wanted("lst_1", 1), Wanted("lst_2", quantity)])

    assert list(refused.value.fields) == ["lines[1].quantity"]


def test_a_listing_stands_in_one_line_only():
    with pytest.raises(CartInvalid):
        check_lines([Wanted("lst_1", 1), Wanted("lst_1", 2)])


@pytest.mark.parametrize("state", [DRAFT, WITHDRAWN])
def test_only_what_is_live_has_a_price(state):
    with pytest.raises(ListingNotAvailable):
        priced([("lst_1", 1)], on_sale(replace(PLAIN, state=state)))
    with pytest.raises(ListingNotAvailable):
        priced([("lst_never", 1)], on_sale(PLAIN))


def test_no_more_than_there_is_has_a_price():
    assert priced([("lst_1", 5)], on_sale(PLAIN)).total_minor == 50_000
    with pytest.raises(OutOfStock) as refused:
        priced([("lst_1", 6)], on_sale(PLAIN))
    assert refused.value.facts["left"] == 5


def test_nobody_buys_from_themselves():
    with pytest.raises(OwnListing):
        priced([("lst_1", 1)], on_sale(PLAIN), buyer="acc_1")


def test_one_cart_is_of_one_currency():
    listings = many(2)
    listings["lst_1"] = replace(listings["lst_1"], currency="gbp")

    with pytest.raises(CartInvalid):
        priced([("lst_0", 1), ("lst_1", 1)], listings)


@pytest.mark.parametrize(("count", "good"), [(SELLERS_MAX, True), (SELLERS_MAX + 1, False)])
def test_a_cart_has_so_many_sellers(count, good):
    lines = [(f"lst_{number}", 1) for number in range(count)]
    if good:
        assert len(priced(lines, many(count)).shares) == count
    else:
        with pytest.raises(CartInvalid):
            priced(lines, many(count))


@pytest.mark.parametrize(("extra", "good"), [(0, True), (1, False)])
def test_a_cart_costs_at_most_what_stripe_takes(extra, good):
    listings = many(2, price_minor=AMOUNT_MAX_MINOR - 100)
    listings["lst_1"] = replace(listings["lst_1"], price_minor=100 + extra)
    lines = [("lst_0", 1), ("lst_1", 1)]
    if good:
        assert priced(lines, listings).total_minor == AMOUNT_MAX_MINOR
    else:
        with pytest.raises(CartInvalid):
            priced(lines, listings)


@given(st.lists(st.tuples(st.integers(50, 90_000), st.integers(1, 9), st.integers(0, 3)), min_size=1, max_size=12))
def test_shares_sum_to_the_total_and_every_line_is_in_exactly_one(parts):
    listings = on_sale(
        *(
            replace(PLAIN, listing_id=f"lst_{place}", seller_id=f"acc_{seller}", price_minor=amount, stock=9)
            for place, (amount, _, seller) in enumerate(parts)
        )
    )

    cart = priced([(f"lst_{place}", quantity) for place, (_, quantity, _) in enumerate(parts)], listings)

    assert cart.total_minor == sum(amount * quantity for amount, quantity, _ in parts)
    assert cart.total_minor == sum(share.total_minor for share in cart.shares)
    assert sorted(line.listing_id for share in cart.shares for line in share.lines) == sorted(listings)
    assert all(0 <= share.seller_receives_minor <= share.total_minor for share in cart.shares)
