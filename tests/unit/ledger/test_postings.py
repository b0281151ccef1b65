"""Every fact that the marketplace books, leg by leg, in the book and under the key by which it is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.ledger import model, postings, refunds
from marketplace.ledger.clearing import is_clearing, not_cleared
from marketplace.ledger.model import LedgerTransaction, Posting, balances
from marketplace.orders.model import Award, Order

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def an_order(**said) -> Order:
    facts = ("ord_1", "pay_1", "acc_b", "acc_s", "trader", "jpy", (), 10_000, 800, "2026-11", 2, NOW, "paid", 3, NOW)
    return replace(Order(*facts, None, commission_vat_minor=168), **said)


ORDER = an_order()
ENDED = an_order(award=Award(0, 10_000), state="released")


def from_bank() -> LedgerTransaction:
    return postings.chargeback_lost(ENDED, 10_000, 0, "dp_1", NOW)


def spelled(booked: LedgerTransaction) -> str:
    """Write `book key kind currency object: account amount, ...`; debits are positive."""
    legs = ", ".join(f"{leg.account} {leg.amount_minor:+}" for leg in booked.postings)
    assert booked.booked_at == NOW
    return f"{booked.book} {booked.key} {booked.kind} {booked.currency} {booked.stripe_object or '-'}: {legs}"


@pytest.mark.parametrize(
    ("booked", "said"),
    [
        (lambda: postings.capture(ORDER, "ch_1", NOW), "ord_1 capture capture jpy ch_1: stripe +10000, held -10000"),
        (
            lambda: postings.processing_fee("pay_1", "eur", 40, "ch_1", NOW),
            "pay_1 processing_fee processing_fee eur ch_1: stripe_fees +40, stripe -40",
        ),
        (
            lambda: postings.release(ORDER, 10_000, NOW),
            "ord_1 release release jpy -: held +10000, commission -800, vat_payable -168, seller:acc_s -9032",
        ),
        (
            lambda: postings.release(ORDER, 2_500, NOW),
            "ord_1 release release jpy -: held +2500, commission -200, vat_payable -42, seller:acc_s -2258",
        ),
        (
            lambda: postings.release(an_order(commission_minor=0, commission_vat_minor=0), 7, NOW),
            "ord_1 release release jpy -: held +7, seller:acc_s -7",
        ),
        (
            lambda: postings.release(an_order(commission_minor=10_000, commission_vat_minor=0), 7, NOW),
            "ord_1 release release jpy -: held +7, commission -7",
        ),
        (
            lambda: postings.netted(ORDER, 30, "netted#x", NOW),
            "ord_1 netted#x netted jpy -: seller:acc_s +30, seller_debt:acc_s -30",
        ),
        (
            lambda: postings.transfer(ORDER, 30, "tr_1", NOW),
            "ord_1 transfer transfer jpy tr_1: seller:acc_s +30, stripe -30",
        ),
        (lambda: postings.refund(ORDER, 30, "re_1", "k", NOW), "ord_1 refund#k refund jpy re_1: held +30, stripe -30"),
        (
            lambda: postings.refund(ORDER, 30, "re_1", "k", NOW, out_of=model.REFUND_OWED),
            "ord_1 refund#k refund jpy re_1: refund_owed +30, stripe -30",
        ),
        (
            lambda: postings.late_payment("pay_1", "eur", 30, "ch_1", NOW),
            "pay_1 late_payment late_payment eur ch_1: stripe +30, late_payment -30",
        ),
        (
            lambda: postings.late_refund("pay_1", "eur", 30, "re_1", NOW),
            "pay_1 late_refund late_refund eur re_1: late_payment +30, stripe -30",
        ),
        (
            lambda: postings.late_refund("pay_1", "eur", 30, "re_1", NOW, attempt=1),
            "pay_1 late_refund#1 late_refund eur re_1: late_payment +30, stripe -30",
        ),
        (
            lambda: postings.chargeback_withdrawn(ORDER, 30, "dp_1", NOW),
            "ord_1 chargeback_withdrawn#dp_1 chargeback_withdrawn jpy dp_1: with_bank +30, stripe -30",
        ),
        (
            lambda: postings.chargeback_reinstated(ORDER, 30, [], "dp_1", NOW),
            "ord_1 chargeback_reinstated#dp_1 chargeback_reinstated jpy dp_1: stripe +30, with_bank -30",
        ),
        (
            lambda: postings.chargeback_lost(ORDER, 10_000, 10_000, "dp_1", NOW),
            "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: held +10000, with_bank -10000",
        ),
        (
            lambda: postings.chargeback_lost(ORDER, 10_000, 9_999, "dp_1", NOW),
            "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: held +9999, chargeback_loss +1, with_bank -10000",
        ),
        (
            lambda: postings.chargeback_lost(ORDER, 30, 10_000, "dp_1", NOW),
            "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: held +30, with_bank -30",
        ),
        (
            from_bank,
            "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: seller_debt:acc_s +10000, with_bank -10000",
        ),
        (
            lambda: postings.chargeback_lost(an_order(award=Award(4_000, 6_000)), 10_000, 0, "dp_1", NOW),
            (
                "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: "
                "seller_debt:acc_s +6000, chargeback_loss +4000, with_bank -10000"
            ),
        ),
        (
            lambda: postings.chargeback_lost(an_order(award=Award(4_000, 6_000)), 5_000, 10, "dp_1", NOW),
            "ord_1 chargeback_lost#dp_1 chargeback_lost jpy dp_1: held +10, chargeback_loss +4990, with_bank -5000",
        ),
        (
            lambda: postings.chargeback_fee("pay_1", "eur", 0, 1_500, "dp_1", NOW),
            "pay_1 chargeback_fee#dp_1 chargeback_fee eur dp_1: stripe_fees +1500, stripe -1500",
        ),
        (
            lambda: postings.chargeback_fee("pay_1", "eur", 1_500, 0, "dp_1", NOW, nth=1),
            "pay_1 chargeback_fee#dp_1#1#0 chargeback_fee eur dp_1: stripe_fees -1500, stripe +1500",
        ),
        (
            lambda: refunds.promised(ORDER, "rf_1", 30, NOW),
            "ord_1 refund_promised#rf_1 refund_promised jpy -: held +30, refund_owed -30",
        ),
        (
            lambda: refunds.taken_back(ENDED, "rf_1", 2_500, to_reverse_minor=2_000, at=NOW),
            (
                "ord_1 refund_taken_back#rf_1 refund_taken_back jpy -: "
                "seller:acc_s +2000, seller_debt:acc_s +258, commission +200, vat_payable +42, refund_owed -2500"
            ),
        ),
        (
            lambda: refunds.taken_back(ENDED, "rf_1", 2_500, to_reverse_minor=2_258, at=NOW),
            (
                "ord_1 refund_taken_back#rf_1 refund_taken_back jpy -: "
                "seller:acc_s +2258, commission +200, vat_payable +42, refund_owed -2500"
            ),
        ),
        (
            lambda: refunds.reversal(ORDER, "rf_1", 30, "trr_1", NOW),
            "ord_1 transfer_reversal#rf_1 transfer_reversal jpy trr_1: stripe +30, seller:acc_s -30",
        ),
        (
            lambda: refunds.not_reversed(ORDER, "rf_1", 30, NOW),
            "ord_1 not_reversed#rf_1 not_reversed jpy -: seller_debt:acc_s +30, seller:acc_s -30",
        ),
        (
            lambda: refunds.cost(ORDER, "rf_1", 30, NOW),
            "ord_1 refund_cost#rf_1 refund_cost jpy -: seller_debt:acc_s +30, stripe_fees -30",
        ),
        (
            lambda: refunds.failed("pay_1", "eur", 30, "re_1", owed_in=model.LATE_PAYMENT, at=NOW),
            "pay_1 refund_failed#re_1 refund_failed eur re_1: stripe +30, late_payment -30",
        ),
        (
            lambda: refunds.overtaken(ORDER, "refund#1", 30, out_of=model.HELD, at=NOW),
            "ord_1 refund_overtaken#refund#1 refund_overtaken jpy -: held +30, chargeback_loss -30",
        ),
        (
            lambda: refunds.closed("pay_1", "eur", "refund#1", 30, out_of=model.REFUND_OWED, at=NOW),
            "pay_1 intent_closed#refund#1 intent_closed eur -: refund_owed +30, unclaimed -30",
        ),
    ],
    ids=lambda each: each.split(":")[0] if isinstance(each, str) else "",
)
def test_a_fact_is_booked_like_this(booked, said):
    assert spelled(booked()) == said


@pytest.mark.parametrize(
    ("part", "commission", "vat"),
    [(0, 0, 0), (1, 0, 0), (5, 0, 0), (6, 1, 0), (5_000, 400, 84), (9_999, 800, 168), (10_000, 800, 168)],
)
def test_commission_and_vat_follow_the_sellers_part(part, commission, vat):
    assert postings.commission_parts(ORDER, part) == (commission, vat)
    assert postings.commission_on(ORDER, part) == commission + vat


def test_without_a_commission_there_is_no_vat_to_divide():
    assert postings.commission_parts(an_order(commission_minor=0, commission_vat_minor=0), 10_000) == (0, 0)


def test_a_refund_after_others_gives_back_the_difference_between_what_was_left_and_what_is():
    assert refunds.shares_of(ENDED, 2_500) == (2_258, 200, 42)
    assert refunds.shares_of(replace(ENDED, refunded_after_minor=2_500), 7_500) == (6_774, 600, 126)


@pytest.mark.parametrize(
    ("legs", "reason"),
    [
        ((), "sum to zero"),
        ((("stripe", 1),), "sum to zero"),
        ((("stripe", 1), ("held", -2)), "sum to zero"),
        ((("stripe", 0), ("held", 0)), "zero or not an integer"),
        ((("stripe", 5), ("held", -5), ("with_bank", 0)), "zero or not an integer"),
        ((("stripe", True), ("held", -1)), "zero or not an integer"),
        ((("stripe", 1.0), ("held", -1.0)), "zero or not an integer"),
        ((("pocket", 1), ("held", -1)), "names no account"),
        ((("stripe", 1), ("sellers:acc_1", -1)), "names no account"),
        ((("stripe", 1), ("acc_1:seller", -1)), "names no account"),
    ],
)
def test_what_is_no_balanced_transaction_cannot_be_made(legs, reason):
    with pytest.raises(ValueError, match=reason):
        LedgerTransaction("ord_1", "k", "k", "eur", tuple(Posting(*leg) for leg in legs), NOW)


ACCOUNTS = (
    *("stripe", "held", "commission", "vat_payable", "stripe_fees", "stripe_billed", "with_bank"),
    "late_payment",
    *("chargeback_loss", "made_good", "bad_debt", "refund_owed", "owner_capital", "unclaimed"),
    *("seller:acc_1", "seller_debt:acc_1"),
)


def moved(
    account: str, amount_minor: int, *, hours: int = 0, currency: str = "eur", key: str = ""
) -> LedgerTransaction:
    legs = (Posting(account, amount_minor), Posting("chargeback_loss", -amount_minor))
    return LedgerTransaction("ord_1", key or f"k{hours}", "k", currency, legs, NOW + timedelta(hours=hours))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_there_are_these_accounts(account):
    assert moved(account, 1).postings[0].account == account


def test_the_accounts_have_the_names_under_which_everything_was_booked():
    named = {name: value for name, value in vars(model).items() if name.isupper() and isinstance(value, str)}

    assert named == {value.upper(): value for value in ACCOUNTS if ":" not in value}
    assert (model.seller_account("acc_1"), model.seller_debt_account("acc_1")) == ACCOUNTS[-2:]


@pytest.mark.parametrize(
    ("account", "seller"),
    [("seller:acc_1", "acc_1"), ("seller_debt:acc_1", "acc_1"), ("seller:acc:1", "acc:1"), ("held", None)],
)
def test_a_transaction_knows_whose_accounts_it_touches(account, seller):
    assert moved(account, 1).seller_id == seller
    assert moved(account, 1).stripe_object is None


def test_balances_are_folded_by_account_and_currency():
    assert balances([moved("held", 5), moved("held", -2), moved("held", 7, currency="jpy")]) == {
        ("held", "eur"): 3,
        ("held", "jpy"): 7,
        ("chargeback_loss", "eur"): -3,
        ("chargeback_loss", "jpy"): -7,
    }


@pytest.mark.parametrize("account", ACCOUNTS)
def test_money_only_passes_through_these_accounts(account):
    passes = {"with_bank", "late_payment", "refund_owed", "unclaimed", "seller:acc_1"}

    assert is_clearing(account) is (account in passes)
    assert not is_clearing("sellers:acc_1")


def test_what_is_open_is_told_by_account_and_currency_since_it_last_left_zero():
    history = [
        moved("with_bank", 2, hours=6),
        moved("with_bank", -9, hours=3),
        moved("with_bank", 9, hours=1),
        moved("with_bank", 5, hours=5),
        moved("unclaimed", -4, hours=2, currency="jpy"),
        moved("unclaimed", 3, hours=4),
        moved("held", 8, hours=4),
        moved("refund_owed", 8, hours=7, key="b"),
        moved("refund_owed", -8, hours=7, key="a"),
    ]

    found = [
        (each.book, each.account, each.currency, each.amount_minor, each.since, each.age)
        for each in not_cleared("ord_1", history, NOW + timedelta(hours=10))
    ]

    assert found == [
        ("ord_1", "unclaimed", "eur", 3, NOW + timedelta(hours=4), timedelta(hours=6)),
        ("ord_1", "unclaimed", "jpy", -4, NOW + timedelta(hours=2), timedelta(hours=8)),
        ("ord_1", "with_bank", "eur", 7, NOW + timedelta(hours=5), timedelta(hours=5)),
    ]


def test_what_left_zero_at_one_moment_left_it_by_the_order_of_the_keys():
    """Sorted by the key: 5 stay open since the first hour, and never return to zero in between."""
    at_once = [moved("with_bank", -5, hours=2, key="b"), moved("with_bank", 5, hours=2, key="a")]

    [left] = not_cleared("ord_1", [*at_once, moved("with_bank", 5, hours=1)], NOW)

    assert (left.amount_minor, left.since) == (5, NOW + timedelta(hours=1))
