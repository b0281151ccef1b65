"""What the owner puts in, takes out and pays for, and whose unclaimed money is found to be, leg by leg."""

from datetime import UTC, datetime

import pytest

from marketplace.ledger import unclaimed
from marketplace.ledger.made_good import made_good
from marketplace.ledger.model import HELD
from marketplace.ledger.owner import OWNER_KINDS, is_owners, moved
from marketplace.payments.movements import Movement
from tests.unit.ledger.test_postings import NOW, ORDER, spelled

THEN = datetime(2026, 11, 1, tzinfo=UTC)


def movement(kind: str, amount_minor: int, fee_minor: int = 0) -> Movement:
    return Movement("txn_1", "po_1", kind, amount_minor, fee_minor, "eur", THEN)


@pytest.mark.parametrize(
    ("kind", "amount_minor", "booked"),
    [
        ("topup", 50, "po_1 capital_in#txn_1 capital_in eur po_1: stripe +50, owner_capital -50"),
        (
            "topup_reversal",
            -50,
            "po_1 capital_in_reversed#txn_1 capital_in_reversed eur po_1: stripe -50, owner_capital +50",
        ),
        ("payout", -50, "po_1 capital_out#txn_1 capital_out eur po_1: stripe -50, owner_capital +50"),
        (
            "payout_cancel",
            50,
            "po_1 capital_out_returned#txn_1 capital_out_returned eur po_1: stripe +50, owner_capital -50",
        ),
        (
            "payout_failure",
            50,
            "po_1 capital_out_returned#txn_1 capital_out_returned eur po_1: stripe +50, owner_capital -50",
        ),
    ],
)
def test_what_moves_the_owners_money_is_booked_against_their_capital(kind, amount_minor, booked):
    assert is_owners(movement(kind, amount_minor))
    assert [spelled(each) for each in moved(movement(kind, amount_minor), NOW)] == [booked]


def test_what_stripe_keeps_of_it_is_an_entry_of_its_own():
    whole, kept = moved(movement("payout", -50, 2), NOW)

    assert spelled(whole) == "po_1 capital_out#txn_1 capital_out eur po_1: stripe -50, owner_capital +50"
    assert spelled(kept) == "po_1 capital_out_fee#txn_1 capital_out_fee eur po_1: stripe -2, stripe_fees +2"


def test_nothing_else_is_the_owners():
    assert len(OWNER_KINDS) == 5
    assert not is_owners(movement("charge", 50))


def test_what_the_platform_makes_good_is_owed_to_the_seller():
    assert spelled(made_good(ORDER, 30, NOW)) == "ord_1 made_good made_good jpy -: made_good +30, seller:acc_s -30"


def test_what_waited_is_booked_under_these_names():
    to_buyers = (unclaimed.TO_BUYER, unclaimed.SELLERS_TO_BUYER, unclaimed.REGAINED_TO_BUYER, unclaimed.LATE_AGAIN)
    to_sellers = (unclaimed.TO_SELLER, unclaimed.REGAINED_TO_SELLER)

    assert to_buyers == ("unclaimed_to_buyer", "sellers_to_buyer", "regained_to_buyer", "unclaimed_to_payer")
    assert to_sellers == ("unclaimed_to_seller", "regained_to_seller")


@pytest.mark.parametrize(
    ("kind", "said", "owed"),
    [
        ("unclaimed_to_buyer", {}, "unclaimed +30, refund_owed -30"),
        ("sellers_to_buyer", {"out_of": "seller:acc_s"}, "seller:acc_s +30, refund_owed -30"),
        ("unclaimed_to_payer", {"out_of": HELD}, "held +30, late_payment -30"),
    ],
)
def test_what_is_found_to_be_the_buyers_is_owed_to_them(kind, said, owed):
    booked = unclaimed.claimed_by_buyer("pay_1", kind, "eur", 30, "refund#1", NOW, **said)

    assert spelled(booked) == f"pay_1 {kind}#refund#1 {kind} eur -: {owed}"


@pytest.mark.parametrize(
    ("said", "owed"),
    [
        ({}, "unclaimed +30, seller:acc_s -30"),
        ({"out_of": "late_payment"}, "late_payment +30, seller:acc_s -30"),
    ],
)
def test_what_is_found_to_be_the_sellers_is_owed_to_them(said, owed):
    booked = unclaimed.claimed_by_seller("ord_1", "unclaimed_to_seller", "eur", 30, "acc_s", "t#1", NOW, **said)

    assert spelled(booked) == f"ord_1 unclaimed_to_seller#t#1 unclaimed_to_seller eur -: {owed}"
