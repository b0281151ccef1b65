"""Receipts and earnings over whole trades: every amount comes from the books and is what moved at Stripe."""

from dataclasses import replace

import pytest

from marketplace.orders.model import BUYER, SELLER, OrderMissing
from marketplace.statements.page import STYLE, render
from tests.functions.story import BUYER as BUYER_ID
from tests.functions.story import ORDER, STRANGER, Story, bring_to
from tests.functions.story import SELLER as SELLER_ID

STATES = [
    "awaiting_payment",
    "paid",
    "shipped",
    "delivered",
    "disputed",
    "charged_back",
    "released",
    "refunded",
    "split",
    "cancelled",
    "lost_to_chargeback",
]


@pytest.fixture
def taxed(world):
    """A shop of a marketplace that is registered for VAT in the sellers' country."""
    story = Story(world)
    world.settings = replace(world.settings, vat_country="ES")
    world.restart()
    return story


def at_stripe(story, kind: str, field: str = "amount") -> int:
    return sum(each[field] for each in story.world.stripe.objects(kind))


@pytest.mark.parametrize("state", STATES)
def test_a_receipt_sums_to_what_the_buyer_paid_at_stripe(taxed, state):
    bring_to(taxed, state)

    sheet = taxed.services.statements.receipt(ORDER, BUYER_ID)

    charged = sum(each["amount"] for each in taxed.world.stripe.objects("charge") if each["status"] == "succeeded")
    withdrawn = sum(each["amount"] for each in taxed.world.stripe.objects("dispute"))
    assert sheet.account.total_minor == charged - at_stripe(taxed, "refund") - withdrawn
    assert sheet.role == BUYER


@pytest.mark.parametrize("state", STATES)
def test_an_earning_sums_to_what_the_seller_got_at_stripe(taxed, state):
    bring_to(taxed, state)

    sheet = taxed.services.statements.earning(ORDER, SELLER_ID)

    assert sheet.account.settled_minor == at_stripe(taxed, "transfer")
    assert sheet.account.open_minor == 0
    assert sheet.role == SELLER


def test_the_seller_sees_price_commission_and_vat_apart(taxed):
    bring_to(taxed, "released")

    sheet = taxed.services.statements.earning(ORDER, SELLER_ID)

    assert [(each.fact, each.amount_minor) for each in sheet.account.entries] == [
        ("release", 12_000),
        ("commission", -960),
        ("commission_vat", -202),
    ]
    assert sheet.account.entries[1].clause == "2026-11.trader"
    assert sheet.account.entries[2].clause == "domestic"
    assert [each.fact for each in sheet.account.settled] == ["transfer"]
    assert sheet.account.settled_minor == 12_000 - 960 - 202


def test_a_split_takes_the_commission_and_its_vat_in_proportion(taxed):
    bring_to(taxed, "split")

    sheet = taxed.services.statements.earning(ORDER, SELLER_ID)

    assert [each.amount_minor for each in sheet.account.entries] == [9_000, -720, -152]


def test_a_receipt_says_what_is_still_held_and_what_comes_next(taxed):
    bring_to(taxed, "shipped")

    sheet = taxed.services.statements.receipt(ORDER, BUYER_ID)

    assert (sheet.account.total_minor, sheet.held_minor) == (12_000, 12_000)
    assert sheet.next[0].at > sheet.read_at


@pytest.mark.parametrize(
    ("what", "who"), [("receipt", SELLER_ID), ("earning", BUYER_ID), ("receipt", STRANGER), ("earning", STRANGER)]
)
def test_a_sheet_is_for_its_own_side_alone(taxed, what, who):
    bring_to(taxed, "paid")

    with pytest.raises(OrderMissing):
        getattr(taxed.services.statements, what)(ORDER, who)


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_a_page_needs_nothing_from_elsewhere(taxed, state, locale):
    bring_to(taxed, state)

    for sheet in (
        taxed.services.statements.receipt(ORDER, BUYER_ID),
        taxed.services.statements.earning(ORDER, SELLER_ID),
    ):
        page = render(sheet, locale)

        assert f'<html lang="{locale}">' in page
        assert STYLE in page
        assert not [each for each in ("http", "<script", "url(") if each in page]
