"""VAT on the commission: whose rate, since when, and why."""

from datetime import UTC, date, datetime

import pytest

from marketplace.accounts.countries import SELLER_COUNTRIES
from marketplace.fees.model import SellerFacts, Terms, VatNumberInvalid
from marketplace.fees.vat import REASONS, STANDARD_RATES, UNION, checked_number, standard_rate, vat_on_commission

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def seller(kind="trader", country="ES", number=None) -> SellerFacts:
    return SellerFacts(Terms("acc_1", vat_number=number), kind, country)


@pytest.mark.parametrize(
    ("home", "who", "bps", "reason"),
    [
        ("", seller(), 0, "not_registered"),
        ("ES", seller(), 2_100, "domestic"),
        ("ES", seller(number="ESB12345678"), 2_100, "domestic"),
        ("ES", seller("private"), 2_100, "domestic"),
        ("ES", seller(country="DE", number="DE123456789"), 0, "reverse_charge"),
        ("ES", seller(country="DE"), 1_900, "seller_country"),
        ("ES", seller("private", "DE", "DE123456789"), 1_900, "seller_country"),
        ("ES", seller("private", "FI"), 2_550, "seller_country"),
        ("ES", seller(country="US"), 0, "outside_the_union"),
        ("ES", seller(country="GB", number="GB1"), 0, "outside_the_union"),
        ("ES", seller(country="CH"), 0, "outside_the_union"),
        ("GB", seller(country="GB"), 2_000, "domestic"),
        ("GB", seller(country="DE", number="DE1"), 0, "outside_the_union"),
    ],
)
def test_the_rate_follows_from_where_and_as_what_somebody_sells(home, who, bps, reason):
    found = vat_on_commission(home, who, NOW)

    assert (found.bps, found.reason) == (bps, reason)
    assert all(REASONS[found.reason])


@pytest.mark.parametrize(
    ("country", "day", "bps"),
    [
        ("EE", date(2025, 6, 30), 2_200),
        ("EE", date(2025, 7, 1), 2_400),
        ("FI", date(2024, 8, 31), 2_400),
        ("FI", date(2024, 9, 1), 2_550),
        ("RO", date(2025, 7, 31), 1_900),
        ("RO", date(2025, 8, 1), 2_100),
        ("SK", date(2024, 12, 31), 2_000),
        ("SK", date(2025, 1, 1), 2_300),
        ("ES", date(2010, 1, 1), 2_100),
    ],
)
def test_a_rate_counts_from_its_day_on(country, day, bps):
    assert standard_rate(country, day) == bps


def test_every_member_state_that_sellers_come_from_has_its_rates_in_order():
    others = {"CH", "IS", "LI", "NO", "US", "CA"}

    assert UNION | {"GB"} == SELLER_COUNTRIES - others
    assert len(UNION) == 27
    for rows in STANDARD_RATES.values():
        assert [since for since, _ in rows] == sorted({since for since, _ in rows})
        assert all(1_500 <= bps <= 2_700 for _, bps in rows)  # the Directive's minimum, and Hungary


@pytest.mark.parametrize(
    ("number", "country", "kept"),
    [("es b-12.345678", "ES", "ESB12345678"), ("EL123456789", "GR", "EL123456789"), ("DE12", "DE", "DE12")],
)
def test_a_number_is_kept_in_one_spelling(number, country, kept):
    assert checked_number(number, country) == kept


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("B12345678", "ES"),
        ("DE123", "ES"),
        ("ES", "ES"),
        ("ES1", "ES"),
        ("GR123456789", "GR"),
        ("US12", "US"),
        ("ESñ1", "ES"),
    ],
)
def test_what_is_no_number_of_that_country_is_refused(number, country):
    with pytest.raises(VatNumberInvalid):
        checked_number(number, country)
