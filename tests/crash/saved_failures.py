"""Stripe answers a call with 500 and repeats that answer under its key for a day, whether or not it did anything."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import product

from tests.crash.flows import FLOWS
from tests.crash.harness import EXPECTED, FaultyWorlds, faulty_worlds, hold_at_all_times
from tests.fakes.faults import Call, Crash

OUTAGES = (timedelta(), timedelta(hours=25))  # before and after Stripe has forgotten the key
FAILURES = {"saved_500": "nothing done", "saved_500_done": "done"}
WRITING = "stripe.POST "


def explore(name: str) -> Iterator[tuple[str, str | None]]:
    """Each writing call of a flow to Stripe with a saved failure, and what was wrong afterwards."""
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.again()
        worlds.run(worlds.world)
        calls = [call for call in worlds.faults.calls if call.site.startswith(WRITING)]
        for call in calls:
            for (failure, told), outage in product(FAILURES.items(), OUTAGES):
                said = f"call {call.number} ({call.site}), {told}, recovered after {outage}"
                yield said, _attempt(worlds, call, failure, outage)


@contextmanager
def _saved_failure(worlds: FaultyWorlds, call: Call, failure: str) -> Iterator[None]:
    """Let this one call fail: other calls of its site, before and after it, pass."""
    prefix = re.split(r"\{id\}", call.site.removeprefix(WRITING))[0]

    def before_each(_site: str) -> None:
        if len(worlds.faults.calls) + 1 == call.number:
            worlds.world.stripe.inject(fault=failure, method="POST", path_prefix=prefix)

    worlds.faults.gate = before_each
    try:
        yield
    finally:
        worlds.faults.gate = None


def _attempt(worlds: FaultyWorlds, call: Call, failure: str, outage: timedelta) -> str | None:
    world = worlds.again()
    try:
        with _saved_failure(worlds, call, failure):
            worlds.run(world)
    except (*EXPECTED, Crash):
        pass
    except Exception as error:  # noqa: BLE001 - a failure that no caller expects is a finding
        return f"died of {error!r}"
    if [each.site for each in worlds.faults.calls[call.number - 1 : call.number]] != [call.site]:
        return "not reached"
    worlds.outage = outage
    with suppress(Exception):  # without an outage the answer is still the saved one, again and again
        worlds.recover(world)
    try:
        hold_at_all_times(world)
        worlds.outage = OUTAGES[-1]
        worlds.recover(world)
        worlds.check(world)
    except Exception as error:  # noqa: BLE001 - any failure is a finding
        return f"{type(error).__name__}: {error}"
    finally:
        worlds.outage = timedelta()
    return None
