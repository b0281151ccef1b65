"""Flows whose calls to DynamoDB fail, on the in-memory twin and on moto: the same calls, and the same end of each.

The crash suite runs on the twin alone; here moto tells whether what it recovers from could be otherwise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.crash.checks import goods_of
from tests.crash.flows import FLOWS, Flow
from tests.crash.harness import KINDS, FaultyWorlds, faulty_worlds, outside_of
from tests.crash.lean import lean_sdk
from tests.fakes.faults import Faults, Kind
from tests.fakes.faults_enumeration import all_faults, record, survive
from tests.fakes.moto_dynamo import new_moto_world
from tests.fakes.outside import Names
from tests.fakes.trade import Trade

CALLS_MIN = 5
WAYS = [kind for kind in KINDS if kind != "crash_before"]  # which leaves what dying after the call before leaves
APPLIED: list[Kind] = ["timeout_after"]  # done, and not known: all ways take moto 45 s for these two
SEEN = {"checkout": WAYS, "buyer confirms": APPLIED, "refund after the release": APPLIED}


@contextmanager
def moto_worlds(flow: Flow) -> Iterator[FaultyWorlds]:
    """Open a flow's world at the flow's beginning, over moto."""
    faults = Faults()
    with lean_sdk(), new_moto_world(faults, vat_country="ES") as world:
        trade = Trade(world)
        made = flow.prepare(trade)
        goods, people = goods_of(world, world.view()), max(trade._people, trade._attempts)
        yield FaultyWorlds(flow, world, faults, trade, made, goods, world.snapshot(), Names(world), people)


def endings(worlds: FaultyWorlds, ways: Sequence[Kind]) -> dict[str, Any]:
    """Let each call to DynamoDB fail in each of these ways, recover, and return what is left, by the fault."""
    calls = [call for call in record(worlds.again(), worlds.run) if call.site.startswith("dynamodb.")]
    found = {}
    for fault in all_faults(calls, ways):
        world = worlds.again()
        world.faults.arm(fault.call_number, fault.kind)
        survive(worlds.run, world)
        fired = len(world.faults.fired)
        world.faults.reset()
        worlds.recover(world)
        worlds.check(world)
        left = outside_of(world)
        tables = {name: _plain(list(items.values())) for name, items in left.tables.items()}
        found[str(fault)] = (fired, tables, left.stripe, left.balances, left.mails)
    return found


def _plain(value: Any) -> Any:
    """Put a stored value in one order: what a set holds, and items among each other, has none."""
    if isinstance(value, dict):
        return {name: _plain(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return sorted(map(_plain, value), key=repr)
    return value


@pytest.mark.parametrize(("flow", "ways"), SEEN.items(), ids=SEEN)
def test_a_fault_at_any_call_ends_on_moto_as_on_the_twin(flow: str, ways: Sequence[Kind]) -> None:
    with moto_worlds(FLOWS[flow]) as worlds:
        on_moto = endings(worlds, ways)
    with faulty_worlds(FLOWS[flow]) as worlds:
        on_twin = endings(worlds, ways)

    assert len(on_moto) >= CALLS_MIN * len(ways)
    assert all(fired for fired, *_ in on_moto.values())
    assert [name for name in on_twin if on_twin[name] != on_moto[name]] == []
    assert list(on_moto) == list(on_twin)
