"""Right sides of an update expression: paths, literals, sums, joined lists, fallbacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context

from .dynamo_ast import Literal, Path, Scope, as_decimal
from .dynamo_errors import ServiceError, validation
from .dynamo_values import Item, Value, canonical_decimal, kind_of

_WIDE = Context(prec=400)


def wrong_type() -> ServiceError:
    """Data of a type that the update has no meaning for."""
    return validation("An operand in the update expression has an incorrect data type")


class _Composite:
    """Shared by the right sides that are made of two others."""

    __slots__ = ()

    def parts(self) -> tuple[Source, Source]:
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        for part in self.parts():
            yield from part.names()

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        for part in self.parts():
            yield from part.values()

    def literal(self, _scope: Scope) -> Value | None:
        """Not known before there is an item."""
        return None


@dataclass(frozen=True, slots=True)
class Sum(_Composite):
    """`left + right` and `left - right`."""

    operator: str
    left: Source
    right: Source

    def parts(self) -> tuple[Source, Source]:
        return (self.left, self.right)

    def check(self, scope: Scope) -> None:
        """Only numbers are added."""
        _check_literals(scope, self, self.operator, "N")

    def fetch(self, scope: Scope, item: Item) -> Value:
        """The exact result, refused where it needs more than 38 digits."""
        left, right = present(self.left, scope, item), present(self.right, scope, item)
        if kind_of(left) != "N" or kind_of(right) != "N":
            raise wrong_type()
        return add_numbers(left, right, self.operator)


@dataclass(frozen=True, slots=True)
class Append(_Composite):
    """`list_append(left, right)`."""

    left: Source
    right: Source

    def parts(self) -> tuple[Source, Source]:
        return (self.left, self.right)

    def check(self, scope: Scope) -> None:
        """Only lists are appended."""
        _check_literals(scope, self, "list_append", "L")

    def fetch(self, scope: Scope, item: Item) -> Value:
        """Both lists in one."""
        left, right = present(self.left, scope, item), present(self.right, scope, item)
        if kind_of(left) != "L" or kind_of(right) != "L":
            raise wrong_type()
        return {"L": left["L"] + right["L"]}


@dataclass(frozen=True, slots=True)
class Fallback(_Composite):
    """`if_not_exists(path, otherwise)`."""

    path: Path
    otherwise: Source

    def parts(self) -> tuple[Source, Source]:
        return (self.path, self.otherwise)

    def check(self, scope: Scope) -> None:
        """Either side may be of any type."""
        check_source(scope, self.otherwise)

    def fetch(self, scope: Scope, item: Item) -> Value:
        """What is there, or else the other side."""
        found = self.path.fetch(scope, item)
        return present(self.otherwise, scope, item) if found is None else found


Source = Path | Literal | Sum | Append | Fallback


def check_source(scope: Scope, source: Source) -> None:
    """Refuse literals of the wrong type."""
    if isinstance(source, Sum | Append | Fallback):
        source.check(scope)


def _check_literals(scope: Scope, composite: Sum | Append, operator: str, wanted: str) -> None:
    for part in composite.parts():
        literal = part.literal(scope)
        if literal is not None and kind_of(literal) != wanted:
            raise scope.wrong_operand(operator, literal)
        check_source(scope, part)


def present(source: Source, scope: Scope, item: Item) -> Value:
    """What a right side gives, which has to be something."""
    found = source.fetch(scope, item)
    if found is None:
        raise validation("The provided expression refers to an attribute that does not exist in the item")
    return found


def add_numbers(left: Value, right: Value, operator: str = "+") -> Value:
    """Exact decimal arithmetic; DynamoDB refuses what it cannot store exactly."""
    combine = _WIDE.add if operator == "+" else _WIDE.subtract
    return {"N": canonical_decimal(combine(as_decimal(left), as_decimal(right)))}
