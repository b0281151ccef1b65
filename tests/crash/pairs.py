"""A second fault while the first one is being recovered from."""

import hashlib
import pickle
import random

from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, FaultyWorlds, faulty_worlds
from tests.fakes.faults_enumeration import Fault, Report, Scenario, all_faults, note, survive
from tests.fakes.world import Moment, World


def sampled_pairs(name: str, count: int, seed: int) -> Report:
    """So many ordered pairs of a flow, drawn by the seed."""
    dice = random.Random(seed)  # noqa: S311 - choices of a test
    with faulty_worlds(FLOWS[name]) as worlds:
        scenario = worlds.scenario()
        report = Report(calls=scenario.recorded())
        firsts = list(all_faults(report.calls, KINDS))
        for _ in range(count):
            first = dice.choice(firsts)
            number = dice.randint(1, max(1, scenario.attempt(first).recovery_calls))
            second = (number, dice.choice(KINDS))
            note(report, (first, Fault(number, "recovery", second[1])), scenario.attempt(first, second))
    return report


def pairs_of_shard(name: str, shard: int, shards: int) -> Report:
    """Every ordered pair of a flow whose first fault leaves a state of this shard.

    A fault that leaves everything outside as another one did is followed by the same recoveries: each state is gone on
    from once. Shards are cut by the state, so that every process agrees whose it is.
    """
    with faulty_worlds(FLOWS[name]) as worlds:
        scenario = worlds.scenario()
        report = Report(calls=scenario.recorded())
        firsts, seconds = set[str](), set[str]()
        for first in all_faults(report.calls, KINDS):
            after = _after(worlds, first)
            state = _name_of(after)
            if state not in firsts and int(state, 16) % shards == shard:
                firsts.add(state)
                _seconds(worlds, scenario, report, first, after, seconds)
        return report


def _after(worlds: FaultyWorlds, first: Fault) -> Moment:
    world = worlds.again()
    world.faults.arm(first.call_number, first.kind)
    survive(worlds.run, world)
    world.faults.reset()
    return world.snapshot()


def _seconds(
    worlds: FaultyWorlds, scenario: Scenario[World], report: Report, first: Fault, after: Moment, known: set[str]
) -> None:
    """Let every call of the recovery fail in every way."""
    worlds.recover(worlds.go_on(after))
    for call in list(worlds.faults.calls):
        for kind in KINDS:
            world = worlds.go_on(after)
            world.faults.arm(call.number, kind)
            survive(worlds.recover, world)
            reached = bool(world.faults.fired)
            world.faults.reset()
            state = _name_of(world.snapshot())
            if state in known:
                continue
            known.add(state)
            note(report, (first, Fault(call.number, call.site, kind)), scenario.recovered(world, reached=reached))


def _name_of(moment: Moment) -> str:
    return hashlib.sha256(pickle.dumps(moment)).hexdigest()
