"""What a bank kept, and gave back after all: who bore it gets it again, and no debt grows below nothing."""

from dataclasses import replace

import pytest

from marketplace.ledger import postings, refunds
from marketplace.ledger.model import HELD, REFUND_OWED, UNCLAIMED, LedgerTransaction
from marketplace.orders.model import Award
from tests.unit.ledger.test_postings import ENDED, NOW, ORDER, an_order, from_bank, spelled

AGAIN = "ord_1 chargeback_reinstated#dp_1 chargeback_reinstated jpy dp_1: "
LOST = "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: "
SPLIT = an_order(award=Award(4_000, 6_000))


def of_split() -> LedgerTransaction:
    return postings.chargeback_lost(SPLIT, 10_000, 0, "dp_1", NOW)


def of_hold() -> LedgerTransaction:
    return postings.chargeback_lost(ORDER, 10_000, 9_000, "dp_1", NOW)


def reversing() -> LedgerTransaction:
    return postings.chargeback_lost(ENDED, 10_000, 0, "dp_1", NOW, to_reverse_minor=9_000)


def overtaken(amount_minor: int, out_of: str) -> LedgerTransaction:
    return refunds.overtaken(SPLIT, "x", amount_minor, out_of=out_of, at=NOW)


@pytest.mark.parametrize(
    ("lost", "owed_minor", "said"),
    [
        (lambda: [from_bank()], 10_000, "stripe +10000, seller_debt:acc_s -10000"),
        (lambda: [from_bank()], 10_001, "stripe +10000, seller_debt:acc_s -10000"),
        (lambda: [from_bank()], 9_999, "stripe +10000, seller_debt:acc_s -9999, seller:acc_s -1"),
        (lambda: [from_bank()], 0, "stripe +10000, seller:acc_s -10000"),
        (lambda: [of_split()], 6_000, "stripe +10000, seller_debt:acc_s -6000, chargeback_loss -4000"),
        (lambda: [of_hold()], 0, "stripe +10000, late_payment -9000, chargeback_loss -1000"),
        # A refund's own money bore what the bank had paid in its place: that comes back as nobody's yet.
        (
            lambda: [of_split(), overtaken(4_000, REFUND_OWED)],
            6_000,
            "stripe +10000, seller_debt:acc_s -6000, late_payment -4000",
        ),
        (
            lambda: [of_split(), overtaken(3_000, HELD)],
            6_000,
            "stripe +10000, seller_debt:acc_s -6000, chargeback_loss -1000, late_payment -3000",
        ),
        # What was to come back from the seller's Stripe account did, or became their debt.
        (lambda: [reversing()], 1_000, "stripe +10000, seller:acc_s -9000, seller_debt:acc_s -1000"),
        (
            lambda: [reversing(), refunds.not_reversed(ENDED, "dp_1", 9_000, NOW)],
            10_000,
            "stripe +10000, seller_debt:acc_s -10000",
        ),
    ],
)
def test_what_a_bank_gives_back_goes_to_whoever_bore_it(lost, owed_minor, said):
    booked = postings.chargeback_reinstated(ENDED, 10_000, lost(), "dp_1", NOW, owed_minor=owed_minor)

    assert spelled(booked) == AGAIN + said


def test_nothing_is_owed_by_a_seller_unless_it_is_said():
    booked = postings.chargeback_reinstated(ENDED, 10_000, [from_bank()], "dp_1", NOW)

    assert spelled(booked) == AGAIN + "stripe +10000, seller:acc_s -10000"


@pytest.mark.parametrize(
    ("amount", "held", "shares"),
    [
        (10_000, 10_000, (10_000, 0, 0)),
        (10_000, 9_999, (9_999, 0, 1)),
        (10_000, 1, (1, 0, 9_999)),
        (10_000, 0, (0, 6_000, 4_000)),
        (6_001, 0, (0, 6_000, 1)),
        (6_000, 0, (0, 6_000, 0)),
        (5_999, 0, (0, 5_999, 0)),
        (5, 10_000, (5, 0, 0)),
    ],
)
def test_the_hold_bears_first_then_who_was_paid_then_the_platform(amount, held, shares):
    assert postings.chargeback_shares(SPLIT, amount, held) == shares
    assert sum(shares) == amount


@pytest.mark.parametrize(
    ("set_off", "shares"),
    [(0, (0, 5_000, 0)), (1, (0, 4_999, 1)), (5_000, (0, 0, 5_000)), (5_001, (0, 0, 5_000))],
)
def test_what_pays_refunds_that_the_buyer_has_not_got_is_not_the_sellers(set_off, shares):
    assert postings.chargeback_shares(SPLIT, 5_000, 0, set_off_minor=set_off) == shares
    assert postings.chargeback_shares(SPLIT, 5_000, 5_000, set_off_minor=1) == (4_999, 0, 1)


@pytest.mark.parametrize(
    ("forgiven_minor", "said"),
    [
        (0, "seller_debt:acc_s -4000, seller:acc_s -6000"),
        (1_000, "seller_debt:acc_s -4000, bad_debt -1000, seller:acc_s -5000"),
        (6_000, "seller_debt:acc_s -4000, bad_debt -6000"),
        (6_001, "seller_debt:acc_s -4000, bad_debt -6000"),
    ],
)
def test_what_was_forgiven_is_made_up_for_out_of_what_is_not_owed_any_more(forgiven_minor, said):
    how = {"owed_minor": 4_000, "forgiven_minor": forgiven_minor}
    booked = postings.chargeback_reinstated(ENDED, 10_000, [from_bank()], "dp_1", NOW, **how)

    assert spelled(booked) == AGAIN + "stripe +10000, " + said


def test_what_was_forgiven_comes_on_top_of_what_was_reversed_only_of_the_debt():
    booked = postings.chargeback_reinstated(ENDED, 10_000, [reversing()], "dp_1", NOW, forgiven_minor=400)

    assert spelled(booked) == AGAIN + "stripe +10000, seller:acc_s -9600, bad_debt -400"


@pytest.mark.parametrize(("amount", "shares"), [(2_001, (0, 2_000, 1)), (2_000, (0, 2_000, 0)), (1_999, (0, 1_999, 0))])
def test_what_earlier_cases_and_refunds_took_is_not_taken_again(amount, shares):
    order = replace(SPLIT, lost_after_minor=3_000, refunded_after_minor=1_000)

    assert postings.chargeback_shares(order, amount, 0) == shares


def test_a_part_of_what_a_seller_bears_may_be_on_its_way_back():
    part = postings.chargeback_lost(SPLIT, 10_000, 0, "dp_1", NOW, to_reverse_minor=5_999)

    assert spelled(part) == LOST + ("seller:acc_s +5999, seller_debt:acc_s +1, chargeback_loss +4000, with_bank -10000")


def test_a_transfer_beside_the_release_has_a_key_of_its_own():
    booked = postings.transfer_beside(replace(ORDER), 30, "tr_2", "dp_1", NOW)

    assert spelled(booked) == "ord_1 transfer#dp_1 transfer jpy tr_2: seller:acc_s +30, stripe -30"


@pytest.mark.parametrize(
    ("amount_minor", "attempt", "said"),
    [
        (30, 0, "refund_overtaken#i refund_overtaken eur -: late_payment +30, chargeback_loss -30"),
        (1, 1, "refund_overtaken#i#1 refund_overtaken eur -: late_payment +1, chargeback_loss -1"),
        (-1, 0, "late_payment_regained#i late_payment_regained eur -: late_payment -1, chargeback_loss +1"),
        (-30, 2, "late_payment_regained#i#2 late_payment_regained eur -: late_payment -30, chargeback_loss +30"),
    ],
)
def test_what_came_too_late_is_owed_no_more_once_a_bank_paid_it_and_again_when_it_gives_it_back(
    amount_minor, attempt, said
):
    assert spelled(refunds.late_overtaken("pay_1", "eur", "i", amount_minor, attempt, NOW)) == f"pay_1 {said}"


@pytest.mark.parametrize(
    ("amount_minor", "nth", "said"),
    [
        (30, 0, "refund_overtaken#i#row#0 refund_overtaken eur -: unclaimed +30, chargeback_loss -30"),
        (30, 1, "refund_overtaken#i#row#1 refund_overtaken eur -: unclaimed +30, chargeback_loss -30"),
        (-30, 2, "late_payment_regained#i#row#2 late_payment_regained eur -: unclaimed -30, chargeback_loss +30"),
    ],
)
def test_what_people_closed_of_it_is_counted_beside_the_attempts(amount_minor, nth, said):
    booked = refunds.late_overtaken("pay_1", "eur", "i", amount_minor, nth, NOW, out_of=UNCLAIMED)

    assert spelled(booked) == f"pay_1 {said}"


@pytest.mark.parametrize(("dispute_id", "key"), [(None, "x ? -"), ("dp_1", "x#dp_1 ? dp_1")])
def test_a_correction_names_the_case_that_it_corrects(dispute_id, key):
    booked = refunds.overtaken(ORDER, "x", 30, out_of=HELD, at=NOW, dispute_id=dispute_id)

    said = key.replace("?", "refund_overtaken jpy")
    assert spelled(booked) == f"ord_1 refund_overtaken#{said}: held +30, chargeback_loss -30"
