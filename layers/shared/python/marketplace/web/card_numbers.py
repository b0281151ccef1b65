"""Recognise a payment card's number in free text, so that none is ever stored: cards are typed at Stripe only.

A number counts when a scheme issues such ones (its first digits, with the lengths that go with them) and its check
digit is right (Luhn, ISO/IEC 7812-1, annex B). Both together let other long numbers pass: barcodes, bank accounts,
references. The retired Visa numbers of 13 digits are left out, since one in ten barcodes that begin with 4 looks so.
"""

import re

# First digits and length. Sources: ISO/IEC 7812-1 and the schemes' published ranges.
_ISSUED = re.compile(
    r"4(?:\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"  # Discover
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50|5[6-9]|6\d)\d{12,17}"  # Maestro and others, 14 digits and more
)
_GAP = r"[\s.-]"
_WRITTEN = tuple(
    # Letters beside it make it something else: a carrier's reference, a digest.
    re.compile(rf"(?<![0-9A-Za-z]){layout}(?![0-9A-Za-z])")
    for layout in (
        r"\d{14,19}",
        rf"\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}",
        rf"\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3}}",
        rf"\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}",
    )
)
_DIGIT = re.compile(r"\d")


def holds_card_number(text: str) -> bool:
    """Tell whether a card's number stands in the text, whole or in the groups in which cards print it."""
    return any(_is_card(found[0]) for layout in _WRITTEN for found in layout.finditer(text))


def _is_card(written: str) -> bool:
    digits = [int(digit) for digit in _DIGIT.findall(written)]
    return bool(_ISSUED.fullmatch("".join(map(str, digits)))) and _luhn_holds(digits)


def _luhn_holds(digits: list[int]) -> bool:
    doubled = [digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(each - 9 if each > 9 else each for each in doubled)) % 10 == 0  # noqa: PLR2004
