"""A second fault while the first one is being recovered from."""

import random
from collections.abc import Callable

from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.fakes.faults_enumeration import Fault, Report, all_faults, note


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


def all_pairs(name: str, time_is_left: Callable[[], bool]) -> tuple[Report, bool]:
    """Every ordered pair of a flow, and whether the time was enough for all of them."""
    with faulty_worlds(FLOWS[name]) as worlds:
        scenario = worlds.scenario()
        report = Report(calls=scenario.recorded())
        for first in all_faults(report.calls, KINDS):
            for number in range(1, scenario.attempt(first).recovery_calls + 1):
                for kind in KINDS:
                    if not time_is_left():
                        return report, False
                    pair = (first, Fault(number, "recovery", kind))
                    note(report, pair, scenario.attempt(first, (number, kind)))
    return report, True
