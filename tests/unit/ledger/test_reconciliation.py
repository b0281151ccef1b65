"""The comparison itself: what agrees is silent, and each way to differ has its own name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger.clearing import PASSES_WITHIN, WITH_BANK_MAX, Open, not_cleared, overdue
from marketplace.ledger.differences import KINDS
from marketplace.ledger.model import LedgerTransaction, Posting
from marketplace.ledger.reconciliation import LAG_MAX, differences, is_waiting, pair_up
from marketplace.payments.movements import Movement
from tests.fakes.planted_books import PLANTS, PlantedBooks, plant, trade_on_paper

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CHARGE = Movement("txn_1", "ch_1", "charge", 300, 10, "eur", NOW, "pay_1")
REFUND = Movement("txn_2", "re_1", "refund", -300, 0, "eur", NOW, "pay_1", "ord_a")


def entry(book: str, amount: int, of: str | None = "ch_1", *, kind: str = "capture", other: str = "held", **said):
    legs = (Posting("stripe", amount), Posting(other, -amount))
    return LedgerTransaction(book, said.pop("key", kind), kind, said.pop("currency", "eur"), legs, NOW, of, **said)


FEE = entry("pay_1", -10, kind="processing_fee", other="stripe_fees")
WHOLE = (entry("ord_a", 100), entry("ord_b", 200), FEE)


def found(movements, ledger, orders=("ord_a", "ord_b")):
    pairs = [replace(pair, order_ids=orders) for pair in pair_up(movements, ledger)]
    return [(each.kind, each.at_stripe, each.in_ledger) for pair in pairs for each in differences(pair)]


def of_all(books: PlantedBooks) -> list[tuple[str, str]]:
    return sorted((each.kind, each.stripe_object) for pair in books.pairs() for each in differences(pair))


def test_a_charge_agrees_with_the_captures_and_the_fee_of_its_whole_cart():
    assert found([CHARGE], WHOLE) == []


def test_what_moves_nothing_at_stripe_is_not_compared():
    earned = LedgerTransaction(
        "ord_a", "release", "release", "eur", (Posting("held", 5), Posting("commission", -5)), NOW, "tr_1"
    )

    assert pair_up([], [earned]) == []


@pytest.mark.parametrize(
    ("movements", "ledger", "expected"),
    [
        ([CHARGE], [], ("missing_in_ledger", "300 eur", "nothing")),
        ([CHARGE], [FEE], ("missing_in_ledger", "300 eur", "nothing")),
        ([], WHOLE, ("missing_at_stripe", "nothing", "290 eur")),
        ([], [entry("ord_a", 7, None)], ("missing_at_stripe", "nothing", "7 eur")),
        ([CHARGE], [WHOLE[0], FEE], ("amount_differs", "300", "100")),
        ([CHARGE], [entry("ord_a", 200), entry("ord_b", 200), FEE], ("amount_differs", "300", "400")),
        ([REFUND], [entry("ord_a", 300, "re_1")], ("amount_differs", "-300", "300")),
        ([replace(CHARGE, currency="usd")], WHOLE, ("currency_differs", "usd", "eur")),
        ([CHARGE], WHOLE[:2], ("fee_differs", "10", "0")),
        ([CHARGE], [*WHOLE, replace(FEE, key="again")], ("fee_differs", "10", "20")),
        ([CHARGE], [*WHOLE, entry("ord_a", 100, key="again")], ("booked_twice", "300", "400")),
        ([CHARGE], [*WHOLE, entry("ord_x", 200)], ("booked_twice", "300", "500")),
        ([CHARGE], [*WHOLE, entry("pay_1", 300, kind="late_payment")], ("booked_twice", "300", "600")),
        ([CHARGE], [WHOLE[0], entry("ord_x", 200), FEE], ("booked_in_the_wrong_book", "ord_a+ord_b+pay_1", "ord_x")),
        (
            [CHARGE],
            [*WHOLE[:2], replace(FEE, book="pay_2")],
            ("booked_in_the_wrong_book", "ord_a+ord_b+pay_1", "pay_2"),
        ),
        ([REFUND], [entry("ord_b", -300, "re_1")], ("booked_in_the_wrong_book", "ord_a", "ord_b")),
    ],
)
def test_each_difference_has_one_name(movements, ledger, expected):
    assert found(movements, ledger) == [expected]


def test_what_names_no_book_cannot_be_in_the_wrong_one_and_can_still_be_there_twice():
    unnamed = replace(CHARGE, payment_id=None)

    assert found([unnamed], [entry("ord_x", 300), FEE], orders=()) == []
    assert found([unnamed], [entry("ord_x", 300), entry("ord_y", 300), FEE], orders=()) == [
        ("booked_twice", "300", "600")
    ]


def test_a_wrong_amount_and_a_wrong_fee_are_two_findings():
    assert [kind for kind, *_ in found([replace(CHARGE, amount_minor=299, fee_minor=9)], WHOLE)] == [
        "amount_differs",
        "fee_differs",
    ]


def test_a_fee_that_stripe_takes_by_itself_is_missing_until_it_is_booked_under_the_transactions_own_id():
    taken = Movement("txn_9", "txn_9", "stripe_fee", -200, 0, "eur", NOW)
    booked = entry("platform", -200, "txn_9", kind="connect_fee", other="held")

    assert [kind for kind, *_ in found([taken], [])] == ["missing_in_ledger"]
    assert found([taken], [booked]) == []


@pytest.mark.parametrize(("after", "expected"), [(LAG_MAX, []), (LAG_MAX + timedelta(seconds=1), ["late"])])
def test_late_is_later_than_a_day(after, expected):
    booked = [replace(each, booked_at=NOW + after) for each in WHOLE]

    assert [kind for kind, *_ in found([CHARGE], booked)] == expected


def test_a_clock_that_is_behind_makes_no_lag():
    [pair] = pair_up([CHARGE], [replace(each, booked_at=NOW - timedelta(seconds=5)) for each in WHOLE])

    assert pair.lag == timedelta()


@pytest.mark.parametrize(("after", "waits"), [(LAG_MAX - timedelta(seconds=1), True), (LAG_MAX, False)])
def test_what_is_young_and_not_booked_at_all_waits(after, waits):
    [unbooked], [partly] = pair_up([CHARGE], []), pair_up([CHARGE], [FEE])

    assert is_waiting(unbooked, NOW + after) is waits
    assert not is_waiting(partly, NOW + after)


def test_a_dispute_is_two_pairs_of_which_each_is_judged_by_itself():
    out = Movement("txn_3", "dp_1", "adjustment", -300, 15, "eur", NOW, "pay_1")
    back = Movement("txn_4", "dp_1", "adjustment", 300, 0, "eur", NOW, "pay_1")
    fee = entry("pay_1", -15, "dp_1", kind="chargeback_fee", other="stripe_fees")
    withdrawn = entry("ord_a", -300, "dp_1", kind="chargeback_withdrawn", other="with_bank")
    reinstated = entry("ord_a", 300, "dp_1", kind="chargeback_reinstated", other="with_bank")

    assert found([out, back], [fee, withdrawn, reinstated]) == []
    assert found([out, back], [fee, withdrawn]) == [("missing_in_ledger", "300 eur", "nothing")]


def test_a_dispute_fee_that_came_back_may_be_booked_as_two_entries_or_as_none():
    out = Movement("txn_3", "dp_1", "adjustment", -300, 15, "eur", NOW, "pay_1")
    back = Movement("txn_4", "dp_1", "adjustment", 300, -15, "eur", NOW, "pay_1")
    fee = entry("pay_1", -15, "dp_1", kind="chargeback_fee", other="stripe_fees")
    returned = entry("pay_1", 15, "dp_1", kind="chargeback_fee", key="returned", other="stripe_fees")
    moves = [entry("ord_a", -300, "dp_1", kind="withdrawn"), entry("ord_a", 300, "dp_1", kind="reinstated")]

    assert found([out, back], [*moves, fee, returned]) == []
    assert found([out, back], moves) == []
    assert found([out, back], [*moves, fee]) == [("fee_differs", "-15", "0")]


def test_there_are_eight_kinds_each_with_a_sentence_in_both_languages():
    assert len({kind.code for kind in KINDS}) == 8 == len(PLANTS)
    assert {kind.code for kind in KINDS} == set(PLANTS)
    for kind in KINDS:
        assert kind.en.endswith(".")
        assert kind.es.endswith(".")
        assert kind.en != kind.es


@given(st.integers(0, 10**6))
def test_whatever_was_traded_agrees(seed):
    assert of_all(trade_on_paper(12, seed)) == []


@given(st.sampled_from(sorted(PLANTS)), st.integers(0, 10**6))
def test_whatever_is_planted_is_found_and_nothing_else(kind, seed):
    books = trade_on_paper(12, seed)
    planted = plant(books, [kind], seed)

    assert of_all(books) == sorted(planted)


@given(st.lists(st.sampled_from(sorted(PLANTS)), min_size=2, max_size=6), st.integers(0, 10**6))
def test_findings_do_not_hide_each_other(kinds, seed):
    books = trade_on_paper(20, seed)
    planted = plant(books, kinds, seed)

    assert of_all(books) == sorted(planted)


def test_a_clearing_account_has_the_age_of_the_day_on_which_it_left_zero_last():
    def of_bank(amount: int, days: int) -> LedgerTransaction:
        at = NOW + timedelta(days=days)
        legs = (Posting("with_bank", amount), Posting("stripe", -amount))
        return LedgerTransaction("ord_a", f"k{days}", "chargeback", "eur", legs, at, "dp_1")

    moved = [of_bank(100, 0), of_bank(-100, 3), of_bank(50, 5), of_bank(20, 6)]

    [left] = not_cleared("ord_a", moved, NOW + timedelta(days=9))
    assert (left.account, left.amount_minor, left.since, left.age.days) == (
        "with_bank",
        70,
        NOW + timedelta(days=5),
        4,
    )
    assert list(not_cleared("ord_a", moved[:2], NOW)) == []


def is_open(account: str, age: timedelta, book: str = "ord_a") -> Open:
    return Open(book, account, "eur", -100, NOW - age, age)


@pytest.mark.parametrize(
    ("account", "book", "term"),
    [
        ("seller:acc_1", "ord_a", PASSES_WITHIN),
        ("refund_owed", "ord_a", PASSES_WITHIN),
        ("late_payment", "pay_a", WITH_BANK_MAX),
        ("with_bank", "ord_a", WITH_BANK_MAX),
    ],
)
def test_a_clearing_account_is_overdue_a_moment_after_its_term(account, book, term):
    at_its_end, later = is_open(account, term, book), is_open(account, term + timedelta(seconds=1), book)

    assert (overdue([at_its_end]), overdue([later])) == ([], [later])


def test_while_a_bank_decides_the_rest_of_its_book_waits_as_long_and_no_other_book():
    asked, own, other = (is_open("with_bank", timedelta(days=30)), *of_two_books(timedelta(days=30)))

    assert overdue([asked, own, other]) == [other]
    assert overdue([own, other]) == [own, other]


def of_two_books(age: timedelta) -> tuple[Open, Open]:
    return is_open("refund_owed", age), is_open("refund_owed", age, "ord_b")


@pytest.mark.parametrize("account", ["unclaimed", "late_payment"])
def test_what_two_people_decide_about_is_overdue_elsewhere(account):
    assert overdue([is_open(account, timedelta(days=900))]) == []
