"""Every call of a flow, failing in every way; what two faults leave alike is recovered from once.

A process that has died keeps nothing: what follows depends on nothing but the outside it left (tests/fakes/outside.py
names it). So each state is recovered from once, and every fault that leaves it shares how that ended. The same goes for
the stages of a recovery: from where two recoveries meet they are one. A new process begins at each stage.

Some runs need not be made, as the recorded run tells how they end. Each of these is tried first, at the first such call
of each site in each piece of a drain's work (with a refusal, at the first of each way to refuse), and only where it was
found to hold there is it relied on:

- a process that dies leaves the state that the recorded run passed at that moment, or what dying at that state in that
  piece of work left before (a queue or an execution has noted the death), where that was recovered from before;
- an answer lost once, which the SDK then asks for again, is no fault at all, where the call changed nothing or carries
  the token by which its repetition is known;
- where a call changes nothing, an answer that stays away is a refusal: a store says Unavailable to both.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.crash.harness import KINDS, ROUNDS_MAX, Broken, FaultyWorlds, NotQuiet
from tests.fakes.faults import Call, Kind, way_of_refusing
from tests.fakes.faults_enumeration import Attempt, Fault, Report, StateChanged, all_faults, note, record, survive
from tests.fakes.world import END_OF_DRAIN, START_OF_DRAIN, Moment, World

# Flows of many calls, in so many parts.
LARGE: Mapping[str, int] = {
    "payout while its money is asked back": 2,
    "transfer waits for a bank account": 2,
    "agreed return received": 2,
    "agreed return met by silence": 2,
    "split award": 2,
    "split award, first process": 2,
    "two sellers, one payment": 2,
    "award overtaken by a bank": 2,
}


class Stage(StrEnum):
    """How far a recovery has come."""

    FALLEN = "fallen"  # nothing was done since the fault
    REPEATED = "repeated"  # the trigger came again; what waits by itself may still be waiting
    QUIET = "quiet"  # nothing is left to do


@dataclass(frozen=True)
class Verdict:
    """How the recovery from a state ended; without an error it held."""

    at: str = ""
    error: Exception | None = None


class Recoveries:
    """Recovers from states of one flow, and remembers by their names how each ended."""

    def __init__(self, worlds: FaultyWorlds) -> None:
        self.worlds = worlds
        self.fallen: set[str] = set()  # names of states recovered from
        self.made = 0  # runs
        self.foretold: dict[Where, bool] = {}  # whether what such a fault leaves was known before
        self.left_dying: dict[tuple[int | None, str], str] = {}  # by the turn, and the state in which a process died
        self._known: dict[tuple[Stage, str], Verdict] = {}

    def verdict(self, name: str) -> Verdict:
        """Recover from where the world is, which has this name, as far as it has not been done before."""
        stage: Stage | None = Stage.FALLEN
        passed: list[tuple[Stage, str]] = []
        verdict = Verdict()
        while stage is not None:
            here = (stage, self.worlds.names.now() if passed else name)
            if here in self._known:
                verdict = self._known[here]
                break
            passed.append(here)
            if len(passed) > ROUNDS_MAX + len(Stage):
                verdict = Verdict(_WHAT_FAILED[stage], NotQuiet(f"not at rest after {ROUNDS_MAX} rounds"))
                break
            try:
                stage = self.go_on(stage)
            except Exception as error:  # noqa: BLE001 - any failure of a recovery is a finding
                verdict = Verdict(_WHAT_FAILED[passed[-1][0]], error)
                break
        self._known.update(dict.fromkeys(passed, verdict))
        self.fallen.update(name for reached, name in passed if reached is Stage.FALLEN)
        return verdict

    def ended(self, name: str) -> Verdict | None:
        """Say how the recovery from a state ended, if there was one."""
        return self._known.get((Stage.FALLEN, name))

    def go_on(self, stage: Stage) -> Stage | None:
        """Do the next thing of a recovery, in a new process; None says that nothing is left to do or to look at."""
        worlds, world = self.worlds, self.worlds.world
        if stage is Stage.FALLEN:
            worlds.repeat(world)
            return Stage.REPEATED
        if stage is Stage.REPEATED:
            worlds.new_process()
            return Stage.QUIET if worlds.wait_a_while(world) else Stage.REPEATED
        worlds.check(world)
        before = worlds.fingerprint(world)
        worlds.recover(world)
        if worlds.fingerprint(world) != before:
            raise StateChanged("a second recovery changed the state")
        worlds.check(world)
        return None


_OTHER: Mapping[Kind, Kind] = {"timeout_lost": "refuse", "refuse": "timeout_lost"}
_WHAT_FAILED = {Stage.FALLEN: "recovery failed", Stage.REPEATED: "recovery failed", Stage.QUIET: "in the end"}


# Calls that carry a token or a key, by which a repetition is known and answered as the first was.
REPEATABLE = ("dynamodb.TransactWriteItems", "stripe.POST")
DYING: frozenset[Kind] = frozenset({"crash_before", "crash_after"})


class Where(NamedTuple):
    """What is tried once."""

    site: str
    turn: int | None  # of a drain
    kind: Kind
    experienced: bool  # that a process dies just so
    way: int = 0  # of a refusal


class Failing:
    """Lets the calls of one step fail, from the same moment each time, and says how the recovery ends.

    `begin` brings the world to that moment, `act` is the step. With `keeping`, `moments` holds each state that a fault
    left, with the first fault that did.
    """

    def __init__(
        self,
        recoveries: Recoveries,
        begin: Callable[[], World],
        act: Callable[[World], object],
        *,
        keeping: bool = False,
    ) -> None:
        self._recoveries, self._begin, self._act, self._keeping = recoveries, begin, act, keeping
        self.moments: dict[str, tuple[Fault, Moment]] = {}
        self._done: dict[tuple[int, Kind], Attempt] = {}
        self._left: dict[tuple[int, Kind], str] = {}  # names of the states that runs of this step left
        names = recoveries.worlds.names
        world = begin()
        self._places = Places(recoveries.worlds)
        world.faults.witness = names.now
        world.watch_turns(self._places.note)
        try:
            self.calls: Sequence[Call] = record(world, act)
        finally:
            world.faults.witness = None
            world.watch_turns(None)
        self._seen = dict(world.faults.seen)
        self._end = names.now()
        self._places.finish(len(self.calls), self._end)
        world.faults.reset()

    def attempt(self, fault: Fault) -> Attempt:
        """Let one call fail in one way, and recover; a run that cannot but end as another did is not made."""
        key = (fault.call_number, fault.kind)
        if key not in self._done:
            name = self.foretold(fault)
            verdict = self._recoveries.ended(name) if name else None
            self._done[key] = Attempt(True, 0, verdict.at, verdict.error) if verdict else self._made(fault)
        return self._done[key]

    def foretold(self, fault: Fault) -> str | None:
        """Name the state that a fault leaves, if the record tells, and told the truth of such calls before."""
        where, name = self._told(fault)
        return name if self._recoveries.foretold.get(where) else None

    def fall(self, fault: Fault) -> tuple[str, bool]:
        """Let one call fail in one way; name the state that this leaves, and say whether the call was made at all."""
        world = self._fall_from_the_last_place(fault) or self._fall(fault)
        reached = bool(world.faults.fired)
        world.faults.reset()
        return self._recoveries.worlds.names.now(), reached

    def _made(self, fault: Fault) -> Attempt:
        self._recoveries.made += 1
        name, reached = self.fall(fault)
        if self._keeping and name not in self.moments:
            self.moments[name] = (fault, self._recoveries.worlds.world.snapshot())
        self._learn(fault, name)
        mistakes = self._recoveries.worlds.world.mistakes
        if mistakes:  # which the state does not tell
            return Attempt(
                reached, 0, "while a call failed", Broken("; ".join(f"something died of {each}" for each in mistakes))
            )
        verdict = self._recoveries.verdict(name)
        return Attempt(reached, 0, verdict.at, verdict.error)

    def _told(self, fault: Fault) -> tuple[Where, str | None]:
        """Name the state that a fault should leave, going by the record; None where it does not tell."""
        before, after = self._seen[fault.call_number]
        turn = self._places.turn_of(fault.call_number)
        way = way_of_refusing(fault.call_number) if fault.kind == "refuse" else 0
        where, name = Where(fault.site, turn, fault.kind, experienced=False, way=way), None
        if fault.kind in DYING:
            name = before if fault.kind == "crash_before" else after
            if (turn, name) in self._recoveries.left_dying:
                return where._replace(experienced=True), self._recoveries.left_dying[turn, name]
        elif fault.kind == "timeout_after" and (before == after or fault.site.startswith(REPEATABLE)):
            name = self._end
        elif before == after:
            name = self._left.get((fault.call_number, _OTHER[fault.kind]))
        return where, name

    def _learn(self, fault: Fault, left: str) -> None:
        """Note what a fault has left, and whether that was told."""
        where, name = self._told(fault)
        if name is not None:
            self._recoveries.foretold[where] = self._recoveries.foretold.get(where, True) and name == left
        self._left[fault.call_number, fault.kind] = left
        if fault.kind in DYING:
            passed = self._seen[fault.call_number][fault.kind == "crash_after"]
            self._recoveries.left_dying[where.turn, passed] = left

    def _fall(self, fault: Fault) -> World:
        """Do the whole step."""
        world = self._begin()
        world.faults.arm(fault.call_number, fault.kind)
        survive(self._act, world)
        return world

    def _fall_from_the_last_place(self, fault: Fault) -> World | None:
        """Do the step from the last place before the fault; None when it does not come to the fault as recorded."""
        place = self._places.before(fault)
        if place is None:
            return None
        world = self._recoveries.worlds.go_on(place.moment)
        world.faults.calls[:] = self.calls[: place.calls]
        world.faults.arm(fault.call_number, fault.kind)
        survive(lambda world: world.drain(going_on_at=place.turn), world)
        until = slice(place.calls, fault.call_number)
        recorded = [call.site for call in self.calls[until]]
        return world if [call.site for call in world.faults.calls[until]] == recorded else None


class Place(NamedTuple):
    """Where a drain stood between two pieces of work, with nothing under way."""

    drain: int  # which of the step's
    calls: int  # made before
    turn: int
    moment: Moment


class Places:
    """Places of a recorded step's drains.

    From a place of the last drain, if that drain is how the step ends, the step goes on as from its beginning, in a
    process of its own: a message may come to any. From a place of an earlier drain it goes on to where it dies.
    """

    def __init__(self, worlds: FaultyWorlds) -> None:
        self._worlds = worlds
        self._found: list[Place] = []
        self._ended: list[tuple[int, str]] = []  # of each drain, the calls made by then and the state it left
        self._turns: list[tuple[int, int]] = []  # the calls made by then, and whose turn it was from there
        self._to_the_end = False

    def note(self, turn: int) -> None:
        """Keep a place of the drain that is under way."""
        calls = len(self._worlds.faults.calls)
        self._turns.append((calls, turn))
        here = (len(self._ended), calls)
        if turn == END_OF_DRAIN:
            self._ended.append((calls, self._worlds.names.now()))
        elif turn != START_OF_DRAIN and (not self._found or self._found[-1][:2] != here):
            self._found.append(Place(*here, turn, self._worlds.world.snapshot()))

    def finish(self, calls: int, end: str) -> None:
        """Note whether something was done after the last drain."""
        self._to_the_end = bool(self._ended) and self._ended[-1] == (calls, end)

    def turn_of(self, call_number: int) -> int | None:
        """Say whose turn it was when a call was made; None is before the first drain."""
        after = bisect_left(self._turns, call_number, key=lambda each: each[0])
        return self._turns[after - 1][1] if after else None

    def before(self, fault: Fault) -> Place | None:
        """Return the last place before a call, from where its fault ends as it would from the beginning."""
        place = next((each for each in reversed(self._found) if each.calls < fault.call_number), None)
        if place is None or place.drain >= len(self._ended) or fault.call_number > self._ended[place.drain][0]:
            return None
        dies = fault.kind in DYING
        last = place.drain == len(self._ended) - 1
        return place if dies or (last and self._to_the_end) else None


def single_faults(worlds: FaultyWorlds, kinds: Sequence[Kind] = KINDS, part: tuple[int, int] = (1, 1)) -> Report:
    """Every call of a flow with every kind of fault; `part` (which, of how many) takes one stretch of the calls.

    Raises: AssertionError when even the run without a fault breaks something.
    """
    recoveries = Recoveries(worlds)
    failing = Failing(recoveries, worlds.again, worlds.run)
    worlds.check(worlds.world)
    report = Report(calls=list(failing.calls))
    for fault in all_faults(stretch(failing.calls, part), kinds):
        note(report, (fault,), failing.attempt(fault))
    report.states, report.made = len(recoveries.fallen), recoveries.made
    return report


def stretch(calls: Sequence[Call], part: tuple[int, int]) -> Sequence[Call]:
    """Cut out one part of the calls; all parts together are all calls."""
    which, count = part
    return calls[len(calls) * (which - 1) // count : len(calls) * which // count]
