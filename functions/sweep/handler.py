"""Every minute: finish what time and crashes left undone."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.payments.sweep import Swept
from marketplace.web.mistakes import tell
from marketplace.wiring import Services, live

REVIEWS_MAX = 50  # revealed in one run
REMINDERS_MAX = 50  # sent in one run
RETURNS_MAX = 50  # returns, and statements of withdrawal, looked at in one run
APPEALS_MAX = 20  # that came after an order's end and lapse in one run

_COUNTS = ("intents_parked", "intents_overdue", "intents_waiting", "unclaimed_waiting", "bank_answers_overdue")
_METRICS = [
    {
        "Namespace": "aval",
        "Dimensions": [["service"]],
        "Metrics": [
            *({"Name": name, "Unit": "Count"} for name in _COUNTS),
            {"Name": "unclaimed_oldest_seconds", "Unit": "Seconds"},
        ],
    }
]


@cache
def _services() -> Services:
    return live()


def run(services: Services) -> dict[str, int]:
    """Do one round and say what it did; what one kind of work meets keeps no other from its turn.

    Raises: ExceptionGroup, at the end, of what went wrong.
    """
    kinds: dict[str, Callable[[], int | Swept]] = {
        "money": services.sweep.run,
        "reviews": lambda: services.reviews.reveal_due(limit=REVIEWS_MAX),
        "reminders": lambda: services.reminders.run(limit=REMINDERS_MAX),
        "appeals": lambda: services.appeals.run(limit=APPEALS_MAX),
        "recoveries": services.recoveries.remind,
        "withdrawals": lambda: services.withdrawal_matching.run(limit=RETURNS_MAX),
        "returns": lambda: services.return_clock.run(limit=RETURNS_MAX),
        "bank_cases_failed": services.bank_cases.tend,
    }
    done: dict[str, int] = {}
    broken: list[Exception] = []
    for kind, work in kinds.items():
        try:
            did = work()
        except Exception as error:  # noqa: BLE001 - told when the others had their turn
            error.add_note(kind)
            broken.append(error)
        else:
            done |= {kind: did} if isinstance(did, int) else asdict(did)
    if broken:
        found = ExceptionGroup("a round of the sweep met what it does not understand", broken)
        tell("sweep", found)
        raise found
    return done


def watch(services: Services) -> dict[str, Any]:
    """Say what is stuck and what waits for people, as metrics on which infra/template.yaml has its alarms."""
    stuck, waiting = services.sweep.stuck(), services.backlog.look()
    timestamp = int(services.clock.now().timestamp() * 1000)
    line = {
        "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": _METRICS},
        "level": "WARNING" if stuck.overdue or stuck.parked or waiting.bank_answers else "INFO",
        "service": "sweep",
        "message": "stuck",
        "intents_parked": stuck.parked,
        "intents_overdue": stuck.overdue,
        "intents_waiting": stuck.waiting,
        "unclaimed_waiting": waiting.unclaimed,
        "unclaimed_oldest_seconds": waiting.oldest.total_seconds(),
        "bank_answers_overdue": waiting.bank_answers,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return line


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Be called by the schedule."""
    try:
        return run(_services())
    finally:
        watch(_services())
