"""What each finding says of both sides, word for word, and in which direction each kind of booking goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.ledger.differences import KINDS, Difference
from marketplace.ledger.model import LedgerTransaction, Posting
from marketplace.ledger.reconciliation import (
    LAG_MAX,
    Pair,
    differences,
    is_waiting,
    names,
    on_stripe,
    pair_up,
)
from marketplace.payments.movements import Movement

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CHARGE = Movement("txn_1", "ch_1", "charge", 300, 10, "eur", NOW, "pay_1")
CODES = (
    *("missing_in_ledger", "missing_at_stripe", "amount_differs", "currency_differs"),
    *("fee_differs", "booked_twice", "booked_in_the_wrong_book", "late"),
)


def entry(book: str, amount: int, kind: str = "capture", **said) -> LedgerTransaction:
    legs = (Posting("stripe", amount), Posting(said.pop("other", "held"), -amount))
    facts = {"key": kind, "currency": "eur", "stripe_object": "ch_1", "booked_at": NOW, **said}
    return LedgerTransaction(book=book, kind=kind, postings=legs, **facts)


FEE = entry("pay_1", -10, "processing_fee", other="stripe_fees")
WHOLE = (entry("ord_a", 100), entry("ord_b", 200), FEE)


def compared(*booked: LedgerTransaction, moved: tuple[Movement, ...] = (CHARGE,)) -> list[Difference]:
    pairs = [replace(pair, order_ids=("ord_a", "ord_b")) for pair in pair_up(moved, booked)]
    return [each for pair in pairs for each in differences(pair)]


def test_there_are_these_kinds():
    assert tuple(kind.code for kind in KINDS) == CODES


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_kind_says_its_sentence_in_both_languages(kind):
    assert kind.en.endswith(".")
    assert kind.es.endswith(".")
    assert kind.en != kind.es


@pytest.mark.parametrize(
    ("kind", "comes_in"),
    [
        ("capture", True),
        ("late_payment", True),
        ("processing_fee", True),
        ("chargeback_reinstated", True),
        ("transfer", False),
        ("refund", False),
        ("late_refund", False),
        ("chargeback_withdrawn", False),
        ("capital_in", True),
        ("capital_in_fee", True),
        ("capital_in_reversed", False),
        ("capital_in_reversed_fee", False),
        ("capital_out", False),
        ("capital_out_fee", False),
        ("capital_out_returned", True),
        ("capital_out_returned_fee", True),
    ],
)
@pytest.mark.parametrize("amount", [-5, 5])
def test_a_known_kind_goes_its_way_whatever_its_sign(kind, comes_in, amount):
    [pair] = pair_up([], [entry("ord_a", amount, kind)])

    assert pair.comes_in is comes_in
    assert pair.place == ("ch_1", comes_in)


@pytest.mark.parametrize("amount", [-5, 1, 5])
def test_an_unknown_kind_goes_by_its_sign(amount):
    assert [pair.comes_in for pair in pair_up([], [entry("ord_a", amount, "gift")])] == [amount > 0]


@pytest.mark.parametrize("amount", [-5, 0, 1, 5])
def test_a_movement_goes_by_its_sign(amount):
    [pair] = pair_up([replace(CHARGE, amount_minor=amount)], [])

    assert pair == Pair("ch_1", amount > 0, (replace(CHARGE, amount_minor=amount),), fees_agree=False)


def test_pairs_come_in_a_fixed_order():
    moved = [
        replace(CHARGE, stripe_object=name, amount_minor=amount) for name, amount in (("b", 1), ("a", 1), ("b", -1))
    ]

    assert [pair.place for pair in pair_up(moved, [])] == [("a", True), ("b", False), ("b", True)]


def test_what_a_booking_moves_at_stripe_is_the_sum_of_its_legs_there():
    legs = (Posting("stripe", 7), Posting("stripe", -2), Posting("held", -5))

    assert on_stripe(replace(WHOLE[0], postings=legs)) == 5
    assert on_stripe(replace(WHOLE[0], postings=(Posting("held", 1), Posting("unclaimed", -1)))) == 0


def test_an_entry_without_an_object_stands_for_itself():
    assert names(replace(FEE, stripe_object=None)) == "pay_1/processing_fee"
    assert names(FEE) == "ch_1"


def test_everything_that_is_booked_of_an_object_is_in_its_pair():
    [pair] = pair_up([CHARGE], WHOLE)

    assert pair == Pair("ch_1", True, (CHARGE,), WHOLE[:2], WHOLE[2:], fees_agree=True)
    assert pair.booked == WHOLE
    assert (pair.payment_id, Pair("x", True).payment_id) == ("pay_1", None)


def test_the_lag_is_from_the_last_movement_to_the_last_booking():
    hour = timedelta(hours=1)
    moved = (CHARGE, replace(CHARGE, created_at=NOW + hour))
    booked = (WHOLE[0], replace(WHOLE[1], booked_at=NOW + 3 * hour))

    assert Pair("ch_1", True, moved, booked).lag == 2 * hour
    assert Pair("ch_1", True, moved, (), (replace(FEE, booked_at=NOW + 2 * hour),)).lag == hour
    assert Pair("ch_1", True, moved).lag is None
    assert Pair("ch_1", True, (), booked).lag is None


def test_late_is_after_a_day():
    assert timedelta(days=1) == LAG_MAX


@pytest.mark.parametrize(("seconds", "waits"), [(0, True), (86_399, True), (86_400, False), (86_401, False)])
def test_what_is_not_booked_waits_for_a_day_from_its_first_movement(seconds, waits):
    at, hour = NOW + timedelta(seconds=seconds), timedelta(hours=1)

    assert is_waiting(Pair("ch_1", True, (CHARGE, replace(CHARGE, created_at=NOW + hour))), at) is waits
    assert not is_waiting(Pair("ch_1", True, (CHARGE,), WHOLE[:1]), at)
    assert not is_waiting(Pair("ch_1", True, (), WHOLE[:1]), at)
    assert is_waiting(Pair("ch_1", True), at) is False


def finding(kind: str, at_stripe: str, in_ledger: str, *entries: str, ids: tuple[str, ...] = ("txn_1",)) -> Difference:
    return Difference(kind, "ch_1", at_stripe, in_ledger, ids, entries)


ENTRIES = ("ord_a/capture", "ord_b/capture", "pay_1/processing_fee")


@pytest.mark.parametrize(
    ("booked", "moved", "expected"),
    [
        (WHOLE, (CHARGE,), []),
        ((), (CHARGE,), [finding("missing_in_ledger", "300 eur", "nothing")]),
        ((FEE,), (CHARGE,), [finding("missing_in_ledger", "300 eur", "nothing", ENTRIES[2])]),
        (WHOLE, (), [finding("missing_at_stripe", "nothing", "290 eur", *ENTRIES, ids=())]),
        (
            (WHOLE[0], replace(WHOLE[1], currency="usd"), FEE),
            (),
            [finding("missing_at_stripe", "nothing", "90 eur+200 usd", *ENTRIES, ids=())],
        ),
        (
            (),
            (replace(CHARGE, currency="usd", transaction_id="txn_2"), CHARGE, replace(CHARGE, amount_minor=5)),
            [finding("missing_in_ledger", "305 eur+300 usd", "nothing", ids=("txn_1", "txn_1", "txn_2"))],
        ),
        (
            WHOLE,
            (replace(CHARGE, currency="usd"),),
            [finding("currency_differs", "usd", "eur", *ENTRIES)],
        ),
        (
            (WHOLE[0], replace(WHOLE[1], currency="gbp"), FEE),
            (replace(CHARGE, currency="usd"), CHARGE),
            [finding("currency_differs", "eur+usd", "eur+gbp", *ENTRIES, ids=("txn_1", "txn_1"))],
        ),
        (WHOLE[::2], (CHARGE,), [finding("amount_differs", "300", "100", *ENTRIES[::2])]),
        (WHOLE[:2], (CHARGE,), [finding("fee_differs", "10", "0", *ENTRIES[:2])]),
        (
            (*WHOLE, entry("ord_b", 200, key="again")),
            (CHARGE,),
            [finding("booked_twice", "300", "500", "ord_a/capture", "ord_b/again", "ord_b/capture", ENTRIES[2])],
        ),
        (
            (WHOLE[0], entry("ord_a", 100, key="b"), entry("ord_a", 100, key="c")),
            (replace(CHARGE, amount_minor=100, fee_minor=0),),
            [finding("booked_twice", "100", "300", "ord_a/b", "ord_a/c", "ord_a/capture")],
        ),
        # Neither of the two repeats the other: which of them is wrong cannot be said.
        (
            (WHOLE[0], entry("ord_b", 300), FEE),
            (CHARGE,),
            [finding("amount_differs", "300", "400", *ENTRIES)],
        ),
        (
            (WHOLE[0], entry("ord_b", 100), FEE),
            (replace(CHARGE, amount_minor=100),),
            [finding("amount_differs", "100", "200", *ENTRIES)],
        ),
        (
            (WHOLE[0], entry("ord_b", 100, "late_payment"), FEE),
            (CHARGE,),
            [finding("amount_differs", "300", "200", "ord_a/capture", "ord_b/late_payment", ENTRIES[2])],
        ),
        (
            (entry("ord_x", 5),),
            (replace(CHARGE, amount_minor=0, fee_minor=0),),
            [finding("amount_differs", "0", "5", "ord_x/capture")],
        ),
        (
            (WHOLE[0], entry("ord_y", 150), entry("ord_x", 50), FEE),
            (CHARGE,),
            [
                finding(
                    *("booked_in_the_wrong_book", "ord_a+ord_b+pay_1", "ord_x+ord_y"),
                    *("ord_a/capture", "ord_x/capture", "ord_y/capture", "pay_1/processing_fee"),
                )
            ],
        ),
        (
            (*WHOLE[:2], replace(FEE, booked_at=NOW + timedelta(days=1, seconds=1))),
            (CHARGE,),
            [finding("late", "2026-11-02T12:00:00+00:00", "2026-11-03T12:00:01+00:00", *ENTRIES)],
        ),
    ],
)
def test_a_finding_says_what_each_side_says(booked, moved, expected):
    found = compared(*booked, moved=moved)

    assert [replace(each, orders=(), currencies=()) for each in found] == expected


@pytest.mark.parametrize(
    ("booked", "moved", "orders", "currencies"),
    [
        ((), (CHARGE,), ("ord_a", "ord_b"), ("eur",)),
        ((), (replace(CHARGE, order_id="ord_c"),), ("ord_a", "ord_b", "ord_c"), ("eur",)),
        ((entry("ord_d", 100),), (), ("ord_a", "ord_b", "ord_d"), ("eur",)),
        ((entry("ord_a", 300, currency="usd"),), (CHARGE,), ("ord_a", "ord_b"), ("eur", "usd")),
    ],
    ids=["a payment's orders", "the order that Stripe names", "the order whose book has it", "both currencies"],
)
def test_a_finding_names_every_order_and_currency_that_it_may_be_about(booked, moved, orders, currencies):
    [found] = compared(*booked, moved=moved)

    assert (found.orders, found.currencies) == (orders, currencies)


def test_what_moved_nothing_at_all_needs_no_entry():
    assert compared(moved=(replace(CHARGE, amount_minor=0, fee_minor=0),)) == []
    assert [each.kind for each in compared(moved=(replace(CHARGE, amount_minor=0),))] == ["fee_differs"]


def test_what_is_booked_in_the_wrong_direction_is_one_finding_and_its_fee_another():
    out = replace(CHARGE, amount_minor=-300, fee_minor=5)

    found = compared(entry("ord_a", 300, "gift"), moved=(out,))

    assert [(each.kind, each.at_stripe, each.in_ledger) for each in found] == [
        ("amount_differs", "-300", "300"),
        ("fee_differs", "5", "0"),
    ]
