"""Races without chance: actors run in threads, but only one at a time, and a script says who goes next.

An actor stops before each of its calls to the outside (the `gate` of `Faults`); what it does between two calls
happens in one go, as nobody outside can tell. So a schedule is the order of the calls, every schedule can be
repeated, and nothing ever sleeps.

    def make_race():
        world = build()
        return Race(world.faults, {"release": world.release, "dispute": world.dispute}, world)

    for outcome in all_interleavings(make_race, max_preemptions=3):
        check_invariants(outcome.race.context, outcome)

`distinct_interleavings` leaves out what cannot come to another end: of schedules that meet in one state (everything
outside is the same, and each actor has heard the same answers), it goes on with one.
"""

from __future__ import annotations

import hashlib
import random
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .faults import Crash, Faults

STUCK_SECONDS = 20.0
STOP = ""  # chosen instead of an actor: this schedule goes no further
_MADE_UP = re.compile(r"req_local\d{8}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Stuck(AssertionError):
    """An actor neither reached a call nor ended: most likely it waits for another one."""


@dataclass(frozen=True)
class Race:
    """Actors by name, the boundary their calls pass, and whatever the check needs afterwards."""

    faults: Faults
    actors: Mapping[str, Callable[[], object]]
    context: Any = None


@dataclass(frozen=True, slots=True)
class Result:
    """How an actor ended."""

    value: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One choice: who went, to which call, and who else could have gone."""

    actor: str
    site: str
    able: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A finished race."""

    race: Race
    steps: tuple[Step, ...]
    results: Mapping[str, Result]
    seed: int | None = None

    @property
    def script(self) -> tuple[str, ...]:
        """Who went at each step: what `replay` takes."""
        return tuple(step.actor for step in self.steps)

    @property
    def winners(self) -> list[str]:
        """Actors that ended without an error."""
        return [name for name, result in self.results.items() if result.error is None]

    def __str__(self) -> str:
        seed = "" if self.seed is None else f"seed {self.seed}: "
        return seed + " -> ".join(f"{step.actor}:{step.site}" for step in self.steps)


Chooser = Callable[[tuple[str, ...], str | None], str]


@dataclass(eq=False)
class _Actor:
    """A thread that waits for its turn."""

    name: str
    work: Callable[[], object]
    site: str = ""
    done: bool = False
    heard: bytes = b""  # a digest of every answer so far: with its code, all that an actor knows
    result: Result = field(default_factory=Result)
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


class _Conductor:
    """Gives turns to actors, one at a time."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._actors = {name: _Actor(name, work) for name, work in race.actors.items()}
        self._back = threading.Semaphore(0)
        self._here = threading.local()
        self._stopping = False

    def conduct(self, choose: Chooser) -> tuple[tuple[Step, ...], dict[str, Result]]:
        """Run the race to its end."""
        steps: list[Step] = []
        last: str | None = None
        self._race.faults.gate = self._gate
        self._race.faults.heard = self._hear
        try:
            for actor in self._actors.values():
                threading.Thread(target=self._body, args=(actor,), daemon=True).start()
                self._await(actor)
            while able := tuple(a.name for a in self._actors.values() if not a.done):
                last = choose(able, last)
                if last == STOP:
                    break
                actor = self._actors[last]
                steps.append(Step(last, actor.site, able))
                actor.turn.release()
                self._await(actor)
        finally:
            self._stop()
        return tuple(steps), {name: actor.result for name, actor in self._actors.items()}

    def knowledge(self) -> tuple[tuple[str, bytes, bool], ...]:
        """Say where each actor stands, and what it has heard."""
        return tuple((actor.site, actor.heard, actor.done) for actor in self._actors.values())

    def _hear(self, answer: object) -> None:
        actor = getattr(self._here, "actor", None)
        if actor is not None:
            told = _MADE_UP.sub("", repr(answer))
            actor.heard = hashlib.blake2b(actor.heard + told.encode(), digest_size=16).digest()

    def _await(self, actor: _Actor) -> None:
        if not self._back.acquire(timeout=STUCK_SECONDS):
            raise Stuck(f"{actor.name} did not come back after {actor.site or 'its start'}")

    def _stop(self) -> None:
        """Let actors that still wait end, as if their process had died."""
        self._stopping = True
        for actor in self._actors.values():
            if not actor.done:
                actor.turn.release()
                self._await(actor)  # or it would still be at work when the next race begins
        self._race.faults.gate = self._race.faults.heard = None

    def _body(self, actor: _Actor) -> None:
        self._here.actor = actor
        try:
            actor.result = Result(value=actor.work())
        except BaseException as error:  # noqa: BLE001 - a crash is a result like any other
            actor.result = Result(error=error)
        actor.done = True
        self._back.release()

    def _gate(self, site: str) -> None:
        actor = getattr(self._here, "actor", None)
        if actor is None:
            return  # A thread of somebody else.
        if self._stopping:
            raise Crash("the race was stopped")
        actor.site = site
        self._back.release()
        actor.turn.acquire()
        if self._stopping:
            raise Crash("the race was stopped")


def _run(race: Race, choose: Chooser, seed: int | None = None) -> Outcome:
    steps, results = _Conductor(race).conduct(choose)
    return Outcome(race, steps, results, seed)


def distinct_interleavings(
    make_race: Callable[[], Race], witness: Callable[[], str], max_preemptions: int = 3
) -> Iterator[Outcome]:
    """Schedules as of `all_interleavings`, but none beyond where it meets another in the same state.

    `witness` names everything outside; actors must learn of it through the boundary only.
    """
    best: dict[object, int] = {}  # the fewest preemptions with which a state was reached
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        prefix = waiting.pop()
        race = make_race()
        conductor, used = _Conductor(race), _Used()

        def choose(able: tuple[str, ...], last: str | None, *, prefix=prefix, conductor=conductor, used=used) -> str:
            following = last if last in able and last is not None else able[0]
            wanted = prefix[used.steps] if used.steps < len(prefix) else following
            if used.steps >= len(prefix):
                state = (witness(), conductor.knowledge(), last if last in able else None)
                if best.get(state, max_preemptions + 1) <= used.preemptions:
                    used.met = True
                    return STOP
                best[state] = used.preemptions
            used.steps += 1
            used.preemptions += last in able and wanted != last
            return wanted

        steps, results = conductor.conduct(choose)
        outcome = Outcome(race, steps, results)
        waiting.extend(_deviations(outcome, len(prefix), max_preemptions))
        if not used.met:
            yield outcome


@dataclass(slots=True)
class _Used:
    """How far a schedule has come, and how often it left an actor that could have gone on."""

    steps: int = 0
    preemptions: int = 0
    met: bool = False  # another schedule that came to the same state


def _scripted(script: Sequence[str]) -> Chooser:
    """Follow a script, then let whoever is at work go on."""
    left = iter(script)

    def choose(able: tuple[str, ...], last: str | None) -> str:
        wanted = next(left, None)
        if wanted is None:
            return last if last in able and last is not None else able[0]
        if wanted not in able:
            raise ValueError(f"the script wants {wanted}, but only {', '.join(able)} can go on")
        return wanted

    return choose


def replay(make_race: Callable[[], Race], script: Sequence[str]) -> Outcome:
    """Run a race as a script says."""
    return _run(make_race(), _scripted(script))


def all_interleavings(make_race: Callable[[], Race], max_preemptions: int = 3) -> Iterator[Outcome]:
    """Every schedule in which at most so many times an actor is interrupted that could have gone on."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        prefix = waiting.pop()
        outcome = replay(make_race, prefix)
        yield outcome
        waiting.extend(_deviations(outcome, len(prefix), max_preemptions))


def _deviations(outcome: Outcome, start: int, max_preemptions: int) -> Iterator[tuple[str, ...]]:
    """Scripts that leave this schedule at one step behind its own prefix."""
    script = outcome.script
    for at in range(start, len(script)):
        for other in outcome.steps[at].able:
            if other == script[at]:
                continue
            changed = (*script[:at], other)
            if preemptions(outcome.steps, changed) <= max_preemptions:
                yield changed


def preemptions(steps: Sequence[Step], script: Sequence[str]) -> int:
    """How often a script leaves an actor that could have gone on."""
    return sum(1 for at in range(1, len(script)) if script[at] != script[at - 1] and script[at - 1] in steps[at].able)


def random_interleavings(make_race: Callable[[], Race], seeds: Iterable[int]) -> Iterator[Outcome]:
    """One schedule for each seed; the same seed gives the same schedule."""
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311 - choices of a test, not secrets
        yield _run(make_race(), partial(_drawn, dice), seed)


def _drawn(dice: random.Random, able: tuple[str, ...], _last: str | None) -> str:
    return dice.choice(able)
