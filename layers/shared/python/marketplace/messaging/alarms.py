"""Waking people: one log line that is a metric too, on which infra/template.yaml has an alarm."""

import json
import sys
from collections.abc import Mapping

from marketplace.kit.clock import Clock

_METRICS = [
    {"Namespace": "aval", "Dimensions": [["service"]], "Metrics": [{"Name": "payments_stops", "Unit": "Count"}]}
]


class LoggedAlarm:
    """Writes to standard output, which CloudWatch reads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, message: str, facts: Mapping[str, str]) -> None:
        """Say that payments stopped, and what to do."""
        stamp = int(self._clock.now().timestamp() * 1000)
        line = {"level": "ERROR", "service": "payments", "message": message, **facts, "payments_stops": 1}
        line["_aws"] = {"Timestamp": stamp, "CloudWatchMetrics": _METRICS}
        sys.stdout.write(json.dumps(line, default=str) + "\n")
