"""The whole exploration: `make crash-full` (python -m tests.crash.full --seconds 3600 --seed 1 --write).

Every part goes as far as its share of the time allows, says what it did, and fails the run when anything was wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from tests.crash import deadlines, orders_of_arrival, races, report, saved_failures
from tests.crash.catching import DAY_LATER, VARIANTS
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
from tests.crash.histories import play
from tests.crash.pairs import all_pairs

PREEMPTIONS_MAX = 3
DEEDS = 40  # in one history
HISTORIES = 10_000
SHOWN_MAX = 400  # characters of one finding

REST_MIN = 0.25  # of the time, kept for the long parts however slow the short ones were
# Until which share of that rest each may last: what one leaves, the next ones have.
SHARES = {"arrivals": 0.15, "races": 0.25, "pairs": 0.6, "histories": 1.0}


@dataclass
class Part:
    """What one kind of exploration did."""

    name: str
    of: str  # what it explored
    runs: int = 0
    complete: bool = True
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


Time = Callable[[], float]  # seconds left


def variants(_left: Time) -> Part:
    part = Part("broken variants", f"{len(VARIANTS)} deliberately broken variants, each caught")
    for name, variant in VARIANTS.items():
        part.runs += 1
        if variant.caught_by() is None:
            part.wrong.append(f"nothing is found wrong with: {name}")
    return part


def faults(_left: Time) -> Part:
    part = Part("faults", "every call x every kind of fault")
    for name, flow in FLOWS.items():
        with faulty_worlds(flow) as worlds:
            found = worlds.report()
        part.runs += found.total
        part.wrong += [f"{name}: {each}" for each in found.violations]
        part.wrong += [f"{name}: not reached: {each}" for each in found.unreached]
    return part


def outages(_left: Time) -> Part:
    part = Part(
        "outages",
        "every call x every kind of fault, recovered 25 hours later: every short deadline and every key is over",
    )
    for name, flow in FLOWS.items():
        with faulty_worlds(flow) as worlds:
            worlds.outage = DAY_LATER
            found = worlds.report()
        part.runs += found.total
        part.wrong += [f"{name}: {each}" for each in found.violations]
    return part


def jumps(_left: Time) -> Part:
    part = Part("deadlines", "the clock jumps over each deadline, by nothing and by up to 400 days")
    for name in deadlines.WAITING:
        for jump, wrong in deadlines.explore(name):
            part.runs += 1
            part.wrong += [f"{name}, {jump}: {wrong}"] if wrong else []
    return part


def saved(_left: Time) -> Part:
    part = Part("saved failures", "every writing call to Stripe answered by a 500 that its key repeats for a day")
    for name in FLOWS:
        for site, wrong in saved_failures.explore(name):
            part.runs += 1
            part.wrong += [f"{name}: {site}: {wrong}"] if wrong else []
    return part


def arrivals(left: Time) -> Part:
    part = Part(
        "arrivals",
        f"{len(orders_of_arrival.STORIES)} stories, every order of up to 6 deliveries, each delivered twice",
    )
    for name, enough in _slices(orders_of_arrival.STORIES, left):
        found = orders_of_arrival.explore(name)
        _take(part, enough, ((f"{name}: {order}", wrong) for order, wrong in found))
    return part


def contests(left: Time) -> Part:
    part = Part(
        "races", f"{len(races.CONTESTS)} pairs of actors, every schedule with up to {PREEMPTIONS_MAX} preemptions"
    )
    for name, enough in _slices(races.CONTESTS, left):
        found = races.explore(name, PREEMPTIONS_MAX)
        _take(part, enough, ((f"{name}: {race}", wrong) for race, wrong in found))
    return part


def pairs(left: Time) -> Part:
    part = Part("pairs", "every fault followed by every fault of its recovery")
    for name, enough in _slices(FLOWS, left):
        found, complete = all_pairs(name, lambda enough=enough: not enough())
        part.runs += found.total
        part.complete = part.complete and complete
        part.wrong += [f"{name}: {each}" for each in found.violations]
    return part


def histories(left: Time, seed: int = 0) -> Part:
    part = Part("histories", f"random histories of {DEEDS} deeds with faults against the model, seeds from {seed}")
    for number in range(seed, seed + HISTORIES):
        if left() <= 0:
            part.complete = False
            break
        told, wrong = play(number, DEEDS)
        part.runs += 1
        part.wrong += [f"seed {number}: {wrong} after {told}"] if wrong else []
    return part


def _slices(names: Collection[str], left: Time) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Give each name an equal share of the time that is left, and a way to ask whether it is used up."""
    for place, name in enumerate(names):
        until = time.monotonic() + left() / (len(names) - place)
        yield name, lambda until=until: time.monotonic() >= until


def _take(part: Part, enough: Callable[[], bool], found: Iterator[tuple[str, list[str]]]) -> None:
    for where, wrong in found:
        part.runs += 1
        part.wrong += [f"{where}: {each}" for each in wrong]
        if enough():
            part.complete = False
            return


def explore(seconds: float, seed: int) -> Iterator[Part]:
    """Run every part, the short ones whole, the long ones within their share of the time."""
    ends_at = time.monotonic() + seconds
    quick: tuple[Callable[[Time], Part], ...] = (variants, faults, outages, saved, jumps)
    for explorer in quick:
        yield _timed(explorer, lambda: seconds)
    begun = time.monotonic()
    rest = max(ends_at - begun, seconds * REST_MIN)
    for explorer, share in ((arrivals, "arrivals"), (contests, "races"), (pairs, "pairs")):
        until = begun + rest * SHARES[share]
        yield _timed(explorer, lambda until=until: until - time.monotonic())
    until = begun + rest * SHARES["histories"]
    yield _timed(lambda left: histories(left, seed), lambda: until - time.monotonic())


def _timed(explorer: Callable[[Time], Part], left: Time) -> Part:
    begun = time.process_time()
    part = explorer(left)
    part.seconds = time.process_time() - begun
    return part


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Explore, print what was done, and write docs/money-safety.md if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3_600, help="how long, about (default: an hour)")
    parser.add_argument("--seed", type=int, default=1, help="of the first random history")
    parser.add_argument("--write", action="store_true", help="write docs/money-safety.md")
    asked = parser.parse_args()
    parts = []
    for part in explore(asked.seconds, asked.seed):
        parts.append(part)
        whole = "all" if part.complete else "as many as the time allowed"
        _say(f"{part.name}: {part.runs} runs ({whole}), {len(part.wrong)} violations, {part.seconds:.0f} s")
        for wrong in part.wrong[:20]:
            _say(f"  {wrong[:SHOWN_MAX]}")
        if asked.write:
            report.write(parts, asked.seed)
    return 1 if any(part.wrong for part in parts) else 0


if __name__ == "__main__":
    sys.exit(main())
