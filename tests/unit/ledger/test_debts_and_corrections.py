"""What is given up or collected of debts, booked by Stripe alone, or found for a refund, leg by leg."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.ledger import collected, unclaimed
from marketplace.ledger.stripe_billed import billed, is_stripes_own
from marketplace.ledger.write_off import written_off
from marketplace.payments.movements import INSIDE_STRIPE, Movement
from tests.unit.ledger.test_postings import NOW, ORDER, spelled

OWN = Movement("txn_1", "txn_1", "stripe_fee", -500, 0, "eur", datetime(2026, 11, 1, tzinfo=UTC))


def test_a_debt_that_is_given_up_is_the_platforms_loss():
    booked = written_off("prp_1", "acc_s", "eur", 700, NOW)

    assert spelled(booked) == "prp_1 debt_written_off debt_written_off eur -: bad_debt +700, seller_debt:acc_s -700"


def test_a_debt_that_is_collected_is_paid_out_of_what_an_order_brought():
    booked = collected.taken(ORDER, "debt_2", 300, NOW)
    account, debt = f"seller:{ORDER.seller_id}", f"seller_debt:{ORDER.seller_id}"

    assert spelled(booked) == (
        f"{ORDER.order_id} debt_collected#debt_2 debt_collected {ORDER.currency} -: {account} +300, {debt} -300"
    )
    assert collected.named(booked) == "debt_2"


@pytest.mark.parametrize(
    ("amount_minor", "fee_minor", "booked"),
    [
        (-500, 0, ["txn_1 stripe_billed stripe_billed eur txn_1: stripe -500, stripe_billed +500"]),
        (40, 0, ["txn_1 stripe_billed stripe_billed eur txn_1: stripe +40, stripe_billed -40"]),
        (
            -500,
            7,
            [
                "txn_1 stripe_billed stripe_billed eur txn_1: stripe -500, stripe_billed +500",
                "txn_1 stripe_billed_fee stripe_billed_fee eur txn_1: stripe -7, stripe_fees +7",
            ],
        ),
        (0, 7, ["txn_1 stripe_billed_fee stripe_billed_fee eur txn_1: stripe -7, stripe_fees +7"]),
    ],
)
def test_what_stripe_moves_by_itself_is_booked_as_it_did(amount_minor, fee_minor, booked):
    moved = replace(OWN, amount_minor=amount_minor, fee_minor=fee_minor)

    assert [spelled(each) for each in billed(moved, NOW)] == booked


@pytest.mark.parametrize(
    "ours",
    [
        {"stripe_object": "po_1"},
        {"payment_id": "pay_1"},
        {"order_id": "ord_1"},
        {"kind": "topup"},
        {"kind": min(INSIDE_STRIPE)},
    ],
)
def test_nothing_with_something_of_ours_behind_it_is_stripes_own(ours):
    assert is_stripes_own(OWN)
    assert not is_stripes_own(replace(OWN, **ours))


def test_what_the_owner_pays_a_buyer_outside_is_owed_no_more_and_is_theirs():
    booked = unclaimed.paid_outside("ord_1", "eur", 30, "refund#1", NOW)

    assert spelled(booked) == "ord_1 paid_outside#refund#1 paid_outside eur -: unclaimed +30, owner_capital -30"


def test_what_a_seller_had_not_got_pays_a_refund_first():
    booked = unclaimed.for_refund("ord_1", "eur", 30, "acc_s", "ref_1", NOW)

    assert spelled(booked) == (
        "ord_1 unclaimed_to_refund#ref_1 unclaimed_to_refund eur -: unclaimed +30, seller:acc_s -30"
    )


@pytest.mark.parametrize(
    ("shares", "taken"),
    [
        ((90, 8, 2), "seller:acc_s +90, commission +8, vat_payable +2"),
        ((90, 0, 0), "seller:acc_s +90"),
    ],
)
def test_a_sellers_money_goes_to_the_buyer_with_the_commission_on_it(shares, taken):
    booked = unclaimed.sellers_to_buyer("ord_1", "eur", shares, "acc_s", "t#1", NOW)

    assert spelled(booked) == (
        f"ord_1 sellers_to_buyer#t#1 sellers_to_buyer eur -: {taken}, refund_owed -{sum(shares)}"
    )


@pytest.mark.parametrize(
    ("shares", "given"),
    [
        ((90, 8, 2), "seller:acc_s -90, commission -8, vat_payable -2"),
        ((90, 0, 0), "seller:acc_s -90"),
    ],
)
def test_and_comes_back_to_the_seller_with_the_commission_due_again(shares, given):
    booked = unclaimed.buyers_to_seller("ord_1", "eur", shares, "acc_s", "t#1", NOW)

    assert spelled(booked) == (f"ord_1 buyers_to_seller#t#1 buyers_to_seller eur -: unclaimed +{sum(shares)}, {given}")
