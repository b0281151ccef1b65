"""Meaning of update expressions: every right side sees the item as it was before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .dynamo_ast import Literal, Path, Scope, Steps
from .dynamo_errors import invalid_parameter, validation
from .dynamo_sources import Source, add_numbers, check_source, present, wrong_type
from .dynamo_values import Item, Value, clone, kind_of

_SETS = frozenset({"SS", "NS", "BS"})


@dataclass(frozen=True, slots=True)
class Set:
    """`SET path = source`."""

    path: Path
    source: Source

    def check(self, scope: Scope) -> None:
        """Refuse literals of the wrong type."""
        check_source(scope, self.source)

    def result(self, scope: Scope, item: Item, _old: Value | None) -> Value | None:
        """The value to write."""
        return present(self.source, scope, item)


@dataclass(frozen=True, slots=True)
class Remove:
    """`REMOVE path`."""

    path: Path
    source = None

    def check(self, scope: Scope) -> None:
        """Nothing to refuse."""

    def result(self, _scope: Scope, _item: Item, _old: Value | None) -> Value | None:
        """Nothing is left."""
        return None


@dataclass(frozen=True, slots=True)
class Add:
    """`ADD path :value`: a number to a number, members to a set, or a first value."""

    path: Path
    source: Literal

    def check(self, scope: Scope) -> None:
        """Only numbers and sets are added."""
        value = scope.values[self.source.name]
        if kind_of(value) not in _SETS | {"N"}:
            raise scope.wrong_operand("ADD", value, "operator")

    def result(self, scope: Scope, _item: Item, old: Value | None) -> Value | None:
        """The number or set after the addition."""
        value = scope.values[self.source.name]
        kind = kind_of(value)
        if old is None:
            return value
        if kind_of(old) != kind:
            raise wrong_type()
        if kind == "N":
            return add_numbers(old, value)
        return {kind: sorted({*old[kind], *value[kind]})}


@dataclass(frozen=True, slots=True)
class Take:
    """`DELETE path :set`: members out of a set; a set never stays empty."""

    path: Path
    source: Literal

    def check(self, scope: Scope) -> None:
        """Only sets have members to take out."""
        value = scope.values[self.source.name]
        if kind_of(value) not in _SETS:
            raise scope.wrong_operand("DELETE", value, "operator")

    def result(self, scope: Scope, _item: Item, old: Value | None) -> Value | None:
        """The set after the removal, or None when nothing is left."""
        value = scope.values[self.source.name]
        kind = kind_of(value)
        if old is None:
            return None
        if kind_of(old) != kind:
            raise wrong_type()
        left = [member for member in old[kind] if member not in value[kind]]
        return {kind: left} if left else None


Action = Set | Remove | Add | Take


@dataclass(frozen=True, slots=True)
class Update:
    """All actions of an update expression."""

    actions: tuple[Action, ...]

    def names(self) -> Iterator[str]:
        """Placeholders used: `#name`."""
        for action in self.actions:
            yield from action.path.names()
            if action.source is not None:
                yield from action.source.names()

    def values(self) -> Iterator[str]:
        """Placeholders used: `:value`."""
        for action in self.actions:
            if action.source is not None:
                yield from action.source.values()

    def check(self, scope: Scope, key_names: tuple[str, ...]) -> None:
        """Refuse what is wrong whatever the item holds."""
        paths = [scope.steps(action.path) for action in self.actions]
        _check_apart(paths)
        for action in self.actions:
            action.check(scope)
        for steps in paths:
            if steps[0] in key_names:
                raise invalid_parameter(f"Cannot update attribute {steps[0]}. This attribute is part of the key")

    def creates(self) -> bool:
        """Whether an absent item comes into being: taking things away from nothing leaves nothing."""
        return any(isinstance(action, Set | Add) for action in self.actions)

    def paths(self, scope: Scope) -> list[Steps]:
        """What the update touches, for the UPDATED_OLD and UPDATED_NEW answers."""
        return [scope.steps(action.path) for action in self.actions]

    def applied(self, scope: Scope, item: Item) -> Item:
        """A new item; the old one stays as it is."""
        new = dict(item)
        changes = []
        for action in self.actions:
            steps = scope.steps(action.path)
            old = action.path.fetch(scope, item)
            changes.append((steps, action.result(scope, item, old)))
            if len(steps) > 1 and steps[0] in new:
                new[str(steps[0])] = clone(item[str(steps[0])])
        # Positions in a list mean those before the update: first replace and append, then remove from the end.
        for steps, value in sorted((c for c in changes if c[1] is not None), key=_position):
            _write(new, steps, value)
        for steps, _ in sorted((c for c in changes if c[1] is None), key=_position, reverse=True):
            _erase(new, steps)
        return new


def _position(change: tuple[Steps, Value | None]) -> int:
    last = change[0][-1]
    return last if isinstance(last, int) else -1


def _check_apart(paths: list[Steps]) -> None:
    for at, first in enumerate(paths):
        for second in paths[at + 1 :]:
            shared = min(len(first), len(second))
            if first[:shared] == second[:shared]:
                raise validation(
                    "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite "
                    f"one of these paths; path one: {_shown(first)}, path two: {_shown(second)}"
                )


def _shown(steps: Steps) -> str:
    return f"[{', '.join(f'[{step}]' if isinstance(step, int) else step for step in steps)}]"


def _parent(item: Item, steps: Steps) -> Value:
    """The map or list that holds the last step."""
    value: Value | None = {"M": item}
    for step in steps[:-1]:
        if isinstance(step, int):
            members = value.get("L") if value else None
            value = members[step] if members is not None and step < len(members) else None
        else:
            value = value.get("M", {}).get(step) if value else None
    if value is None or ("L" if isinstance(steps[-1], int) else "M") not in value:
        raise validation("The document path provided in the update expression is invalid for update")
    return value


def _write(item: Item, steps: Steps, value: Value | None) -> None:
    last, parent = steps[-1], _parent(item, steps)
    if not isinstance(last, int):
        parent["M"][last] = value
    elif last < len(parent["L"]):
        parent["L"][last] = value
    else:
        parent["L"].append(value)


def _erase(item: Item, steps: Steps) -> None:
    last, parent = steps[-1], _parent(item, steps)
    if not isinstance(last, int):
        parent["M"].pop(last, None)
    elif last < len(parent["L"]):
        del parent["L"][last]
