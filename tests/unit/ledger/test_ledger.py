"""The books: balanced or not at all, and every cent of an order accounted for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger import postings
from marketplace.ledger.model import (
    COMMISSION,
    HELD,
    STRIPE,
    WITH_BANK,
    LedgerTransaction,
    Posting,
    balances,
    seller_account,
    seller_debt_account,
)
from marketplace.orders.model import Award, Line, Order
from tests.fakes.booked import released

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def an_order(total_minor: int = 10_000, commission_minor: int = 800, award: Award | None = None) -> Order:
    return Order(
        "ord_1",
        "pay_1",
        "acc_buyer",
        "acc_seller",
        "trader",
        "eur",
        (Line("lst_1", "Bike", 1, total_minor),),
        total_minor,
        commission_minor,
        "2026-11",
        1,
        NOW,
        "delivered",
        3,
        NOW,
        None,
        award,
    )


def transaction(*legs: tuple[str, int]) -> LedgerTransaction:
    return LedgerTransaction("ord_1", "k", "k", "eur", tuple(Posting(*leg) for leg in legs), NOW)


@pytest.mark.parametrize(
    "legs",
    [
        ((STRIPE, 1),),
        (),
        ((STRIPE, 1), (HELD, -2)),
        ((STRIPE, 0), (HELD, 0)),
        ((STRIPE, 1.0), (HELD, -1.0)),
        (("pocket", 1), (HELD, -1)),
    ],
)
def test_what_does_not_balance_cannot_even_be_made(legs):
    with pytest.raises(ValueError, match="posting"):
        transaction(*legs)


@given(st.integers(50, 99_999_999), st.integers(0, 2_000), st.data())
def test_any_award_empties_the_hold_and_gives_every_cent_to_somebody(total, rate, data):
    refund = data.draw(st.integers(0, total))
    seller = total - refund
    order = an_order(total, total * rate // 10_000, Award(refund, seller))

    book = [postings.capture(order, "ch_1", NOW)]
    book += released(order, seller, "tr_1", NOW) if seller else []
    book += [postings.refund(order, refund, "re_1", "refund#ord_1", NOW)] if refund else []

    total_by_account = balances(book)
    assert total_by_account.get((HELD, "eur"), 0) == 0
    assert sum(total_by_account.values()) == 0
    commission = -total_by_account.get((COMMISSION, "eur"), 0)
    assert 0 <= commission <= order.commission_minor
    assert total_by_account.get((STRIPE, "eur"), 0) == commission


def test_a_seller_is_owed_nothing_once_the_transfer_is_booked():
    order = an_order()

    book = released(order, 10_000, "tr_1", NOW)

    assert balances(book)[seller_account("acc_seller"), "eur"] == 0
    assert [each.key for each in book] == ["release", "transfer"]


def test_commission_on_a_part_follows_the_part():
    order = an_order(10_000, 801)

    assert [postings.commission_on(order, part) for part in (0, 2_500, 5_000, 10_000)] == [0, 200, 401, 801]


def test_a_lost_chargeback_takes_the_hold_first():
    order = an_order()

    gone = postings.chargeback_lost(order, 10_000, 10_000, "dp_1", NOW)

    assert {leg.account: leg.amount_minor for leg in gone.postings} == {HELD: 10_000, WITH_BANK: -10_000}


def test_a_lost_chargeback_after_release_is_the_sellers_debt():
    order = replace(an_order(award=Award(0, 10_000)), state="released")

    gone = postings.chargeback_lost(order, 10_000, 0, "dp_1", NOW)

    assert {leg.account: leg.amount_minor for leg in gone.postings} == {
        seller_debt_account("acc_seller"): 10_000,
        WITH_BANK: -10_000,
    }


def test_a_lost_chargeback_after_a_split_costs_the_seller_no_more_than_they_got():
    order = replace(an_order(award=Award(4_000, 6_000)), state="split")

    gone = postings.chargeback_lost(order, 10_000, 0, "dp_1", NOW)

    legs = {leg.account: leg.amount_minor for leg in gone.postings}
    assert legs[seller_debt_account("acc_seller")] == 6_000
    assert legs["chargeback_loss"] == 4_000
