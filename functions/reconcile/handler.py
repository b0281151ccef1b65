"""Every night, and on demand: compare the books with Stripe's, and say what differs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Protocol

from marketplace.kit.clock import to_text
from marketplace.ledger.clearing import Open, overdue
from marketplace.payments import difference_stops
from marketplace.payments.reconcile import BadRange, Reconciliation, Report
from marketplace.payouts.narrow_stops import Switch
from marketplace.wiring import Services, live

DIFFERENCES_TOLD_MAX = 100  # lines in one run; the counts are of all of them
OPEN_TOLD_MAX = 100  # clearing accounts in one run, the longest open first; the metrics are of all of them
# CloudWatch reads these metrics from the line itself; infra/template.yaml has alarms on them.
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "reconciliation_differences", "Unit": "Count"},
            {"Name": "reconciliation_lag_seconds", "Unit": "Seconds"},
            {"Name": "clearing_age_seconds", "Unit": "Seconds"},
            {"Name": "clearing_overdue", "Unit": "Count"},
        ],
    }
]


@cache
def _services() -> Services:
    return live()


class Owner(Protocol):
    """The owner's own money; see payments/owner_money.py."""

    def catch_up(self, since: datetime, until: datetime) -> int: ...


class Clearing(Protocol):
    """What is open of whatever day; see payments/open_books.py."""

    def look(self, moved: Iterable[str]) -> list[Open]: ...


def run(
    event: Mapping[str, Any],
    reconciliation: Reconciliation,
    switch: Switch | None = None,
    owner: Owner | None = None,
    clearing: Clearing | None = None,
) -> dict[str, Any]:
    """Reconcile what the event asks for: `day`, or `from` and `to`, else the days of the schedule.

    What the owner put in or took out on those days, and nobody told of, is booked first: only Stripe knows of it.

    A difference that nobody can explain stops payments of its orders, else of its currency
    (docs/runbooks/kill-switch.md).

    Raises: BadRange; Unavailable; ExceptionGroup, at the end, of old books that cannot be read.
    """
    first, last = _asked(event, reconciliation)
    if owner is not None:
        days = [datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1))]
        owner.catch_up(*days)
    report = reconciliation.run(first, last)
    left, unread = _left(report, clearing)
    told = _told(report, left)
    whole = {name: fact for name, fact in told.items() if name != "differences"}
    _say("ERROR" if report.differences else "INFO", "reconciliation", {**_measured(report, left), **whole})
    for difference in told["differences"]:  # each in a line of its own: CloudWatch cuts a line at 256 KB
        _say("ERROR", "difference", difference)
    if switch is not None:
        difference_stops.stop(switch, report.differences)
    if unread is not None:  # an old book that cannot be read keeps nobody from hearing of what differs
        raise unread
    return told


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Be called by the schedule, or by a person."""
    services = _services()
    return run(event, services.reconciliation, services.switch, services.owner_money, services.open_books)


def _left(report: Report, clearing: Clearing | None) -> tuple[Sequence[Open], Exception | None]:
    """Return what is open, of whatever day; of the days asked for alone, and why, where that cannot be read."""
    if clearing is None:
        return report.not_cleared, None
    try:
        return clearing.look({each.book for each in report.not_cleared}), None
    except Exception as error:  # noqa: BLE001 - raised again once the differences are told and stopped
        return report.not_cleared, error


def _asked(event: Mapping[str, Any], reconciliation: Reconciliation) -> tuple[date, date]:
    """Return the first and the last day that are asked for.

    Raises: BadRange.
    """
    if "day" in event:
        days = _day(event["day"]), _day(event["day"])
    elif "from" in event or "to" in event:
        days = _day(event.get("from")), _day(event.get("to"))
    else:
        days = reconciliation.scheduled()
    reconciliation.check(*days)
    return days


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadRange(fields={"day": "not_a_day"}) from None


def _told(report: Report, left: Sequence[Open]) -> dict[str, Any]:
    return {
        "days": [report.first_day.isoformat(), report.last_day.isoformat()],
        "movements": report.movements,
        "transactions": report.transactions,
        "matched": report.matched,
        "waiting": report.waiting,
        "counts": report.counts,
        "differences": [asdict(each) for each in report.differences[:DIFFERENCES_TOLD_MAX]],
        "lag_median_seconds": report.lag_median.total_seconds(),
        "booked": {f"{account} {currency}": minor for (account, currency), minor in report.booked.items()},
        "at_stripe": report.at_stripe,
        "not_cleared": [_open(each) for each in left[:OPEN_TOLD_MAX]],
    }


def _open(each: Open) -> dict[str, Any]:
    return {**asdict(each), "since": to_text(each.since), "age": each.age.total_seconds()}


def _measured(report: Report, left: Sequence[Open]) -> dict[str, Any]:
    ages = [each.age.total_seconds() for each in left]
    return {
        "_aws": {"Timestamp": int(report.ran_at.timestamp() * 1000), "CloudWatchMetrics": _METRICS},
        "reconciliation_differences": len(report.differences),
        "reconciliation_lag_seconds": report.lag_max.total_seconds(),
        "clearing_age_seconds": max(ages, default=0.0),
        "clearing_overdue": len(overdue(left)),
    }


def _say(level: str, message: str, facts: Mapping[str, Any]) -> None:
    line = {"level": level, "service": "reconcile", "message": message, **facts}
    sys.stdout.write(json.dumps(line, default=str) + "\n")
