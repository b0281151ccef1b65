"""Every few minutes: make the payouts whose date has come, and bring on those that are under way."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.web.mistakes import tell
from marketplace.wiring import Services, live

# CloudWatch reads these metrics from the line itself; infra/template.yaml has alarms on them.
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "payouts_unknown", "Unit": "Count"},
            {"Name": "payouts_parked", "Unit": "Count"},
            {"Name": "payments_stopped", "Unit": "Count"},
        ],
    }
]


@cache
def _services() -> Services:
    return live()


def run(services: Services) -> dict[str, int]:
    """Do one round and say what it did."""
    try:
        return asdict(services.payout_run.run())
    except ExceptionGroup as broken:
        tell("payout_run", broken)
        raise


def watch(services: Services) -> dict[str, Any]:
    """Say what stands in the way, as metrics, whatever became of the round."""
    stuck, stopped = services.payout_run.stuck(), services.switch.standing()
    line = {
        "_aws": {"Timestamp": int(services.clock.now().timestamp() * 1000), "CloudWatchMetrics": _METRICS},
        "level": "WARNING" if stuck.unknown or stuck.parked or stopped else "INFO",
        "service": "payout_run",
        "message": "payouts",
        "payouts_unknown": stuck.unknown,
        "payouts_parked": stuck.parked,
        "payments_stopped": len(stopped),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return line


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Be called by the schedule."""
    try:
        return run(_services())
    finally:
        watch(_services())
