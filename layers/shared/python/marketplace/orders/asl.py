"""The Step Functions definition of the protected payment, derived from the order process.

    python -m marketplace.orders.asl [--timers "unshipped=20s"]      prints it; infra/escrow.asl.json is its output

One execution an order, from payment to end. Each waiting state of the process is one task that hands its token to the
`escrow` function and sleeps until the order moves or the state's timer runs out; the usual way on is the task's `Next`,
so that an order without surprises costs one transition a state. Everything else goes through Tick, which asks the order
itself where it stands. A stale timer is a no-op: the order decides, not the clock.
"""

import argparse
import json
import sys
from typing import Any

from marketplace.orders.process import LATEST, PROCESSES, Kind, Process, State
from marketplace.orders.timers import Timers

MARGIN_SECONDS = 1  # a timer fires after the deadline, never before it
MOVED = "OrderMoved"  # the error with which a wait ends when the order took another way than the usual one
TRADER, PRIVATE = "trader", "private"
ENDED, LEFT_TO_SWEEP = "Ended", "LeftToSweep"

# Where a waiting order usually goes next; a wrong guess costs two transitions, never correctness.
_USUAL = {
    "paid": "shipped",
    "shipped": "delivered",
    "delivered": "settling",
    "delivery_unproven": "settling",
    "held": "settling",
    "disputed": "dispute_review",
    "dispute_review": "settling",
    "charged_back": "dispute_review",
}
_ASKS_WHERE = {"ResultSelector": {"at.$": "$.Payload.at"}, "ResultPath": "$.clock", "Next": "WhereNow"}
_RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "BackoffRate": 2.0, "MaxAttempts": 6}]
# A wait that ends is no failure; one whose function fails is tried again slowly, or it would circle through Tick.
_RETRY_WAIT = [{"ErrorEquals": [MOVED, "States.Timeout"], "MaxAttempts": 0}, *_RETRY]


def clock_state(process: Process, state: str, seller_kind: str) -> str:
    """Name the execution's state for an order's state: two where the timer depends on the seller's kind."""
    timer = process.states[state].timer
    return f"{state}_{seller_kind}" if timer and timer.private_length else state


def usual_next(process: Process, state: str, seller_kind: str) -> str:
    """Name the execution's state that follows a wait when the order took its usual way."""
    following = _USUAL[state]
    # The definition has one `Next`: it guesses a trader, and a private seller's order goes through Tick once.
    return clock_state(process, following, seller_kind if seller_kind == TRADER else TRADER)


def definition(process: Process, timers: Timers) -> dict[str, Any]:
    """Return the whole state machine as plain data."""
    waiting = [state for state in process.states.values() if state.kind is Kind.WAITING and state.clocked_by != "sweep"]
    states: dict[str, Any] = {}
    for state in waiting:
        states.update(_waits(process, state, timers))
    states["settling"] = _settle(process)
    states["Tick"] = _tick(process)
    states["WhereNow"] = _where_now([*states], process)
    states[LEFT_TO_SWEEP] = {"Type": "Succeed", "Comment": "The sweep finishes what is open; the order is the truth."}
    states[ENDED] = {"Type": "Succeed"}
    return {
        "Comment": f"Protected payment, order process version {process.version}. Generated; see orders/asl.py.",
        "StartAt": "paid",
        "States": states,
    }


def _waits(process: Process, state: State, timers: Timers) -> dict[str, Any]:
    if state.timer is None:
        raise ValueError(f"{state.name} waits without a timer")
    kinds = (TRADER, PRIVATE) if state.timer.private_length else (TRADER,)
    return {
        clock_state(process, state.name, kind): _wait(
            process, state, kind, timers.seconds(state.timer.length_for(kind))
        )
        for kind in kinds
    }


def _wait(process: Process, state: State, seller_kind: str, seconds: int) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "${EscrowFunctionArn}",
            "Payload": {
                "task": "wait",
                "order_id.$": "$.order_id",
                "waiting_in": clock_state(process, state.name, seller_kind),
                "token.$": "$$.Task.Token",
            },
        },
        "TimeoutSeconds": seconds + MARGIN_SECONDS,
        "ResultPath": None,
        "Retry": _RETRY_WAIT,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Tick"}],
        "Next": usual_next(process, state.name, TRADER),
    }


def _settle(process: Process) -> dict[str, Any]:
    return {
        **_task("settle", process),
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": LEFT_TO_SWEEP}],
        **_ASKS_WHERE,
    }


def _tick(process: Process) -> dict[str, Any]:
    return {
        **_task("tick", process),
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": LEFT_TO_SWEEP}],
        **_ASKS_WHERE,
    }


def _task(name: str, process: Process) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Comment": f"order process version {process.version}",
        "Parameters": {
            "FunctionName": "${EscrowFunctionArn}",
            "Payload": {"task": name, "order_id.$": "$.order_id"},
        },
        "TimeoutSeconds": 60,
    }


def _where_now(names: list[str], process: Process) -> dict[str, Any]:
    places = [name for name in names if name != "Tick"]
    ends = [state.name for state in process.states.values() if state.kind is Kind.END]
    return {
        "Type": "Choice",
        "Choices": [
            *({"Variable": "$.clock.at", "StringEquals": name, "Next": name} for name in places),
            *({"Variable": "$.clock.at", "StringEquals": name, "Next": ENDED} for name in ends),
        ],
        "Default": LEFT_TO_SWEEP,
    }


def main(arguments: list[str]) -> int:
    """Print the definition of the latest process."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.orders.asl")
    parser.add_argument("--timers", default="", help="overrides such as unshipped=20s,inspection_trader=20s")
    asked = parser.parse_args(arguments)
    json.dump(definition(PROCESSES[LATEST], Timers(asked.timers)), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
