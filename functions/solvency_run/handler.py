"""Every night, and on demand: state what is owed and what sellers have, against what Stripe holds, and sign it."""

import json
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from marketplace.solvency.service import Run, Solvency
from marketplace.wiring import live

# CloudWatch reads these metrics from the line itself; infra/template.yaml has an alarm on each.
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "solvency_shortfall", "Unit": "Count"},
            {"Name": "solvency_anomalies", "Unit": "Count"},
        ],
    }
]


@cache
def _solvency() -> Solvency:
    return live().solvency


def run(solvency: Solvency) -> dict[str, Any]:
    """Make today's statement and tell what it says, without anybody's name.

    Raises: Unavailable.
    """
    made = solvency.run()
    told, bad = _told(made), made.short or made.anomalies or made.missing or made.wrong
    line = {"level": "ERROR" if bad else "INFO", "service": "solvency", "message": "solvency"}
    sys.stdout.write(json.dumps({**line, **_measured(made), **told}) + "\n")
    return told


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Be called by the schedule, or by a person."""
    return run(_solvency())


def _told(made: Run) -> dict[str, Any]:
    stand = {each.currency: [each.total_owed_minor, each.at_stripe_minor, each.status] for each in made.coverings}
    sides = ((each.currency, each.balances) for each in made.coverings)
    balances = {
        code: [side.total_minor, side.claims, side.compared, side.missing_minor, side.status]
        for code, side in sides
        if side
    }
    return {
        "date": made.signed.date,
        "run_id": made.signed.run_id,
        "owed_held_status": stand,
        "balances_claims_compared_missing_status": balances,
    }


def _measured(made: Run) -> dict[str, Any]:
    missing_minor = sum(each.unexplained_minor for each in made.missing)
    return {
        "_aws": {"Timestamp": int(made.signed.at.timestamp() * 1000), "CloudWatchMetrics": _METRICS},
        "solvency_shortfall": sum(each.shortfall_minor for each in made.short) + missing_minor,
        "solvency_anomalies": len(made.anomalies) + len(made.wrong),
    }
