"""The pieces an expression is made of, and the names and values a request binds to them.

Every node knows the placeholders it uses (to refuse unused and undefined ones, as AWS does) and checks its literal
operands once per request, before any item is looked at: a wrong operand is an error even where it would not be
evaluated.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .dynamo_errors import ServiceError, validation
from .dynamo_values import Item, Value

Steps = tuple[str | int, ...]
_LONG_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What `#name` and `:value` stand for in one request, and how its errors begin."""

    names: Mapping[str, str]
    values: Mapping[str, Value]
    kind: str = "ConditionExpression"

    def steps(self, path: Path) -> Steps:
        """The path with its placeholders replaced."""
        names = self.names
        return tuple(names[step] if type(step) is str and step[0] == "#" else step for step in path.steps)

    def wrong_operand(self, operator: str, operand: Value, label: str = "operator or function") -> ServiceError:
        """A literal of a type the operator has no meaning for."""
        kind = _LONG_NAMES[next(iter(operand))] if label == "operator" else next(iter(operand))
        return validation(
            f"Invalid {self.kind}: Incorrect operand type for operator or function; "
            f"{label}: {operator}, operand type: {kind}"
        )


@dataclass(frozen=True, slots=True)
class Path:
    """A document path as written, placeholders unresolved."""

    steps: Steps

    def fetch(self, scope: Scope, item: Item) -> Value | None:
        """The value at this path of an item, or None."""
        return find(item, scope.steps(self))

    def literal(self, _scope: Scope) -> Value | None:
        """A path has no value before there is an item."""
        return None

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        return (step for step in self.steps if type(step) is str and step[0] == "#")

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Literal:
    """A `:value` placeholder."""

    name: str

    def fetch(self, scope: Scope, _item: Item) -> Value | None:
        """The bound value, whatever the item."""
        return scope.values[self.name]

    def literal(self, scope: Scope) -> Value | None:
        """The value known before there is an item."""
        return scope.values[self.name]

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        return iter(())

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        yield self.name


@dataclass(frozen=True, slots=True)
class Size:
    """`size(path)`: a number, or nothing where the attribute has no size."""

    path: Path

    def fetch(self, scope: Scope, item: Item) -> Value | None:
        """The size of what the path points at."""
        found = self.path.fetch(scope, item)
        measured = None if found is None else _measure(found)
        return None if measured is None else {"N": str(measured)}

    def literal(self, _scope: Scope) -> Value | None:
        """A size has no value before there is an item."""
        return None

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        return self.path.names()

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        return iter(())


Operand = Path | Literal | Size


def _measure(value: Value) -> int | None:
    ((kind, content),) = value.items()
    if kind in {"N", "BOOL", "NULL"}:
        return None
    if kind == "S":
        content = content.encode("utf-8")
    elif kind == "B":
        content = b64decode(content)
    return len(content)


def find(item: Item, steps: Steps) -> Value | None:
    """The value at resolved steps of an item, or None."""
    value = item.get(steps[0])  # type: ignore[arg-type]
    for step in steps[1:]:
        if value is None:
            return None
        if type(step) is int:
            members = value.get("L")
            value = members[step] if members is not None and step < len(members) else None
        else:
            members = value.get("M")
            value = members.get(step) if members is not None else None
    return value


def as_decimal(value: Value) -> Decimal:
    """The magnitude of a number value."""
    return Decimal(value["N"])
