"""A service in parts is bought once: no part is nothing, and its commission is one."""

import pytest

from marketplace.catalog.model import PRICE_MIN_MINOR, ListingIncomplete
from marketplace.catalog.promises import SERVICE, Milestone, Promises
from marketplace.fees.model import Rule
from marketplace.orders.cart import Wanted


def in_parts(*percents):
    return Promises(SERVICE, milestones=tuple(Milestone(f"part {p}", p, day) for day, p in enumerate(percents, 1)))


def quote(trade, listing):
    return trade.services.checkout.quote(trade.person("Buyer"), [Wanted(listing.listing_id, 1)])


@pytest.mark.parametrize(("price_minor", "percents"), [(50, (1, 1, 98)), (99, (50, 50)), (4_900, (1, 99))])
def test_a_service_is_not_published_with_a_part_too_small_to_charge(trade, price_minor, percents):
    with pytest.raises(ListingIncomplete) as refused:
        trade.listing(trade.seller(), price_minor=price_minor, promises=in_parts(*percents))

    assert refused.value.fields == {"promises.milestones": f"each_at_least_{PRICE_MIN_MINOR}"}


def test_a_service_whose_smallest_part_can_just_be_charged_is_published(trade):
    listing = trade.listing(trade.seller(), price_minor=5_000, promises=in_parts(1, 99))

    assert [share.total_minor for share in quote(trade, listing).shares] == [50, 4_950]


@pytest.mark.parametrize("percents", [(25, 25, 25, 25), (33, 33, 34), (1, 1, 98)])
@pytest.mark.parametrize(
    "amounts", [{"fixed_minor": {"eur": 101}}, {"min_minor": {"eur": 700}}, {"max_minor": {"eur": 7}}]
)
def test_the_commission_on_a_service_in_parts_is_that_on_the_whole(trade, percents, amounts):
    seller_id = trade.seller()
    percent_bps = 500 if "fixed_minor" not in amounts else 0
    rule = Rule("agreed", percent_bps, seller_id=seller_id, **amounts)
    trade.services.transactions.commit(trade.services.fees.agree(seller_id, rule, "agr_1"))

    whole = quote(trade, trade.listing(seller_id, promises=Promises(SERVICE)))
    parts = quote(trade, trade.listing(seller_id, promises=in_parts(*percents)))

    assert sum(share.commission_minor for share in parts.shares) == whole.shares[0].commission_minor
    assert all(share.seller_receives_minor >= 0 for share in parts.shares)
