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
from marketplace.ledger.sifting import Unreadable
from marketplace.payments import difference_stops
from marketplace.payments.difference_stops import Switch
from marketplace.payments.open_books import Looked
from marketplace.payments.reconcile import BadRange, Reconciliation, Report
from marketplace.wiring import Services, live

DIFFERENCES_TOLD_MAX = 100  # lines in one run, and as many of unreadable rows; the counts are of all of them
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

    def look(self, moved: Iterable[str]) -> Looked: ...


def run(
    event: Mapping[str, Any],
    reconciliation: Reconciliation,
    switch: Switch | None = None,
    owner: Owner | None = None,
    clearing: Clearing | None = None,
) -> dict[str, Any]:
    """Reconcile what the event asks for: `day`, or `from` and `to`, else the days of the schedule.

    What the owner put in or took out on those days, and nobody told of, is booked first: only Stripe knows of it.

    A difference that nobody can explain stops payments of its orders, else of its currency, and so does a row of the
    books that makes no sense (docs/runbooks/kill-switch.md).

    Raises: BadRange; Unavailable; at the end, when all else is told and stopped, whatever kept it from looking at the
    books that were open before.
    """
    first, last = _asked(event, reconciliation)
    if owner is not None:
        days = [datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1))]
        owner.catch_up(*days)
    report = reconciliation.run(first, last)
    looked, unlooked = _looked(report, clearing, reconciliation)
    unreadable = sorted({*report.unreadable, *looked.unreadable})
    told = _told(report, looked.left, unreadable)
    whole = {**told, "unreadable": len(unreadable)}
    del whole["differences"]
    level = "ERROR" if report.differences or unreadable else "INFO"
    _say(level, "reconciliation", {**_measured(report, looked.left, unreadable), **whole})
    for message, lines in (("difference", told["differences"]), ("unreadable", told["unreadable"])):
        for each in lines:  # each in a line of its own: CloudWatch cuts a line at 256 KB
            _say("ERROR", message, each)
    if switch is not None:
        difference_stops.stop(switch, report.differences, unreadable)
    if unlooked is not None:  # what keeps old books from being looked at keeps nobody from hearing of what differs
        raise unlooked
    return told


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Be called by the schedule, or by a person."""
    services = _services()
    return run(event, services.reconciliation, services.switch, services.owner_money, services.open_books)


def _looked(
    report: Report, clearing: Clearing | None, reconciliation: Reconciliation
) -> tuple[Looked, Exception | None]:
    """Return what is open, of whatever day; of the days asked for alone, and why, where nobody can look."""
    of_days = Looked(report.not_cleared)
    if clearing is None:
        return of_days, None
    moved = {each.book for each in report.not_cleared} | {each.book for each in report.unreadable}
    try:
        found = clearing.look(moved)
        return Looked(found.left, tuple(reconciliation.with_orders(found.unreadable))), None
    except Exception as error:  # noqa: BLE001 - raised again once the differences are told and stopped
        return of_days, error


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


def _told(report: Report, left: Sequence[Open], unreadable: Sequence[Unreadable]) -> dict[str, Any]:
    return {
        "days": [report.first_day.isoformat(), report.last_day.isoformat()],
        "movements": report.movements,
        "transactions": report.transactions,
        "matched": report.matched,
        "waiting": report.waiting,
        "counts": report.counts,
        "differences": [asdict(each) for each in report.differences[:DIFFERENCES_TOLD_MAX]],
        "unreadable": [asdict(each) for each in unreadable[:DIFFERENCES_TOLD_MAX]],
        "lag_median_seconds": report.lag_median.total_seconds(),
        "booked": {f"{account} {currency}": minor for (account, currency), minor in report.booked.items()},
        "at_stripe": report.at_stripe,
        "not_cleared": [_open(each) for each in left[:OPEN_TOLD_MAX]],
    }


def _open(each: Open) -> dict[str, Any]:
    return {**asdict(each), "since": to_text(each.since), "age": each.age.total_seconds()}


def _measured(report: Report, left: Sequence[Open], unreadable: Sequence[Unreadable]) -> dict[str, Any]:
    ages = [each.age.total_seconds() for each in left]
    return {
        "_aws": {"Timestamp": int(report.ran_at.timestamp() * 1000), "CloudWatchMetrics": _METRICS},
        "reconciliation_differences": len(report.differences) + len(unreadable),
        "reconciliation_lag_seconds": report.lag_max.total_seconds(),
        "clearing_age_seconds": max(ages, default=0.0),
        "clearing_overdue": len(overdue(left)),
    }


def _say(level: str, message: str, facts: Mapping[str, Any]) -> None:
    line = {"level": level, "service": "reconcile", "message": message, **facts}
    sys.stdout.write(json.dumps(line, default=str) + "\n")
