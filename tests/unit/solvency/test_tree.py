"""The sum tree: every leaf leads to the root, and nothing else does."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.solvency.tree import AMOUNT_MAX, NOTHING, climb, join, leaf, levels, path_of, root_of

AMOUNTS = st.lists(st.integers(0, 99_999_999), min_size=1, max_size=40)


def leaves_of(amounts):
    salts = [hashlib.sha256(str(place).encode()).digest() for place in range(len(amounts))]
    return [
        leaf(salt, f"held:ord_{at}", "eur", minor) for at, (salt, minor) in enumerate(zip(salts, amounts, strict=True))
    ]


@given(AMOUNTS)
def test_every_leaf_climbs_to_the_root_and_the_root_sums_them_all(amounts):
    leaves = leaves_of(amounts)
    tree = levels(leaves)

    assert root_of(leaves).sum_minor == sum(amounts)
    assert all(climb(each, path_of(tree, place)) == root_of(leaves) for place, each in enumerate(leaves))


@given(AMOUNTS, st.data())
def test_another_amount_leads_elsewhere(amounts, data):
    leaves = leaves_of(amounts)
    place = data.draw(st.integers(0, len(amounts) - 1))
    other = data.draw(st.integers(0, 99_999_999).filter(lambda minor: minor != amounts[place]))
    salt = hashlib.sha256(str(place).encode()).digest()

    found = climb(leaf(salt, f"held:ord_{place}", "eur", other), path_of(levels(leaves), place))

    assert found != root_of(leaves)


@pytest.mark.parametrize("amount", [-1, AMOUNT_MAX + 1])
def test_no_leaf_is_negative_or_overflows(amount):
    with pytest.raises(ValueError, match="leaf"):
        leaf(bytes(32), "vat", "eur", amount)


def test_a_salt_is_whole():
    with pytest.raises(ValueError, match="leaf"):
        leaf(bytes(31), "vat", "eur", 1)


def test_an_empty_tree_is_nothing():
    assert root_of([]) == NOTHING


def test_left_and_right_are_not_the_same():
    one, two = leaves_of([1, 2])

    assert join(one, two).hash != join(two, one).hash
