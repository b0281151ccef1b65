"""A payment card's number is recognised wherever somebody types it, and few other numbers are taken for one."""

import time

import pytest

from marketplace.web.card_numbers import holds_card_number

CARDS = {
    "visa": "4242424242424242",
    "visa debit": "4000056655665556",
    "visa of 19 digits": "4000000000000000006",
    "mastercard": "5555555555554444",
    "mastercard of the 2 series": "2223003122003222",
    "american express": "378282246310005",
    "discover": "6011111111111117",
    "diners": "30569309025904",
    "diners of 14 digits": "36227206271667",
    "jcb": "3566002020360505",
    "unionpay": "6200000000000005",
    "unionpay of 19 digits": "6205500000000000004",
    "maestro": "6759649826438453",
}


@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("text", ["{}", "Mi tarjeta es {}, gracias", "card:{}", "({})", "{} 12/27 cvc 123", "12 {}"])
def test_a_card_number_is_seen(number: str, text: str) -> None:
    assert holds_card_number(text.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242 4242 4242 4242 12 27 123",
        "3782 822463 10005",
        "3056 930902 5904",
        "6205 5000 0000 0000 004",
        "\u0664\u0662" * 8,  # in Arabic digits
        "\uff14\uff12" * 8,  # in full-width digits
    ],
)
def test_the_ways_in_which_people_write_one_are_seen(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",  # the check digit is wrong
        "424242424242424",  # no scheme issues 15 digits there
        "42424242424242424242",  # 20 digits
        "1234567812345670",  # Luhn holds, and no scheme begins so
        "0000000000000000",
        "4006381333931",  # EAN-13 barcode
        "9788437604947",  # ISBN-13
        "ES9121000418450200051332",
        "ES91 2100 0418 4502 0005 1332",
        "RR123456785ES",  # a postal item
        "PK4242424242424242",  # a carrier's own prefix
        "1Z999AA10123456784",
        "9400111899223857268499",
        "+34 612 345 678",
        "2026-11-02 09:00:00.000000",
        "pi_4242424242424242x",
        "ab" * 32,
        "4242424242424242" * 4,  # a hexadecimal digest may look so
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not holds_card_number(text)


@pytest.mark.parametrize("text", ["4" * 60_000, "4 " * 30_000, "4242 " * 12_000, "4242424242424241 " * 3_500])
def test_a_long_text_is_read_in_little_time(text: str) -> None:
    started = time.process_time()

    holds_card_number(text)

    assert time.process_time() - started < 0.5
