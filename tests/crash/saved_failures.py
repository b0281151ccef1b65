"""Stripe answers a call with 500 and repeats that answer under its key for a day, whether or not it did anything."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from tests.crash.flows import FLOWS
from tests.crash.harness import EXPECTED, FaultyWorlds, faulty_worlds, hold_at_all_times
from tests.fakes.faults import Crash

OUTAGES = (timedelta(), timedelta(hours=25))  # before and after Stripe has forgotten the key


def explore(name: str) -> Iterator[tuple[str, str | None]]:
    """Each writing call of a flow to Stripe with a saved failure, and what was wrong afterwards."""
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.again()
        worlds.run(worlds.world)
        sites = dict.fromkeys(call.site for call in worlds.faults.calls if call.site.startswith("stripe.POST"))
        for site in sites:
            for outage in OUTAGES:
                yield f"{site}, recovered after {outage}", _attempt(worlds, site, outage)


def _attempt(worlds: FaultyWorlds, site: str, outage: timedelta) -> str | None:
    world = worlds.again()
    prefix = re.split(r"\{id\}", site.removeprefix("stripe.POST "))[0]
    world.stripe.inject(fault="saved_500", method="POST", path_prefix=prefix)
    try:
        worlds.run(world)
    except (*EXPECTED, Crash):
        pass
    except Exception as error:  # noqa: BLE001 - a failure that no caller expects is a finding
        return f"died of {error!r}"
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
