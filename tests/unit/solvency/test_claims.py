"""From positions to claims: each counted in full, none negative, and what a bank took back counted once."""

from datetime import UTC, datetime

import pytest

from marketplace.ledger.model import LedgerTransaction, Posting
from marketplace.solvency.claims import anomalies, claims_of, folded, sent_of, status_of

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def named(positions):
    return {claim.name: claim.amount_minor for claim in claims_of(positions)}


def in_book(account, minor, book="ord_1"):
    return {(book, account, "eur"): minor}


def test_every_kind_of_claim_is_named_after_what_its_people_know():
    positions = {
        **in_book("held", -100),
        **in_book("refund_owed", -20),
        **in_book("unclaimed", -3),
        **in_book("late_payment", -50, "pay_1"),
        ("", "seller:acc_1", "eur"): -70,
        ("", "vat_payable", "eur"): -9,
        ("", "commission", "eur"): -40,
        ("", "seller_debt:acc_1", "eur"): 30,
    }

    assert named(positions) == {
        "held:ord_1": 100,
        "refund:ord_1": 20,
        "unclaimed:ord_1": 3,
        "late:pay_1": 50,
        "owed:acc_1": 70,
        "vat": 9,
    }


@pytest.mark.parametrize(
    ("with_bank", "claims"),
    [
        (0, {"held:ord_1": 100, "refund:ord_1": 20}),
        (100, {"refund:ord_1": 20}),
        (110, {"refund:ord_1": 10}),
        (500, {}),
    ],
)
def test_what_a_bank_took_back_lessens_its_own_order_alone(with_bank, claims):
    positions = in_book("held", -100) | in_book("refund_owed", -20) | in_book("with_bank", with_bank)

    assert named(positions) == claims


@pytest.mark.parametrize("account", ["held", "refund_owed", "late_payment", "unclaimed", "vat_payable", "seller:acc_1"])
def test_a_liability_of_the_wrong_sign_is_no_claim_and_is_told(account):
    positions = {
        ("ord_1" if account in {"held", "refund_owed", "late_payment", "unclaimed"} else "", account, "eur"): 5
    }

    assert claims_of(positions) == []
    assert len(anomalies(positions)) == 1


def test_debts_and_assets_of_their_own_sign_are_no_anomaly():
    assert anomalies({("", "stripe", "eur"): 5, ("", "seller_debt:acc_1", "eur"): 5, **in_book("with_bank", 5)}) == []


def test_folding_leaves_out_what_is_zero():
    legs = (Posting("held", 100), Posting("stripe", -100))
    entry = LedgerTransaction("ord_1", "refund", "refund", "eur", legs, NOW)

    assert folded(in_book("held", -100), [entry]) == {("", "stripe", "eur"): -100}


@pytest.mark.parametrize(
    ("owed", "held", "expected", "moving", "status"),
    [
        (100, 100, 0, 0, "covered"),
        (100, 99, 0, 0, "short"),
        (100, 99, 1, 0, "covered_when_released"),
        (100, 98, 1, 0, "short"),
        (100, 98, 1, 1, "unsettled"),
        (0, 0, 0, 0, "covered"),
        (0, -1, 0, 0, "short"),
    ],
)
def test_a_currency_stands_as_the_numbers_say(owed, held, expected, moving, status):
    assert status_of(owed, held, expected, moving) == status


def sent(kind, minor, to="acc_1"):
    legs = (Posting(f"seller:{to}", minor), Posting("stripe", -minor))
    return LedgerTransaction("ord_1", f"{kind}#1", kind, "eur", legs, NOW)


def test_what_was_sent_to_a_seller_less_what_came_back_is_kept_although_it_is_no_account():
    positions = folded({}, [sent("transfer", 100), sent("transfer_reversal", -30), sent("transfer", 7, "acc_2")])

    assert sent_of(positions) == {("acc_1", "eur"): 70, ("acc_2", "eur"): 7}
    assert not any(claim.kind == "balance" for claim in claims_of(positions))  # balances say what is left of it


def test_a_seller_whom_everything_was_taken_back_from_is_not_forgotten():
    positions = folded({}, [sent("transfer", 100), sent("transfer_reversal", -100)])

    assert positions == {("", "sent:acc_1", "eur"): 0}


@pytest.mark.parametrize("kind", ["chargeback_reinstated", "capture"])
def test_what_moves_between_the_platform_and_a_buyer_was_not_sent_to_a_seller(kind):
    assert sent_of(folded({}, [sent(kind, -100)])) == {}
