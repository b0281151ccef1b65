"""Business days: what does not count when a deadline must leave people time to work."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.business_days import add_business_days, easter_sunday, is_business_day

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25), (2100, 3, 28)]
)
def test_easter_is_when_the_calendar_has_it(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


@pytest.mark.parametrize(
    "closed",
    [
        *("2026-01-01", "2026-05-01", "2026-12-25"),  # fixed days that fall on working days
        *("2026-04-03", "2026-04-06"),  # Good Friday, Easter Monday
        *("2026-11-21", "2026-11-22"),  # a Saturday, a Sunday
    ],
)
def test_banks_are_closed(closed):
    assert not is_business_day(date.fromisoformat(closed))


@pytest.mark.parametrize("working", ["2026-01-02", "2026-04-02", "2026-04-07", "2026-05-25", "2026-12-24"])
def test_banks_work(working):
    assert is_business_day(date.fromisoformat(working))


@pytest.mark.parametrize(
    ("begun", "over"),
    [
        ("2026-11-16T10:00", "2026-11-19T10:00"),  # Monday to Thursday
        ("2026-11-19T10:00", "2026-11-24T10:00"),  # over a weekend
        ("2026-11-21T10:00", "2026-11-25T10:00"),  # begun on one
        ("2026-04-01T10:00", "2026-04-08T10:00"),  # over Easter
        ("2026-12-23T10:00", "2026-12-29T10:00"),  # over Christmas and a weekend
    ],
)
def test_three_business_days_end_at_the_same_time_of_day(begun, over):
    assert add_business_days(datetime.fromisoformat(begun), 3) == datetime.fromisoformat(over)


@given(MOMENTS, st.integers(0, 40), st.integers(0, 40))
def test_days_add_up_and_always_end_on_a_working_day(at, few, more):
    after = add_business_days(at, few)

    assert add_business_days(after, more) == add_business_days(at, few + more)
    assert few == 0 or is_business_day(after.date())
    assert timedelta(days=few) <= after - at <= timedelta(days=2 * few + 10)
