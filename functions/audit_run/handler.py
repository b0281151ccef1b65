"""Several times a night, and on demand: judge what moved by the promises, and stop payments of what breaks one."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from marketplace.audit.night import Audit
from marketplace.audit.nightly import Nightly
from marketplace.audit.report import LIFTED, Report
from marketplace.kit.errors import Unavailable
from marketplace.payments.reconcile import BadRange
from marketplace.wiring import Services, live

TOLD_MAX = 100  # lines in one run; the counts are of all of them
DONE_BY = timedelta(hours=4, minutes=35)  # after the end of the day: the last run of the night has begun by then
TIME_TO_END_SECONDS = 90  # for the subject that is looked at, for what it stops, and for the last line
# CloudWatch reads these metrics from the line itself; infra/template.yaml has one alarm on the first two.
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "invariant_violations", "Unit": "Count"},
            {"Name": "audit_left", "Unit": "Count"},
            {"Name": "audit_orders", "Unit": "Count"},
            {"Name": "audit_sellers", "Unit": "Count"},
            {"Name": "audit_lag_seconds", "Unit": "Seconds"},
        ],
    }
]


@cache
def _services() -> Services:
    return live()


def run(event: Mapping[str, Any], audit: Audit, nightly: Nightly, until: datetime | None = None) -> dict[str, Any]:
    """Judge what the event asks for: an `order_id`, a `seller_id` or a `day` (`after` goes on), else the night's rest.

    A broken promise stops payments of its order or seller (docs/runbooks/kill-switch.md).

    Raises: BadRange; UnknownSubject; Unavailable, also when something broken could not be stopped: then it comes again.
    """
    report = _asked(event, audit, until) if _is_question(event) else nightly.go_on(until)
    if report is None:
        return {"done": True}
    told = _told(report)
    left = len(report.left) + (len(report.rest) if _is_question(event) or report.lag >= DONE_BY else 0)
    fresh = sum(each.done != LIFTED for each in report.found)
    counts = {name: fact for name, fact in told.items() if name not in {"found", "left"}}
    _say("ERROR" if fresh or left else "INFO", "audit", {**_measured(report, fresh, left), **counts})
    for found in told["found"]:  # each in a line of its own: CloudWatch cuts a line at 256 KB
        _say("ERROR", "violation", found)
    for subject in told["left"]:
        _say("ERROR", "not audited", {"subject": subject})
    if not report.is_carried_out:
        raise Unavailable
    return told


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Be called by the schedule, or by a person."""
    services = _services()
    until = ends_at(services.clock.now(), context.get_remaining_time_in_millis())
    return run(event, services.audit, services.nightly_audit, until)


def _is_question(event: Mapping[str, Any]) -> bool:
    return not {"order_id", "seller_id", "day"}.isdisjoint(event)


def ends_at(now: datetime, left_milliseconds: int) -> datetime:
    """Return from when on nothing more is begun, so that the run ends by itself and says what is left."""
    return now + timedelta(milliseconds=left_milliseconds, seconds=-TIME_TO_END_SECONDS)


def _asked(event: Mapping[str, Any], audit: Audit, until: datetime | None) -> Report:
    if "order_id" in event:
        return audit.of_order(str(event["order_id"]))
    if "seller_id" in event:
        return audit.of_seller(str(event["seller_id"]))
    return audit.of_day(_day(event["day"]), after=str(event.get("after", "")), until=until)


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadRange(fields={"day": "not_a_day"}) from None


def _told(report: Report) -> dict[str, Any]:
    return {
        "orders": report.orders,
        "sellers": report.sellers,
        "after": report.after,
        "unsettled": report.unsettled[:TOLD_MAX],
        "found": [asdict(each) for each in report.found[:TOLD_MAX]],
        "left": report.left[:TOLD_MAX],
        "rest": len(report.rest),
    }


def _measured(report: Report, violations: int, left: int) -> dict[str, Any]:
    return {
        "_aws": {"Timestamp": int((report.ran_at or report.since).timestamp() * 1000), "CloudWatchMetrics": _METRICS},
        "invariant_violations": violations,
        "audit_left": left,
        "audit_orders": report.orders,
        "audit_sellers": report.sellers,
        "audit_lag_seconds": report.lag.total_seconds(),
    }


def _say(level: str, message: str, facts: Mapping[str, Any]) -> None:
    line = {"level": level, "service": "audit", "message": message, **facts}
    sys.stdout.write(json.dumps(line, default=str) + "\n")
