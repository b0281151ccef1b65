"""Days on which banks of the euro area work: deadlines that must leave people working days are counted in them.

Closed are Saturdays, Sundays, and the closing days of the Eurosystem's payment system: 1 January, Good Friday, Easter
Monday, 1 May, 25 and 26 December. Source: European Central Bank, "T2 closing days".
"""

from datetime import date, datetime, timedelta

_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}
_SATURDAY = 5


def is_business_day(day: date) -> bool:
    """Say whether banks work on this day."""
    easter = easter_sunday(day.year)
    closed = {easter - timedelta(days=2), easter + timedelta(days=1)}
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED and day not in closed


def add_business_days(at: datetime, count: int) -> datetime:
    """Return the same time of day, `count` business days later; the day of `at` itself does not count."""
    while count > 0:
        at += timedelta(days=1)
        count -= is_business_day(at.date())
    return at


def easter_sunday(year: int) -> date:
    """Return the Sunday of Easter in the Gregorian calendar."""
    golden, century = year % 19, year // 100
    leap_days, solar = century // 4, (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_days - solar + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
