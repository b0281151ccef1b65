"""CPU of each operation's handlers, as a multiple of the bare botocore calls that they make.

Both are taken one after the other in the same process, so that a busy machine slows them alike; what is published is
the median of the rounds' ratios. The stand-ins' own time and the password hash are taken out beforehand.
"""

from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import TextIOBase
from statistics import median

from bench.meter import Invocation
from bench.stage import OFTEN, Done, new_stage
from bench.story import Story

WARM_UP_ROUNDS = 3
ROUNDS = 15
NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over the rounds. `ratio` is None where the operation makes no DynamoDB call."""

    handler_ms: float
    bare_ms: float
    ratio: float | None
    hashing_ms: float
    invocations: int


class _Nowhere(TextIOBase):
    """Where the functions' log lines go."""

    def write(self, text: str) -> int:
        return len(text)


def time_all(progress: Callable[[int, int], None], rounds: int = ROUNDS) -> tuple[dict[str, Timing], dict[str, Timing]]:
    """Live through the trade `rounds` times; timings by operation, and by function (per invocation)."""
    by_operation: dict[str, list[Done]] = {}
    with new_stage(payout_calendar=OFTEN) as stage, redirect_stdout(_Nowhere()):  # type: ignore[type-var, unused-ignore]
        story = Story(stage)
        for _ in range(WARM_UP_ROUNDS):
            list(story.live_through())
        for number in range(rounds):
            for done in story.live_through(timed=True):
                by_operation.setdefault(done.operation, []).append(done)
            progress(number + 1, rounds)
    operations = {
        name: _timing([(*done.request, *done.afterwards) for done in all_done])
        for name, all_done in by_operation.items()
    }
    every = (
        one for all_done in by_operation.values() for done in all_done for one in (*done.request, *done.afterwards)
    )
    return operations, _by_function(every)


def _by_function(invocations: Iterable[Invocation]) -> dict[str, Timing]:
    gathered: dict[str, list[tuple[Invocation, ...]]] = {}
    for one in invocations:
        gathered.setdefault(one.function, []).append((one,))
    return {name: _timing(samples) for name, samples in sorted(gathered.items())}


def _timing(samples: list[tuple[Invocation, ...]]) -> Timing:
    handlers = [sum(one.handler_ns for one in sample) for sample in samples]
    bares = [sum(one.bare_ns for one in sample if one.calls) for sample in samples]
    ratios = [handler / bare for handler, bare in zip(handlers, bares, strict=True) if bare]
    return Timing(
        handler_ms=median(handlers) / NS_PER_MS,
        bare_ms=median(bares) / NS_PER_MS,
        ratio=median(ratios) if ratios else None,
        hashing_ms=median(sum(one.hashing_ns for one in sample) for sample in samples) / NS_PER_MS,
        invocations=len(samples[0]),
    )
