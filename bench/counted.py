"""What each operation takes, counted: the same on every machine."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.meter import Invocation
from bench.money import live_all
from bench.stage import OFTEN, Done, new_stage
from bench.story import Story

BUDGETS = Path(__file__).with_name("budgets.json")
REQUEST, AFTERWARDS = "request", "afterwards"


@dataclass(frozen=True, slots=True)
class Count:
    """What invocations took together. Units are DynamoDB request units, those of indexes included."""

    invocations: int
    round_trips: int
    read_units: float
    write_units: float
    stripe_calls: int
    messages: int
    transitions: int
    mails: int

    def __add__(self, other: "Count") -> "Count":
        mine, theirs = asdict(self), asdict(other)
        return Count(**{name: mine[name] + theirs[name] for name in mine})

    def times(self, number: int) -> "Count":
        """Return what `number` of these take."""
        return Count(**{name: value * number for name, value in asdict(self).items()})


NOTHING = Count(0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation's counts: what its caller waits for, and what follows by itself."""

    name: str
    request: Count
    afterwards: Count
    done: Done

    @property
    def whole(self) -> Count:
        return self.request + self.afterwards


def count(done: Done) -> Operation:
    """Add up one operation."""
    later = done.transitions - done.request_transitions
    request = _sum(done.request, done.request_transitions)
    return Operation(done.operation, request, _sum(done.afterwards, later), done)


def count_all() -> dict[str, Operation]:
    """Live through one trade in a world of its own, then through each way of money in its own, and count."""
    with new_stage(payout_calendar=OFTEN) as stage:
        operations = [count(done) for done in Story(stage).live_through()]
        stage.check()
    operations += [count(done) for done in live_all()]
    return {operation.name: operation for operation in operations}


def budgets() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Read what each operation may take, by part and figure."""
    read: Mapping[str, Mapping[str, Mapping[str, float]]] = json.loads(BUDGETS.read_text(encoding="utf-8"))
    return read


def overdrawn(operation: Operation, allowed: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Say which figures of an operation are above its budget."""
    taken = {REQUEST: asdict(operation.request), AFTERWARDS: asdict(operation.afterwards)}
    return [
        f"{operation.name}, {part}: {figure} {value:g}, budget {allowed.get(part, {}).get(figure, 0):g}"
        for part, figures in taken.items()
        for figure, value in figures.items()
        if value > allowed.get(part, {}).get(figure, 0)
    ]


def as_budgets(operations: Iterable[Operation]) -> str:
    """Write counts in the form of budgets.json, without the zeros."""
    table = {
        operation.name: {REQUEST: _without_zeros(operation.request), AFTERWARDS: _without_zeros(operation.afterwards)}
        for operation in operations
    }
    return json.dumps(table, indent=2) + "\n"


def _without_zeros(taken: Count) -> dict[str, float]:
    return {name: value for name, value in asdict(taken).items() if value}


def _sum(invocations: Iterable[Invocation], transitions: int) -> Count:
    each = list(invocations)
    return Count(
        invocations=len(each),
        round_trips=sum(len(one.calls) for one in each),
        read_units=sum(one.read_units for one in each),
        write_units=sum(one.write_units for one in each),
        stripe_calls=sum(one.stripe_calls for one in each),
        messages=sum(one.messages for one in each),
        transitions=transitions,
        mails=sum(one.mails for one in each),
    )
