"""A second fault while the first one is being recovered from."""

import random
from collections.abc import Callable, Iterator
from functools import partial

from tests.crash.exploring import Failing, Recoveries, Stage, stretch
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, FaultyWorlds, faulty_worlds
from tests.fakes.faults_enumeration import Attempt, Fault, Report, all_faults, note, survive
from tests.fakes.world import Moment, World


def sampled_pairs(name: str, count: int, seed: int) -> Report:
    """So many ordered pairs of a flow, drawn by the seed."""
    dice = random.Random(seed)  # noqa: S311 - choices of a test
    with faulty_worlds(FLOWS[name]) as worlds:
        recoveries = Recoveries(worlds)
        failing = Failing(recoveries, worlds.again, worlds.run)
        report = Report(calls=list(failing.calls))
        firsts = list(all_faults(report.calls, KINDS))
        for _ in range(count):
            first = dice.choice(firsts)
            after = _after(worlds, first)
            worlds.recover(worlds.go_on(after))
            calls = list(worlds.faults.calls)
            call = dice.choice(calls)
            second = Fault(call.number, call.site, dice.choice(KINDS))
            note(report, (first, second), _attempt(recoveries, after, second))
        report.states, report.made = len(recoveries.fallen), count
        return report


def _after(worlds: FaultyWorlds, first: Fault) -> Moment:
    world = worlds.again()
    world.faults.arm(first.call_number, first.kind)
    survive(worlds.run, world)
    world.faults.reset()
    return world.snapshot()


def _attempt(recoveries: Recoveries, after: Moment, second: Fault) -> Attempt:
    world = recoveries.worlds.go_on(after)
    world.faults.arm(second.call_number, second.kind)
    survive(recoveries.worlds.recover, world)
    reached = bool(world.faults.fired)
    world.faults.reset()
    verdict = recoveries.verdict(recoveries.worlds.names.now())
    return Attempt(reached, 0, verdict.at, verdict.error)


def all_pairs(name: str, part: tuple[int, int] = (1, 1), **given: object) -> Report:
    """Every fault of a flow (or of a part of its calls) followed by every fault of each stage of its recovery.

    Faults and recoveries that meet in one state are gone on from once: the runs count what was really run.
    """
    with faulty_worlds(FLOWS[name], **given) as worlds:
        recoveries = Recoveries(worlds)
        failing = Failing(recoveries, worlds.again, worlds.run, keeping=True)
        report = Report(calls=list(failing.calls))
        for first in all_faults(stretch(failing.calls, part), KINDS):
            failing.attempt(first)
        known = set[tuple[Stage, str]]()
        for first, moment in failing.moments.values():
            for stage, begin in _stages(recoveries, moment, known):
                _seconds(report, first, Failing(recoveries, begin, partial(_step, recoveries, stage)))
        report.states, report.made = len(recoveries.fallen), recoveries.made
        return report


def _stages(
    recoveries: Recoveries, moment: Moment, known: set[tuple[Stage, str]]
) -> Iterator[tuple[Stage, Callable[[], World]]]:
    """Yield the stages of the recovery from a moment, until one that is known already, or until nothing is left."""
    worlds = recoveries.worlds
    stage: Stage | None = Stage.FALLEN
    while stage is not None and stage is not Stage.QUIET:
        worlds.go_on(moment)
        here = (stage, worlds.names.now())
        if here in known:
            return
        known.add(here)
        yield stage, partial(worlds.go_on, moment)
        worlds.go_on(moment)
        try:
            stage = recoveries.go_on(stage)
        except Exception:  # noqa: BLE001 - the first fault alone has told
            return
        moment = worlds.world.snapshot()


def _step(recoveries: Recoveries, stage: Stage, _world: World) -> None:
    recoveries.go_on(stage)


def _seconds(report: Report, first: Fault, failing: Failing) -> None:
    """Let every call of a stage fail in every way."""
    for second in all_faults(failing.calls, KINDS):
        note(report, (first, second), failing.attempt(second))
