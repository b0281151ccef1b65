"""A seller whom Stripe stopped sells nothing more, whatever is still on the shelf."""

import botocore.session
import pytest

from marketplace.catalog.model import LIVE
from marketplace.orders.cart import CurrencyNotPayable, SellerNotSelling, Wanted


@pytest.fixture
def stopped(world, trade):
    """A live listing of a seller whom Stripe asks for more."""
    listing = trade.listing(trade.seller())
    profile = trade.services.sellers.of(listing.seller_id)
    world.stripe.finish_onboarding(profile.stripe_account_id, currently_due=["individual.verification.document"])
    world.drain()
    assert not trade.services.sellers.of(listing.seller_id).active
    assert trade.services.listing_store.read(listing.listing_id).state == LIVE
    return listing


def test_nobody_pays_for_what_a_stopped_seller_has_on_the_shelf(trade, stopped):
    with pytest.raises(SellerNotSelling):
        trade.place(trade.person(), (stopped, 1))


def test_a_quote_says_so_before_anybody_tries(trade, stopped):
    with pytest.raises(SellerNotSelling):
        trade.services.checkout.quote(trade.person(), [Wanted(stopped.listing_id, 1)])


def test_other_sellers_of_the_same_shelf_go_on(trade, stopped):
    placed = trade.place(trade.person(), (trade.listing(trade.seller()), 1))

    assert placed.stripe is not None


@pytest.mark.parametrize("mark", ["suspended", "selling_suspended", "locked"])
def test_nobody_pays_for_what_a_barred_seller_has_on_the_shelf(world, trade, mark):
    listing = trade.listing(trade.seller())
    key = {"pk": {"S": listing.seller_id}, "sk": {"S": "account"}}
    botocore.session.get_session().create_client("dynamodb", region_name="eu-west-1").update_item(
        TableName="aval-local-accounts",
        Key=key,
        UpdateExpression=f"SET {mark} = :yes",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )

    with pytest.raises(SellerNotSelling):
        trade.place(trade.person(), (listing, 1))


def test_nobody_pays_a_seller_in_a_currency_that_their_bank_does_not_take(world, trade):
    listing = trade.listing(trade.seller(), currency="usd")
    profile = trade.services.sellers.of(listing.seller_id)
    world.stripe.change_banks(profile.stripe_account_id, currencies=["eur"])
    world.drain()

    with pytest.raises(CurrencyNotPayable) as refused:
        trade.place(trade.person(), (listing, 1))

    assert refused.value.fields == {"lines[0]": "currency_not_payable"}
    assert world.view().orders == []
