"""A run reads the books through one sieve: what makes no sense is noted once, and its book is not whole."""

import dataclasses
from datetime import date

import pytest

from marketplace.ledger.sifting import NO_SENSE, Sieve, Sifted, Unreadable
from tests.unit.ledger.test_reconciliation import entry

DAY = date(2026, 11, 2)
BAD, WORSE = Unreadable("ord_2", "capture", "does not sum"), Unreadable("ord_1", "refund", "no currency")
GOOD = entry("ord_1", 1_000)


class Rows:
    """A ledger of one good row, in which rows make no sense: one of the day, another of its book."""

    def sift_day(self, day):
        assert day == DAY
        return Sifted([GOOD], [BAD])

    def sift_book(self, book):
        return Sifted([GOOD], [WORSE, BAD] if book == "ord_1" else [])


def test_what_can_be_read_is_passed_on():
    sieve = Sieve(Rows())

    assert (sieve.of_day(DAY), sieve.of_book("ord_1"), sieve.of_book("ord_3")) == ([GOOD], [GOOD], [GOOD])


def test_each_row_that_makes_no_sense_is_noted_once_and_in_order():
    sieve = Sieve(Rows())
    before = sieve.unreadable
    for _ in range(2):
        sieve.of_day(DAY)
        sieve.of_book("ord_1")

    assert (before, sieve.unreadable) == ((), (WORSE, BAD))


def test_a_book_is_whole_until_a_row_of_it_is_met_that_makes_no_sense():
    sieve = Sieve(Rows())
    before = sieve.is_whole("ord_2")
    sieve.of_day(DAY)

    assert (before, sieve.is_whole("ord_2"), sieve.is_whole("ord_1"), sieve.is_whole("ord_3")) == (
        True,
        False,
        True,
        True,
    )


def test_a_row_says_nothing_of_its_currency_its_content_and_its_orders_unless_it_is_told():
    assert dataclasses.astuple(BAD)[3:] == ("", "", ())
    assert Sifted([]).unreadable == []


@pytest.mark.parametrize("mistake", [ValueError, TypeError, AttributeError, KeyError, IndexError])
def test_whatever_a_row_lacks_counts_as_making_no_sense(mistake):
    assert issubclass(mistake, NO_SENSE)


@pytest.mark.parametrize("mistake", [OSError, RuntimeError, MemoryError])
def test_what_is_no_rows_fault_does_not(mistake):
    assert not issubclass(mistake, NO_SENSE)
