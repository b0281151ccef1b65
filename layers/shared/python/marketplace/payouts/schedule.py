"""When a seller is paid: every day, week or month, at one hour, by the seller's choice."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from marketplace.kit.errors import Invalid
from marketplace.payouts.model import Standing
from marketplace.payouts.reserve import ReserveRule, is_new

DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
INTERVALS = (DAILY, WEEKLY, MONTHLY)
PAY_HOUR = time(6, 0, tzinfo=UTC)  # before banks' first cut-off in Europe
_DECEMBER = 12
BACKOFF_DAYS = (1, 3, 7)  # at least so long after the first, second and further refusals by a bank


class UnknownInterval(Invalid):
    """There is no such schedule."""

    code = "unknown_interval"
    title_en = "Payouts are made daily, weekly or monthly."
    title_es = "Los pagos se hacen cada día, cada semana o cada mes."


def interval_of(standing: Standing, now: datetime) -> str:
    """Return the seller's choice, or what the rules give: new sellers weekly, others daily."""
    return standing.interval or (WEEKLY if is_new(standing, now) else DAILY)


def next_date(interval: str, now: datetime) -> datetime:
    """Return the next payout date after `now`: tomorrow, Monday, or the first of the month, at `PAY_HOUR`."""
    day = now.astimezone(UTC).date()
    if interval == MONTHLY:
        first = day.replace(day=1)
        following = first.replace(year=day.year + 1, month=1) if day.month == _DECEMBER else None
        chosen = following or first.replace(month=day.month + 1)
    elif interval == WEEKLY:
        chosen = day + timedelta(days=7 - day.weekday())
    else:
        chosen = day + timedelta(days=1)
    return datetime.combine(chosen, PAY_HOUR)


def after_failure(interval: str, failures: int, now: datetime) -> datetime:
    """Return when to try again after the bank refused `failures` >= 1 times: a date of the schedule, with backoff."""
    wait = BACKOFF_DAYS[min(failures, len(BACKOFF_DAYS)) - 1]
    return next_date(interval, now + timedelta(days=wait - 1))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Payout dates and reserves of a deployment: the published ones, unless it sets lengths of its own (TIMERS)."""

    every: timedelta | None = None  # between payout dates, whatever the seller's schedule
    reserve: timedelta | None = None  # of every reserved part, whatever its rule

    def next_date(self, interval: str, now: datetime) -> datetime:
        """Return the next payout date after `now`."""
        return now + self.every if self.every else next_date(interval, now)

    def after_failure(self, interval: str, failures: int, now: datetime) -> datetime:
        """Return when to try again after the bank refused `failures` >= 1 times."""
        return now + self.every if self.every else after_failure(interval, failures, now)

    def free_at(self, rule: ReserveRule, at: datetime) -> datetime:
        """Return when a part that is set aside at `at` is free again."""
        return at + (self.reserve or rule.length)


PUBLISHED = Calendar()
