"""Every few minutes: make the payouts whose date has come, and bring on those that are under way."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.wiring import Services, live

# CloudWatch reads these metrics from the line itself; infra/template.yaml has alarms on them.
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "payouts_unknown", "Unit": "Count"},
            {"Name": "payments_stopped", "Unit": "Count"},
        ],
    }
]


@cache
def _services() -> Services:
    return live()


def run(services: Services) -> dict[str, int]:
    """Do one round and say what it did, and what still stands in the way."""
    done = asdict(services.payout_run.run())
    done["stopped"] = len(services.switch.standing())
    line = {
        "level": "INFO",
        "service": "payout_run",
        "message": "payouts",
        **done,
        "payouts_unknown": done["unknown"],
        "payments_stopped": done["stopped"],
        "_aws": {
            "Timestamp": int(services.clock.now().timestamp() * 1000),
            "CloudWatchMetrics": _METRICS,
        },
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return done


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Be called by the schedule."""
    return run(_services())
