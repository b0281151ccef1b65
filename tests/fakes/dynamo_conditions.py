"""Meaning of condition, filter and key condition expressions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .dynamo_ast import Literal, Operand, Path, Scope
from .dynamo_errors import validation
from .dynamo_values import Item, Value, kind_of, token

_ORDERED = frozenset({"S", "N", "B"})
_TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M"})
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Node:
    """A condition: true or false of an item."""

    __slots__ = ()

    def parts(self) -> tuple[Node | Operand, ...]:
        """What this node is made of."""
        raise NotImplementedError

    def check(self, scope: Scope) -> None:
        """Refuse literals of the wrong type."""
        for part in self.parts():
            if isinstance(part, Node):
                part.check(scope)

    def holds(self, scope: Scope, item: Item) -> bool:
        """Whether the condition is true of the item (an absent item is empty)."""
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        for part in self.parts():
            yield from part.names()

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        for part in self.parts():
            yield from part.values()


@dataclass(frozen=True, slots=True)
class All(Node):
    """Conditions joined by AND."""

    members: tuple[Node, ...]

    def parts(self) -> tuple[Node | Operand, ...]:
        return self.members

    def holds(self, scope: Scope, item: Item) -> bool:
        return all(member.holds(scope, item) for member in self.members)


@dataclass(frozen=True, slots=True)
class Either(Node):
    """Conditions joined by OR."""

    members: tuple[Node, ...]

    def parts(self) -> tuple[Node | Operand, ...]:
        return self.members

    def holds(self, scope: Scope, item: Item) -> bool:
        return any(member.holds(scope, item) for member in self.members)


@dataclass(frozen=True, slots=True)
class Not(Node):
    """A condition turned round."""

    member: Node

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.member,)

    def holds(self, scope: Scope, item: Item) -> bool:
        return not self.member.holds(scope, item)


@dataclass(frozen=True, slots=True)
class Group(Node):
    """A condition in brackets: kept apart only so that brackets around brackets are noticed."""

    member: Node

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.member,)

    def holds(self, scope: Scope, item: Item) -> bool:
        return self.member.holds(scope, item)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Two operands and one of `= <> < <= > >=`."""

    operator: str
    left: Operand
    right: Operand

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.left, self.right)

    def check(self, scope: Scope) -> None:
        if self.operator in _ORDER:
            for operand in (self.left, self.right):
                _check_ordered(scope, operand, self.operator)

    def holds(self, scope: Scope, item: Item) -> bool:
        left, right = self.left.fetch(scope, item), self.right.fetch(scope, item)
        if self.operator == "=":
            return left is not None and left == right
        if self.operator == "<>":
            # A missing attribute differs from everything, even from another missing one.
            return left is None or left != right
        return _ordered(self.operator, left, right)


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`operand BETWEEN low AND high`, both ends included."""

    operand: Operand
    low: Operand
    high: Operand

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.operand, self.low, self.high)

    def check(self, scope: Scope) -> None:
        for operand in (self.operand, self.low, self.high):
            _check_ordered(scope, operand, "BETWEEN")
        low, high = self.low.literal(scope), self.high.literal(scope)
        if low is None or high is None:
            return
        if kind_of(low) != kind_of(high):
            raise validation(
                f"Invalid {scope.kind}: The BETWEEN operator requires same data type for lower and upper bounds; "
                f"lower bound operand: AttributeValue: {_shown(low)}, "
                f"upper bound operand: AttributeValue: {_shown(high)}"
            )
        if _ordered(">", low, high):
            raise validation(
                f"Invalid {scope.kind}: The BETWEEN operator requires upper bound to be greater than or equal to "
                f"lower bound; lower bound operand: AttributeValue: {_shown(low)}, "
                f"upper bound operand: AttributeValue: {_shown(high)}"
            )

    def holds(self, scope: Scope, item: Item) -> bool:
        value = self.operand.fetch(scope, item)
        return _ordered(">=", value, self.low.fetch(scope, item)) and _ordered(
            "<=", value, self.high.fetch(scope, item)
        )


@dataclass(frozen=True, slots=True)
class Within(Node):
    """`operand IN (choice, ...)`."""

    operand: Operand
    choices: tuple[Operand, ...]

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.operand, *self.choices)

    def check(self, scope: Scope) -> None:
        if len(self.choices) > 100:
            raise validation(
                f"Invalid {scope.kind}: The IN operator is provided with too many operands; "
                f"number of operands: {len(self.choices)}"
            )

    def holds(self, scope: Scope, item: Item) -> bool:
        value = self.operand.fetch(scope, item)
        return value is not None and any(value == c.fetch(scope, item) for c in self.choices)


@dataclass(frozen=True, slots=True)
class Exists(Node):
    """`attribute_exists(path)` and, turned round, `attribute_not_exists(path)`."""

    path: Path
    wanted: bool

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.path,)

    def holds(self, scope: Scope, item: Item) -> bool:
        return (self.path.fetch(scope, item) is not None) is self.wanted


@dataclass(frozen=True, slots=True)
class HasType(Node):
    """`attribute_type(path, :type)`."""

    path: Path
    kind: Operand

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.path, self.kind)

    def check(self, scope: Scope) -> None:
        kind = self.kind.literal(scope)
        if kind is None or kind_of(kind) != "S":
            raise scope.wrong_operand("attribute_type", kind or {"M": {}})
        if kind["S"] not in _TYPES:
            raise validation(
                f"Invalid {scope.kind}: Invalid attribute type name found; type: {kind['S']}, "
                f"valid types: {{{','.join(sorted(_TYPES))}}}"
            )

    def holds(self, scope: Scope, item: Item) -> bool:
        value, kind = self.path.fetch(scope, item), self.kind.literal(scope)
        return value is not None and kind is not None and kind_of(value) == kind["S"]


@dataclass(frozen=True, slots=True)
class BeginsWith(Node):
    """`begins_with(operand, prefix)` on strings and binaries."""

    operand: Operand
    prefix: Operand

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.operand, self.prefix)

    def check(self, scope: Scope) -> None:
        for operand in (self.operand, self.prefix):
            literal = operand.literal(scope)
            if literal is not None and kind_of(literal) not in {"S", "B"}:
                raise scope.wrong_operand("begins_with", literal)

    def holds(self, scope: Scope, item: Item) -> bool:
        value, prefix = self.operand.fetch(scope, item), self.prefix.fetch(scope, item)
        if value is None or prefix is None or kind_of(value) != kind_of(prefix):
            return False
        if kind_of(value) not in {"S", "B"}:
            return False
        return bool(token(value).startswith(token(prefix)))  # type: ignore[union-attr, arg-type]


@dataclass(frozen=True, slots=True)
class Contains(Node):
    """`contains(operand, part)`: part of a string, element of a list, member of a set."""

    operand: Operand
    part: Operand

    def parts(self) -> tuple[Node | Operand, ...]:
        return (self.operand, self.part)

    def holds(self, scope: Scope, item: Item) -> bool:
        whole, part = self.operand.fetch(scope, item), self.part.fetch(scope, item)
        if whole is None or part is None:
            return False
        kind, wanted = kind_of(whole), kind_of(part)
        if kind == "L":
            return part in whole["L"]
        if kind in {"SS", "NS", "BS"}:
            return wanted == kind[0] and part[wanted] in whole[kind]
        if kind == "B" and wanted == "B":
            return base64.b64decode(part["B"]) in base64.b64decode(whole["B"])
        return kind == wanted == "S" and part["S"] in whole["S"]


def _shown(value: Value) -> str:
    ((kind, content),) = value.items()
    return f"{{{kind}:{content}}}"


def _check_ordered(scope: Scope, operand: Operand, operator: str) -> None:
    literal = operand.literal(scope) if isinstance(operand, Literal) else None
    if literal is not None and kind_of(literal) not in _ORDERED:
        raise scope.wrong_operand(operator, literal, "operator")


def _ordered(operator: str, left: Value | None, right: Value | None) -> bool:
    """Values of different types, and types without an order, compare as false."""
    if left is None or right is None:
        return False
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in _ORDERED:
        return False
    return _ORDER[operator](token(left), token(right))
