"""Periods that the law counts in whole days: Regulation (EEC, Euratom) No 1182/71, articles 2 and 3.

The day of the event does not count, the last day counts to its end, and a period that would end on a Saturday, a Sunday
or a holiday ends with the next working day. A holiday here is a day on which banks of the euro area are closed, or a
national one of Spain: a day too many costs the seller little, a day too few would take a right away.

Days begin and end by Central European Time, wherever people are. Its rule is written out, as the functions' machines
carry no time zone data; tests/unit/kit/test_periods.py holds it equal to the data's Europe/Madrid.
"""

from datetime import UTC, date, datetime, time, timedelta

from marketplace.kit.business_days import is_business_day

ZONE = "Europe/Madrid"  # of the marketplace: its days are the ones that count
_STANDARD, _SUMMER = timedelta(hours=1), timedelta(hours=2)  # ahead of UTC
_CHANGES_AT = time(1, tzinfo=UTC)  # Directive 2000/84/EC, articles 2 and 3: on the last Sundays of March and October
_SUNDAY = 6
# (month, day). Ley del Estatuto de los Trabajadores, artículo 37.2, and Real Decreto 2001/1983, artículo 45.
_NATIONAL = {(1, 6), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8)}
_INSTANT = timedelta(microseconds=1)


def last_moment(begins: datetime, days: int) -> datetime:
    """Return the last moment of a period of some days that begins with an event, in UTC."""
    return last_moment_of(day_of(begins) + timedelta(days=days))


def last_moment_of(day: date) -> datetime:
    """Return the last moment of a day, or of the next working day where it is none, in UTC."""
    while not is_business_day(day) or (day.month, day.day) in _NATIONAL:
        day += timedelta(days=1)
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    return midnight - _ahead(midnight - _SUMMER) - _INSTANT  # clocks change after 1:00, never about midnight


def day_of(at: datetime) -> date:
    """Return the day that it is in the marketplace at a moment."""
    return (at.astimezone(UTC) + _ahead(at)).date()


def _ahead(at: datetime) -> timedelta:
    year = at.astimezone(UTC).year
    return _SUMMER if _last_sunday(year, 3) <= at < _last_sunday(year, 10) else _STANDARD


def _last_sunday(year: int, month: int) -> datetime:
    """Return when clocks change in a month of 31 days."""
    last = date(year, month, 31)
    return datetime.combine(last - timedelta(days=(last.weekday() - _SUNDAY) % 7), _CHANGES_AT)
