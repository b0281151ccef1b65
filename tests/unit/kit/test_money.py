"""Money divides exactly and never mixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.money import AMOUNT_MAX_MINOR, Money, UnsupportedCurrency, share_of, split

amounts = st.integers(0, AMOUNT_MAX_MINOR)
weights = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=20)


@given(amounts, weights)
def test_parts_always_sum_to_the_whole(amount, shares):
    parts = split(amount, shares)

    assert sum(parts) == amount
    assert min(parts) >= 0


@given(amounts, weights)
def test_each_part_is_within_one_unit_of_its_exact_share(amount, shares):
    total = sum(shares)

    for part, share in zip(split(amount, shares), shares, strict=True):
        exact = amount * share / total if total else amount / len(shares)
        assert abs(part - exact) < 1 + 1e-6


@given(amounts, weights)
def test_a_split_is_the_same_every_time(amount, shares):
    assert split(amount, shares) == split(amount, shares)


def test_who_has_no_weight_gets_nothing_while_others_have_some():
    assert split(100, [0, 1, 0, 2]) == [0, 33, 0, 67]


@pytest.mark.parametrize(("amount", "shares"), [(-1, [1]), (1, []), (1, [1, -1])])
def test_a_split_that_makes_no_sense_is_our_own_mistake(amount, shares):
    with pytest.raises(ValueError, match="split needs"):
        split(amount, shares)


@given(amounts, st.integers(0, 10_000))
def test_a_share_is_never_more_than_the_whole(amount, basis_points):
    assert 0 <= share_of(amount, basis_points) <= amount


def test_a_share_is_rounded_half_up():
    assert [share_of(minor, 500) for minor in (9, 10, 29, 30)] == [0, 1, 1, 2]


def test_money_of_two_currencies_does_not_add():
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1, "eur") + Money(1, "usd")


@pytest.mark.parametrize("amount", [1.0, True, "1", None])
def test_only_whole_numbers_are_money(amount):
    with pytest.raises(TypeError):
        Money(amount, "eur")


@pytest.mark.parametrize("currency", ["EUR", "xxx", ""])
def test_unknown_currencies_are_refused(currency):
    with pytest.raises(UnsupportedCurrency):
        Money(1, currency)


def test_money_adds_and_subtracts_in_its_currency():
    assert Money(3, "jpy") + Money(2, "jpy") - Money(1, "jpy") == Money(4, "jpy")
