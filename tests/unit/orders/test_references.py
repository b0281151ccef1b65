"""An order's number for people: stable, without look-alikes, and every slip of one character noticed."""

import pytest

from marketplace.kit.ids import derived_id
from marketplace.orders.references import ALPHABET, LENGTH, parse_reference, reference_of

ORDERS = [derived_id("ord", str(number)) for number in range(2_000)]


def test_every_order_has_its_own_and_always_the_same():
    numbers = [reference_of(each) for each in ORDERS]

    assert len(set(numbers)) == len(ORDERS)
    assert numbers == [reference_of(each) for each in ORDERS]
    assert not set("01OIL") & set(ALPHABET)


def test_it_is_read_as_people_write_it():
    number = reference_of(ORDERS[0])

    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} "):
        assert parse_reference(typed) == number


@pytest.mark.parametrize("order_id", ORDERS[:20])
def test_one_wrong_character_or_two_exchanged_are_noticed(order_id):
    plain = reference_of(order_id).replace("-", "")
    wrong = {plain[:at] + other + plain[at + 1 :] for at in range(LENGTH) for other in ALPHABET if other != plain[at]}
    for at in range(LENGTH - 1):
        exchanged = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        wrong |= {exchanged} - {plain}

    assert [each for each in wrong if parse_reference(each)] == []


@pytest.mark.parametrize(
    "typed", ["", "7KQ2M", "0" * LENGTH, "ord_01kkn3v2w0m6r8t4x9z7c5b3b1", "ÑÑÑÑÑ-ÑÑÑÑÑ", "7" * 500]
)
def test_what_cannot_be_one_is_none(typed):
    assert parse_reference(typed) is None
