"""The tasks of the protected payment's state machine: keep a wait's token, look at the time, pay out."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from marketplace.wiring import Services, live


@cache
def _services() -> Services:
    return live()


def run(task: Mapping[str, str], services: Services) -> dict[str, str | int]:
    """Do one task and answer where the execution should be; raises to be retried."""
    order_id, clock = task["order_id"], services.order_clock
    if task["task"] == "wait":
        clock.wait(order_id, task["waiting_in"], task["token"])
        return {"at": task["waiting_in"]}
    place = clock.settle(order_id) if task["task"] == "settle" else clock.tick(order_id)
    return {"at": place.at, "seconds": place.seconds}


def handler(event: Mapping[str, str], context: Any) -> dict[str, str | int]:
    """Be called by the state machine."""
    return run(event, _services())
