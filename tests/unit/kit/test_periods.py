"""Periods in whole days, as Regulation (EEC, Euratom) No 1182/71 counts them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.kit.periods import ZONE, day_of, last_moment, last_moment_of

ALMOST = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-11-02T00:00:00+01:00", "2026-11-17T00:00:00+01:00"),  # the first moment of a day, or its last one:
        ("2026-11-02T23:59:59+01:00", "2026-11-17T00:00:00+01:00"),  # the fourteenth day after it counts whole
        ("2026-11-07T12:00:00+01:00", "2026-11-24T00:00:00+01:00"),  # a Saturday: until Monday
        ("2026-11-08T12:00:00+01:00", "2026-11-24T00:00:00+01:00"),  # a Sunday: until Monday
        ("2026-12-11T12:00:00+01:00", "2026-12-29T00:00:00+01:00"),  # Christmas, a Saturday and a Sunday
        ("2026-03-20T12:00:00+01:00", "2026-04-08T00:00:00+02:00"),  # Good Friday, Easter, and the clocks changed
        ("2026-09-28T12:00:00+02:00", "2026-10-14T00:00:00+02:00"),  # 12 October is a national holiday
        ("2026-10-13T12:00:00+02:00", "2026-10-28T00:00:00+01:00"),  # the clocks went back
    ],
)
def test_fourteen_days_end_with_the_last_of_them_or_with_the_next_working_day(begins, ends):
    assert last_moment(datetime.fromisoformat(begins), 14) == datetime.fromisoformat(ends) - ALMOST


def test_days_end_when_they_end_in_the_marketplaces_time_zone():
    zone = ZoneInfo(ZONE)
    for number in range(6 * 366):
        day = date(2026, 1, 1) + timedelta(days=number)
        ends = last_moment_of(day)
        assert ends >= datetime.combine(day, time.max, zone)
        assert (ends + ALMOST).astimezone(zone).time() == time()
        for hour in range(0, 24, 5):
            at = datetime.combine(day, time(hour, 30), UTC)
            assert day_of(at) == at.astimezone(zone).date()
