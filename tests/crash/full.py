"""The whole exploration: `make crash-full` (python -m tests.crash.full --seconds 3600 --seed 1 --jobs 2 --write).

Each part is a list of tasks, one a flow, story, contest or range of seeds. Worker processes take them one by one, and
what a task did is kept (in .local/crash-full.json) under the hash of the code it explored: run again, only what is left
is done, so that a whole exploration can be spread over many runs. `--fresh` forgets what is kept. `--hash` prints the
hash of the code, and explores nothing.

Ends with 1 when something was wrong, with 2 when something that was asked for is left to do, and with 0 otherwise.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.crash import deadlines, orders_of_arrival, races, report, saved_failures
from tests.crash.catching import DAY_LATER, VARIANTS
from tests.crash.explored import hash_of_code
from tests.crash.exploring import LARGE, single_faults
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
from tests.crash.histories import play
from tests.crash.pairs import all_pairs
from tests.fakes.faults_enumeration import Report

PREEMPTIONS_MAX = 3
DEEDS_MIN, DEEDS_MAX = 5, 40  # in one history; the seed says how many
HISTORIES = 10_000
SEEDS_OF_A_TASK = 50
SHOWN_MAX = 400  # characters of one finding
KEPT = Path(".local/crash-full.json")
DONE, WRONG, LEFT = 0, 1, 2
SHARDS = LARGE  # of a flow's pairs, each a task of its own


@dataclass
class Part:
    """What one kind of exploration did."""

    name: str
    of: str  # what it explored
    runs: int = 0
    states: int = 0  # that faults left, each recovered from once
    made: int = 0  # of the runs; the others end as one of these, or are told by a record
    left: int = 0  # tasks not done yet
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Task:
    """A piece of a part that one process does in one go."""

    part: str
    name: str
    shard: int = 0

    @property
    def key(self) -> str:
        return f"{self.part}/{self.name}/{self.shard}"


@dataclass
class Done:
    """What a task came to."""

    runs: int
    wrong: list[str]
    seconds: float
    states: int = 0
    made: int | None = None  # all of them


@dataclass(frozen=True)
class States:
    """How many states were recovered from, of whatever number of runs; and how many runs were made to find them."""

    count: int
    made: int


Found = Iterator[str | States | None]  # each run: what was wrong with it, or None


def variants(name: str, _shard: int) -> Found:
    variant = VARIANTS[name]
    yield variant.missed(variant.found())


def faults(name: str, _shard: int) -> Found:
    with faulty_worlds(FLOWS[name]) as worlds:
        found = single_faults(worlds)
    yield from _reported(found)


def outages(name: str, _shard: int) -> Found:
    with faulty_worlds(FLOWS[name]) as worlds:
        worlds.outage = DAY_LATER
        found = single_faults(worlds)
    yield from _reported(found)


def jumps(name: str, _shard: int) -> Found:
    yield from (f"{jump}: {wrong}" if wrong else None for jump, wrong in deadlines.explore(name))


def saved(name: str, _shard: int) -> Found:
    yield from (f"{site}: {wrong}" if wrong else None for site, wrong in saved_failures.explore(name))


def arrivals(name: str, _shard: int) -> Found:
    for order, wrong in orders_of_arrival.explore(name):
        yield f"{order}: {wrong}" if wrong else None


def contests(name: str, _shard: int) -> Found:
    for outcome, wrong in races.explore(name, PREEMPTIONS_MAX):
        yield f"{outcome}: {wrong}" if wrong else None


def pairs(name: str, shard: int) -> Found:
    yield from _reported(all_pairs(name, (shard + 1, SHARDS.get(name, 1))))


def deeds_of(seed: int) -> int:
    """Say how long a history is: every length occurs as often as any other."""
    return DEEDS_MIN + seed % (DEEDS_MAX - DEEDS_MIN + 1)


def histories(name: str, shard: int) -> Found:
    first = int(name) + shard * SEEDS_OF_A_TASK
    for seed in range(first, first + SEEDS_OF_A_TASK):
        told, wrong = play(seed, deeds_of(seed))
        yield f"seed {seed}: {wrong} after {told}" if wrong else None


def _reported(found: Report) -> Found:
    wrong = [*map(str, found.violations), *(f"not reached: {each}" for each in found.unreached)]
    yield from wrong
    yield from (None for _ in range(found.total - len(wrong)))
    yield States(found.states or 0, found.made or 0)


EXPLORERS: Mapping[str, Callable[[str, int], Found]] = {
    "broken variants": variants,
    "faults": faults,
    "outages": outages,
    "saved failures": saved,
    "deadlines": jumps,
    "arrivals": arrivals,
    "races": contests,
    "pairs": pairs,
    "histories": histories,
}
OF: Mapping[str, str] = {
    "broken variants": f"{len(VARIANTS)} deliberately broken variants, each caught by what it breaks",
    "faults": "every call x every kind of fault; each state left is recovered from once",
    "outages": "every call x every kind of fault, recovered 25 hours later: every short deadline and key is over",
    "saved failures": "every writing call to Stripe answered by a 500 that its key repeats for a day, done or not",
    "deadlines": "the clock jumps over each deadline, by nothing and by up to 400 days",
    "arrivals": f"{len(orders_of_arrival.STORIES)} stories, every order of up to 6 deliveries, each delivered twice",
    "races": f"{len(races.CONTESTS)} pairs of actors, every schedule with up to {PREEMPTIONS_MAX} preemptions; those "
    "that meet in one state are gone on from once",
    "pairs": "every fault followed by every fault of its recovery; each state left is gone on from once",
    "histories": f"random histories of {DEEDS_MIN} to {DEEDS_MAX} deeds with faults against the model",
}


def tasks_of(part: str, seed: int) -> list[Task]:
    """Cut a part into tasks."""
    if part == "histories":
        return [Task(part, str(seed), shard) for shard in range(HISTORIES // SEEDS_OF_A_TASK)]
    names: Mapping[str, object] = {
        "broken variants": VARIANTS,
        "deadlines": deadlines.WAITING,
        "arrivals": orders_of_arrival.STORIES,
        "races": races.CONTESTS,
    }.get(part, FLOWS)
    shards = SHARDS if part == "pairs" else {}
    return [Task(part, name, shard) for name in names for shard in range(shards.get(name, 1))]


def do(task: Task) -> Done:
    """Explore one task to its end."""
    begun = time.process_time()
    found = list(EXPLORERS[task.part](task.name, task.shard))
    runs = [each for each in found if not isinstance(each, States)]
    shared = [each for each in found if isinstance(each, States)]
    wrong = [f"{task.name}: {each}" for each in runs if each]
    states, made = sum(each.count for each in shared), sum(each.made for each in shared)
    return Done(len(runs), wrong, time.process_time() - begun, states, made if shared else None)


class Progress:
    """What was done of this very code, kept between runs."""

    def __init__(self, path: Path, *, fresh: bool) -> None:
        self.path, self.code = path, {part: hash_of_code(with_model=part == "histories") for part in EXPLORERS}
        kept = json.loads(path.read_text()) if path.exists() and not fresh else {"code": {}, "done": {}}
        same = {part for part, code in self.code.items() if kept["code"].get(part) == code}
        self.done = {key: Done(**each) for key, each in kept["done"].items() if key.partition("/")[0] in same}

    def keep(self, task: Task, done: Done) -> None:
        self.done[task.key] = done
        self.path.parent.mkdir(exist_ok=True)
        whole = {"code": self.code, "done": {key: asdict(each) for key, each in self.done.items()}}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(whole))
        fresh.replace(self.path)

    def part(self, name: str, tasks: Sequence[Task]) -> Part:
        found = [self.done.get(task.key) for task in tasks]
        part = Part(name, OF[name], left=found.count(None))
        for each in (each for each in found if each):
            part.runs += each.runs
            part.states += each.states
            part.made += each.runs if each.made is None else each.made
            part.wrong += each.wrong
            part.seconds += each.seconds
        return part


def _work(todo: "multiprocessing.Queue[Task | None]", told: "multiprocessing.Queue[tuple[Task, Done | str]]") -> None:
    while (task := todo.get()) is not None:
        try:
            told.put((task, do(task)))
        except BaseException as error:  # noqa: BLE001 - a task that dies is a finding
            told.put((task, f"{type(error).__name__}: {error}"))


def explore(tasks: Sequence[Task], seconds: float, jobs: int) -> Iterator[tuple[Task, Done]]:
    """Do the tasks in processes of their own; none begins after the time, and each that has begun is ended."""
    context = multiprocessing.get_context("fork")
    todo, told = context.Queue(1), context.Queue()
    workers = [context.Process(target=_work, args=(todo, told), daemon=True) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    until, waiting, under_way = time.monotonic() + seconds, list(reversed(tasks)), 0
    while under_way or (waiting and time.monotonic() < until):
        while waiting and under_way < jobs and time.monotonic() < until:
            todo.put(waiting.pop())
            under_way += 1
        task, done = told.get()
        under_way -= 1
        yield task, done if isinstance(done, Done) else Done(1, [f"{task.name}: died of {done}"], 0.0)
    for _ in workers:
        todo.put(None)
    for worker in workers:
        worker.join()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3_600, help="when no more begins (default: an hour)")
    parser.add_argument("--seed", type=int, default=1, help="of the first random history")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    parser.add_argument("--parts", default=",".join(EXPLORERS), help="of the exploration, with commas between")
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    parser.add_argument("--write", action="store_true", help="write docs/money-safety.md")
    parser.add_argument("--hash", action="store_true", help="print the hash of the code, and explore nothing")
    return parser.parse_args()


def main() -> int:
    """Explore what is left, print what was done, and write docs/money-safety.md if asked."""
    asked = _asked()
    if asked.hash:
        _say(hash_of_code())
        return DONE
    progress = Progress(KEPT, fresh=asked.fresh)
    wanted = [task for part in asked.parts.split(",") for task in tasks_of(part, asked.seed)]
    left = [task for task in wanted if task.key not in progress.done]
    _say(f"{len(wanted) - len(left)} of {len(wanted)} tasks are done already; {asked.jobs} processes do the rest")
    for task, done in explore(left, asked.seconds, asked.jobs):
        progress.keep(task, done)
        _say(f"{task.key}: {done.runs} runs, {len(done.wrong)} violations, {done.seconds:.0f} s")
        for wrong in done.wrong[:5]:
            _say(f"  {wrong[:SHOWN_MAX]}")
    parts = [progress.part(name, tasks_of(name, asked.seed)) for name in EXPLORERS]
    for part in parts:
        whole = f"{part.left} tasks are left" if part.left else "all"
        _say(
            f"{part.name}: {part.runs} runs ({whole}; {part.made} made), {part.states} states, "
            f"{len(part.wrong)} violations, "
            f"{part.seconds:.0f} s of one core"
        )
    if asked.write:
        report.write(parts, asked.seed, progress.code["histories"], datetime.now(UTC).date())
    return ended(parts, [task for task in wanted if task.key not in progress.done])


def ended(parts: Sequence[Part], left: Sequence[Task]) -> int:
    """Say how it ended, and name what is left of what was asked for."""
    if left:
        counts = Counter(task.part for task in left)
        _say(f"left to do: {', '.join(f'{count} tasks of {part}' for part, count in counts.items())}; run it again")
    return WRONG if any(part.wrong for part in parts) else LEFT if left else DONE


if __name__ == "__main__":
    sys.exit(main())
