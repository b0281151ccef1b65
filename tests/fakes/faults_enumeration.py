"""Every call of a flow, failing in every way: run, recover, check, recover again, nothing may change.

report = enumerate_faults(
    build, run=checkout, recover=sweep_until_quiet, check=check_invariants, fingerprint=state_of
)
print(report)
assert not report.violations
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from .faults import KINDS, Call, Crash, Faults, Kind


class World(Protocol):
    """What a flow runs in; whatever else it holds, its calls to the outside pass `faults`."""

    @property
    def faults(self) -> Faults:
        """The boundary of this world."""
        ...


W = TypeVar("W", bound=World)


def record(world: W, run: Callable[[W], object]) -> list[Call]:
    """The calls a flow makes when nothing fails."""
    world.faults.reset()
    run(world)
    return list(world.faults.calls)


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: which call, where it went, and how it failed."""

    call_number: int
    site: str
    kind: Kind

    def __str__(self) -> str:
        return f"call {self.call_number} ({self.site}) {self.kind}"


@dataclass(frozen=True, slots=True)
class Violation:
    """A run after which something did not hold."""

    faults: tuple[Fault, ...]
    stage: str
    error: BaseException

    def __str__(self) -> str:
        where = ", then ".join(map(str, self.faults))
        return f"{where}: {self.stage}: {type(self.error).__name__}: {self.error}"


@dataclass
class Report:
    """What was tried and what broke."""

    calls: list[Call] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    unreached: list[tuple[Fault, ...]] = field(default_factory=list)
    states: int | None = None  # recovered from, where runs that left the same outside share one recovery
    made: int | None = None  # runs, where records tell how others end

    @property
    def total(self) -> int:
        """How many runs."""
        return sum(self.runs.values())

    def __str__(self) -> str:
        sites = len({call.site for call in self.calls})
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.runs.items())
        summary = f"{len(self.calls)} calls at {sites} sites, {self.total} runs ({kinds})"
        found = f"{len(self.violations)} violations, {len(self.unreached)} not reached"
        if self.states is not None:
            summary += f", {self.made} of them made, {self.states} states of their own recovered from"
        return "\n".join([f"{summary}, {found}", *map(str, self.violations)])


class StateChanged(AssertionError):
    """A second recovery found something left to do."""


@dataclass(frozen=True)
class Scenario(Generic[W]):
    """A flow under test.

    `make_world` builds a fresh world for each run (from a snapshot, if that is cheaper); `recover` does what happens
    in production afterwards: redelivery of the trigger, sweepers until nothing is left; `check` raises when an
    invariant is broken; `fingerprint` gives something comparable that tells whether the state changed.
    """

    make_world: Callable[[], W]
    run: Callable[[W], object]
    recover: Callable[[W], object]
    check: Callable[[W], object]
    fingerprint: Callable[[W], Any]

    def recorded(self) -> list[Call]:
        """The calls without any failure; the invariants must hold then too."""
        world = self.make_world()
        calls = record(world, self.run)
        world.faults.reset()
        self.check(world)
        return calls

    def attempt(self, fault: Fault, second: tuple[int, Kind] | None = None) -> Attempt:
        """One run with a failure, and possibly another one in the recovery from it."""
        world = self.make_world()
        world.faults.reset()
        world.faults.arm(fault.call_number, fault.kind)
        survive(self.run, world)
        reached = bool(world.faults.fired)
        world.faults.reset()
        calls = 0
        try:
            if second is not None:
                world.faults.arm(*second)
                survive(self.recover, world)
                reached = reached and bool(world.faults.fired)
                world.faults.reset()
            self.recover(world)
            calls = len(world.faults.calls)
        except Exception as error:  # noqa: BLE001 - any failure of a recovery is a finding
            return Attempt(reached, calls, "recovery failed", error)
        return self._verified(world, Attempt(reached, calls))

    def recovered(self, world: W, *, reached: bool) -> Attempt:
        """Recover from whatever happened before, and check it."""
        try:
            self.recover(world)
        except Exception as error:  # noqa: BLE001 - any failure of a recovery is a finding
            return Attempt(reached, 0, "recovery failed", error)
        return self._verified(world, Attempt(reached, len(world.faults.calls)))

    def _settled(self, world: W) -> None:
        before = self.fingerprint(world)
        self.recover(world)
        if self.fingerprint(world) != before:
            raise StateChanged("a second recovery changed the state")

    def _verified(self, world: W, attempt: Attempt) -> Attempt:
        stage = "invariant broken"
        try:
            self.check(world)
            stage = "second recovery"
            self._settled(world)
            self.check(world)
        except Exception as error:  # noqa: BLE001 - any failure of a check is a finding
            return Attempt(attempt.reached, attempt.recovery_calls, stage, error)
        return attempt


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a run with failures ended."""

    reached: bool
    recovery_calls: int
    stage: str = ""
    error: BaseException | None = None


def survive(step: Callable[[W], object], world: W) -> None:
    """A crash or an error ends the step: what the outside holds by then is all that counts."""
    with suppress(Crash, Exception):
        step(world)


def all_faults(calls: Sequence[Call], kinds: Sequence[Kind]) -> Iterator[Fault]:
    """Each call with each kind of failure."""
    for call in calls:
        for kind in kinds:
            yield Fault(call.number, call.site, kind)


def enumerate_faults(
    make_world: Callable[[], W],
    run: Callable[[W], object],
    recover: Callable[[W], object],
    check: Callable[[W], object],
    *,
    fingerprint: Callable[[W], Any],
    kinds: Sequence[Kind] = KINDS,
) -> Report:
    """Every call of the flow, failing in every way once."""
    scenario = Scenario(make_world, run, recover, check, fingerprint)
    report = Report(calls=scenario.recorded())
    for fault in all_faults(report.calls, kinds):
        note(report, (fault,), scenario.attempt(fault))
    return report


def enumerate_pairs(
    make_world: Callable[[], W],
    run: Callable[[W], object],
    recover: Callable[[W], object],
    check: Callable[[W], object],
    *,
    fingerprint: Callable[[W], Any],
    kinds: Sequence[Kind] = KINDS,
) -> Report:
    """Every failure, followed by every failure of the recovery from it."""
    scenario = Scenario(make_world, run, recover, check, fingerprint)
    report = Report(calls=scenario.recorded())
    for first in all_faults(report.calls, kinds):
        single = scenario.attempt(first)
        for number in range(1, single.recovery_calls + 1):
            for kind in kinds:
                pair = (first, Fault(number, "recovery", kind))
                note(report, pair, scenario.attempt(first, (number, kind)))
    return report


def note(report: Report, faults: tuple[Fault, ...], attempt: Attempt) -> None:
    """Add to a report how an attempt with these faults ended."""
    report.runs[faults[-1].kind] += 1
    if not attempt.reached:
        report.unreached.append(faults)
    if attempt.error is not None:
        report.violations.append(Violation(faults, attempt.stage, attempt.error))
