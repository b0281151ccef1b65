"""What refunds of released money give back sums exactly, in whatever parts."""

import random
from dataclasses import replace

import pytest

from marketplace.ledger import refunds
from marketplace.ledger.model import balances
from marketplace.orders.model import Award
from tests.stores.trading import NOW, order

CASES = [
    (10_000, 800, 168),
    (9_999, 799, 0),
    (1, 0, 0),
    (1, 1, 0),
    (50, 4, 1),
    (333, 27, 6),
    (99_999_999, 8_000_000, 1),
]


def parts_of(total, dice):
    left = total
    while left:
        part = dice.randint(1, left)
        yield part
        left -= part


@pytest.mark.parametrize(("total", "commission", "vat"), CASES)
@pytest.mark.parametrize("seed", range(5))
def test_any_parts_give_back_exactly_what_was_taken(total, commission, vat, seed):
    found = replace(
        order(total_minor=total, commission_minor=commission, commission_vat_minor=vat), award=Award(0, total)
    )
    given = []
    for part in parts_of(total, random.Random(seed)):  # noqa: S311 - choices of a test
        given.append(refunds.shares_of(found, part))
        found = replace(found, refunded_after_minor=found.refunded_after_minor + part)
        assert min(given[-1]) >= 0
        assert sum(given[-1]) == part

    assert tuple(map(sum, zip(*given, strict=True))) == (total - commission - vat, commission, vat)


def test_what_is_not_reversed_is_debt_at_once():
    found = replace(order(), award=Award(0, 10_000))

    booked = refunds.taken_back(found, "ref_1", 2_500, to_reverse_minor=2_000, at=NOW)

    assert dict(balances([booked])) == {
        ("seller:acc_seller", "eur"): 2_000,
        ("seller_debt:acc_seller", "eur"): 300,
        ("commission", "eur"): 200,
        ("refund_owed", "eur"): -2_500,
    }
