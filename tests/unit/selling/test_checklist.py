"""The checklist: every line in every state, and the gate that reads it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.model import PRIVATE, TRADER, Account, SellerProfile
from marketplace.selling.checklist import ATTESTED, MISSING, OUTDATED, REFUSED, VERIFIED, checklist
from marketplace.selling.model import (
    CONFIRMED_FOR,
    EU_COUNTRIES,
    ChecklistIncomplete,
    NotATrader,
    TraderData,
    TraderDataInvalid,
)
from tests.fakes.trade import TRADER_DATA

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ACCOUNT = Account("acc_1", "a@aval.example", "A", "es", "hash", NOW, email_verified=True)
APPLIED = SellerProfile("acc_1", "Vega SL", TRADER, "ES", NOW)
ACTIVE = replace(APPLIED, stripe_account_id="acct_1", active=True, activated_at=NOW)
TOLD = TraderData("acc_1", **TRADER_DATA, attested_at=NOW)
ARTICLE_30 = {
    "name",
    "account_email",
    "payment_account",
    "identity",
    "address",
    "phone",
    "contact_email",
    "register",
    "self_certification",
}
OF_A_PRIVATE_SELLER = {"name", "account_email", "payment_account", "identity"}


def status_of(found, name):
    return next(item.status for item in found.items if item.name == name)


def test_the_list_of_article_30_is_required_of_a_trader_in_the_union():
    found = checklist(ACCOUNT, ACTIVE, TOLD, NOW)

    assert {item.name for item in found.items if item.required} == ARTICLE_30
    assert (found.applies, found.complete, found.missing) == ("dsa_article_30", True, ())


def test_a_private_seller_owes_less_and_is_asked_for_nothing_more():
    found = checklist(ACCOUNT, replace(ACTIVE, kind=PRIVATE), None, NOW)

    assert {item.name for item in found.items if item.required} == OF_A_PRIVATE_SELLER
    assert {item.name for item in found.items} == OF_A_PRIVATE_SELLER | {"second_factor"}
    assert found.complete


@pytest.mark.parametrize("country", ["GB", "US", "CH", "NO", "IS", "LI", "CA"])
def test_elsewhere_a_trader_may_say_all_of_it_and_need_not(country):
    found = checklist(ACCOUNT, replace(ACTIVE, country=country), None, NOW)

    assert (found.applies, found.complete) == ("trader_elsewhere", True)
    assert {item.name for item in found.items if item.required} == OF_A_PRIVATE_SELLER


def test_the_union_has_twenty_seven_members():
    assert len(EU_COUNTRIES) == 27


@pytest.mark.parametrize("name", sorted(ARTICLE_30 - OF_A_PRIVATE_SELLER))
def test_what_was_never_said_is_missing_and_says_what_to_do(name):
    found = checklist(ACCOUNT, ACTIVE, None, NOW)
    [item] = [item for item in found.items if item.name == name]

    assert (item.status, item.blocks) == (MISSING, True)
    assert item.todo_en
    assert item.todo_es


@pytest.mark.parametrize(
    ("account", "seller", "expected"),
    [
        (ACCOUNT, APPLIED, (ATTESTED, MISSING, MISSING)),
        (ACCOUNT, ACTIVE, (VERIFIED, VERIFIED, VERIFIED)),
        (ACCOUNT, replace(ACTIVE, active=False), (VERIFIED, REFUSED, MISSING)),
        (replace(ACCOUNT, identity_verified_at=NOW), APPLIED, (ATTESTED, MISSING, VERIFIED)),
        (replace(ACCOUNT, identity_verified_at=NOW), replace(ACTIVE, active=False), (VERIFIED, REFUSED, VERIFIED)),
    ],
)
def test_what_stripe_says_decides_name_payment_account_and_identity(account, seller, expected):
    found = checklist(account, seller, TOLD, NOW)

    assert tuple(status_of(found, name) for name in ("name", "payment_account", "identity")) == expected


@pytest.mark.parametrize(("factor", "expected"), [(None, MISSING), ("sealed", VERIFIED)])
def test_a_second_factor_is_shown_and_blocks_no_listing(factor, expected):
    found = checklist(replace(ACCOUNT, totp_secret=factor), ACTIVE, TOLD, NOW)

    assert status_of(found, "second_factor") == expected
    assert found.complete


@pytest.mark.parametrize(("age", "expected"), [(timedelta(0), ATTESTED), (CONFIRMED_FOR, OUTDATED)])
def test_what_a_trader_said_is_good_for_a_year(age, expected):
    before = checklist(ACCOUNT, ACTIVE, TOLD, NOW + age - timedelta(seconds=1) if age else NOW)
    found = checklist(ACCOUNT, ACTIVE, TOLD, NOW + age)

    assert before.complete
    assert status_of(found, "address") == expected
    assert found.complete == (expected == ATTESTED)
    assert found.confirm_by == NOW + CONFIRMED_FOR


# Through the services


def trader(trade):
    """A trader who said nothing yet."""
    seller_id = trade.person("Trader")
    trade.services.sellers.apply(seller_id, legal_name="Vega SL", kind="trader", country="ES")
    trade.world.stripe.finish_onboarding(trade.services.sellers.of(seller_id).stripe_account_id)
    trade.world.drain()
    return seller_id


def test_a_trader_publishes_once_everything_was_said_and_not_before(trade):
    seller_id = trader(trade)

    with pytest.raises(ChecklistIncomplete) as refused:
        trade.listing(seller_id)
    found = trade.services.traders.declare(seller_id, **TRADER_DATA)

    assert refused.value.facts["missing"] == "address,phone,contact_email,register,self_certification"
    assert found.complete
    assert trade.listing(seller_id).state == "live"


def test_after_a_year_nothing_new_goes_on_sale_until_the_data_is_confirmed(trade):
    seller_id = trade.seller()
    first = trade.listing(seller_id)
    trade.world.clock.advance(days=365)

    with pytest.raises(ChecklistIncomplete):
        trade.listing(seller_id)
    trade.services.traders.declare(seller_id, **TRADER_DATA)

    assert trade.listing(seller_id).state == "live"
    assert trade.services.listing_store.read(first.listing_id).state == "live"


def test_a_private_seller_gives_no_trader_data(trade):
    seller_id = trade.seller("private")

    with pytest.raises(NotATrader):
        trade.services.traders.declare(seller_id, **TRADER_DATA)
    assert trade.services.traders.shown(seller_id, PRIVATE) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "985590000"),
        ("phone", "+0123456789"),
        ("phone", "+34 985 590"[:4]),
        ("register_number", ""),
        ("register_name", ""),
        ("self_certified", False),
        ("street", "Calle\u202e3"),
    ],
)
def test_data_that_cannot_be_right_is_refused_and_not_stored(trade, field, value):
    seller_id = trader(trade)

    with pytest.raises(TraderDataInvalid):
        trade.services.traders.declare(seller_id, **{**TRADER_DATA, field: value})

    assert trade.services.traders.mine(seller_id) is None


def test_a_trader_whom_no_register_must_have_leaves_it_empty(trade):
    found = trade.services.traders.declare(trader(trade), **{**TRADER_DATA, "register_name": "", "register_number": ""})

    assert found.complete


def test_trader_data_is_sealed_at_rest(trade):
    seller_id = trade.seller()

    kept = str(trade.world.dynamo.snapshot_items("aval-local-selling"))

    assert trade.services.traders.shown(seller_id, TRADER).street == TRADER_DATA["street"]
    for name in ("street", "city", "phone", "contact_email", "register_number"):
        assert TRADER_DATA[name] not in kept
