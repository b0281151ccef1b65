"""What a request says, checked: its expressions bound to names and values, its projection applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .dynamo_ast import Path, Scope, Steps
from .dynamo_conditions import Node
from .dynamo_errors import validation
from .dynamo_grammar import parse_condition, parse_projection, parse_update
from .dynamo_updates import Update
from .dynamo_values import Item, Value, checked

Params = Mapping[str, Any]
_NAMES = "ExpressionAttributeNames"
_VALUES = "ExpressionAttributeValues"


@dataclass(frozen=True, slots=True)
class Expressions:
    """Every expression of one request, with what its placeholders stand for."""

    scope: Scope
    condition: Node | None
    filter: Node | None
    key: Node | None
    update: Update | None
    projection: tuple[Path, ...] | None

    def allows(self, item: Item | None) -> bool:
        """Whether the request's condition holds."""
        return self.condition is None or self.condition.holds(self.scope, item or {})

    def keeps(self, item: Item) -> bool:
        """Whether the request's filter lets an item through."""
        return self.filter is None or self.filter.holds(self.scope, item)

    def projected(self, item: Item) -> Item:
        """What the request wants to see of an item."""
        if self.projection is None:
            return item
        return project(item, [self.scope.steps(path) for path in self.projection])


def expressions(params: Params) -> Expressions:
    """Parse and check all expressions of a request."""
    condition = _condition("ConditionExpression", params)
    filter_ = _condition("FilterExpression", params)
    key = _condition("KeyConditionExpression", params)
    update = parse_update(params["UpdateExpression"]) if params.get("UpdateExpression") is not None else None
    projection = (
        parse_projection(params["ProjectionExpression"]) if params.get("ProjectionExpression") is not None else None
    )
    used = [part for part in (condition, filter_, key, update, *(projection or ())) if part]
    scope = _bind(params, used)
    for kind, node in (("ConditionExpression", condition), ("FilterExpression", filter_)):
        if node is not None:
            node.check(Scope(scope.names, scope.values, kind))
    if projection is not None:
        _check_projection([scope.steps(path) for path in projection])
    return Expressions(scope, condition, filter_, key, update, projection)


def _condition(kind: str, params: Params) -> Node | None:
    text = params.get(kind)
    return None if text is None else parse_condition(kind, text)


def _bind(params: Params, used: list[Any]) -> Scope:
    """Match placeholders with their meanings: each used one is defined, each defined one is used."""
    names = _placeholders(params, _NAMES, "#", bool(used))
    given = _placeholders(params, _VALUES, ":", bool(used))
    used_names = {name for part in used for name in part.names()}
    used_values = {name for part in used for name in part.values()}
    kind = next((k for k in params if k.endswith("Expression")), "ConditionExpression")
    for what, missing in (("name", used_names - names.keys()), ("value", used_values - given.keys())):
        if missing:
            place = "the document path" if what == "name" else "expression"
            raise validation(
                f"Invalid {kind}: An expression attribute {what} used in {place} is not defined; "
                f"attribute {what}: {min(missing)}"
            )
    for what, unused in ((_NAMES, names.keys() - used_names), (_VALUES, given.keys() - used_values)):
        if unused:
            raise validation(f"Value provided in {what} unused in expressions: keys: {{{', '.join(sorted(unused))}}}")
    return Scope(names, {name: checked(value) for name, value in given.items()}, kind)


def _placeholders(params: Params, member: str, mark: str, has_expressions: bool) -> dict[str, Any]:
    given = params.get(member)
    if given is None:
        return {}
    if not has_expressions:
        raise validation(f"{member} can only be specified when using expressions")
    if not given:
        raise validation(f"{member} must not be empty")
    for name in given:
        if not name.startswith(mark) or len(name) < 2:
            raise validation(f'{member} contains invalid key: Syntax error; key: "{name}"')
    return dict(given)


def _check_projection(paths: list[Steps]) -> None:
    for at, first in enumerate(paths):
        for second in paths[at + 1 :]:
            shared = min(len(first), len(second))
            if first[:shared] == second[:shared]:
                raise validation(
                    "Invalid ProjectionExpression: Two document paths overlap with each other; "
                    "must remove or rewrite one of these paths; "
                    f"path one: {list(first)}, path two: {list(second)}"
                )


def project(item: Item, paths: Iterable[Steps]) -> Item:
    """The part of an item the paths name; members of lists close up, in their order."""
    tree: dict[Any, Any] = {}
    for steps in paths:
        branch = tree
        for step in steps[:-1]:
            branch = branch.setdefault(step, {})
        branch[steps[-1]] = None
    picked: Item = (_pick({"M": item}, tree) or {"M": {}})["M"]
    return picked


def _pick(value: Value, tree: dict[Any, Any] | None) -> Value | None:
    if tree is None:
        return value
    if "M" in value:
        members = value["M"]
        picked = {
            step: found
            for step, branch in tree.items()
            if isinstance(step, str) and step in members
            if (found := _pick(members[step], branch)) is not None
        }
        return {"M": picked} if picked else None
    if "L" in value:
        chosen = [
            found
            for step, branch in sorted((s, b) for s, b in tree.items() if isinstance(s, int))
            if step < len(value["L"])
            if (found := _pick(value["L"][step], branch)) is not None
        ]
        return {"L": chosen} if chosen else None
    return None
