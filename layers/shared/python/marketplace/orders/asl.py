"""The Step Functions definition of the protected payment, derived from the order process.

    python -m marketplace.orders.asl      prints it; infra/escrow.asl.json is its output

One execution an order, from payment to end, whatever version of the process the order is on: the states of all versions
stand beside each other. Each waiting state is one task that hands its token to the `escrow` function and sleeps until
the order moves or `$.clock.seconds` are over, which whoever sends the execution there gives with it, for an order's
deadline depends on what its seller promised. The usual way on is the task's `Next`, so that an order without surprises
costs one transition a state. Everything else goes through Tick, which asks the order itself where it stands. A stale
timer is a no-op: the order decides, not the clock.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from marketplace.orders.process import PROCESSES, Kind, Process, State

MARGIN_SECONDS = 1  # a timer fires after the deadline, never before it
WAIT_SECONDS_MAX = 31_536_000  # a year: what an execution lasts at most. Source: AWS, "Step Functions quotas"
MOVED = "OrderMoved"  # the error with which a wait ends when the order took another way than the usual one
ENDED, LEFT_TO_SWEEP = "Ended", "LeftToSweep"

_ASKS_WHERE = {
    "ResultSelector": {"at.$": "$.Payload.at", "seconds.$": "$.Payload.seconds"},
    "ResultPath": "$.clock",
    "Next": "WhereNow",
}
_RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "BackoffRate": 2.0, "MaxAttempts": 6}]
# A wait that ends is no failure; one whose function fails is tried again slowly, or it would circle through Tick.
_RETRY_WAIT = [{"ErrorEquals": [MOVED, "States.Timeout"], "MaxAttempts": 0}, *_RETRY]


def usual_next(state: str, processes: Iterable[Process] | None = None) -> str:
    """Name the state that follows a wait when the order took its usual way, as the newest version says.

    An execution that began before a deploy may have another: it then looks where the order is, and goes there.
    """
    return next(
        str(process.states[state].usual)
        for process in _newest_first(PROCESSES.values() if processes is None else processes)
        if state in process.states and process.states[state].usual
    )


def definition(processes: Iterable[Process] = tuple(PROCESSES.values())) -> dict[str, Any]:
    """Return the whole state machine as plain data."""
    processes = tuple(processes)
    merged = {state.name: state for process in processes for state in process.states.values()}
    states: dict[str, Any] = {
        state.name: _wait(state, usual_next(state.name, processes))
        for state in merged.values()
        if state.kind is Kind.WAITING and state.clocked_by != "sweep"
    }
    states["settling"] = _settle()
    states["Tick"] = _tick()
    states["WhereNow"] = _where_now([*states], [state.name for state in merged.values() if state.kind is Kind.END])
    states[LEFT_TO_SWEEP] = {"Type": "Succeed", "Comment": "The sweep finishes what is open; the order is the truth."}
    states[ENDED] = {"Type": "Succeed"}
    versions = ", ".join(str(process.version) for process in processes)
    return {
        "Comment": f"Protected payment, order process versions {versions}. Generated; see orders/asl.py.",
        "StartAt": "paid",
        "States": states,
    }


def _newest_first(processes: Iterable[Process]) -> list[Process]:
    return sorted(processes, key=lambda process: -process.version)


def _wait(state: State, following: str) -> dict[str, Any]:
    if state.timer is None:
        raise ValueError(f"{state.name} waits without a timer")
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "${EscrowFunctionArn}",
            "Payload": {
                "task": "wait",
                "order_id.$": "$.order_id",
                "waiting_in": state.name,
                "token.$": "$$.Task.Token",
            },
        },
        "TimeoutSecondsPath": "$.clock.seconds",
        "ResultPath": "$.clock",
        "Retry": _RETRY_WAIT,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Tick"}],
        "Next": following,
    }


def _settle() -> dict[str, Any]:
    return {
        **_task("settle"),
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": LEFT_TO_SWEEP}],
        **_ASKS_WHERE,
    }


def _tick() -> dict[str, Any]:
    return {
        **_task("tick"),
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": LEFT_TO_SWEEP}],
        **_ASKS_WHERE,
    }


def _task(name: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": "${EscrowFunctionArn}",
            "Payload": {"task": name, "order_id.$": "$.order_id"},
        },
        "TimeoutSeconds": 60,
    }


def _where_now(names: list[str], ends: list[str]) -> dict[str, Any]:
    places = [name for name in names if name != "Tick"]
    return {
        "Type": "Choice",
        "Choices": [
            *({"Variable": "$.clock.at", "StringEquals": name, "Next": name} for name in places),
            *({"Variable": "$.clock.at", "StringEquals": name, "Next": ENDED} for name in ends),
        ],
        "Default": LEFT_TO_SWEEP,
    }


def main() -> int:
    """Print the definition."""
    json.dump(definition(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
