"""From the text of an expression to its meaning; parsed once for each distinct text."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from . import dynamo_conditions as conditions
from . import dynamo_sources as sources
from . import dynamo_updates as updates
from .dynamo_ast import Operand, Path, Size
from .dynamo_conditions import Node
from .dynamo_lexer import Cursor

_COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FUNCTIONS: dict[str, int] = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}


@lru_cache(maxsize=2048)
def parse_condition(kind: str, text: str) -> Node:
    """A ConditionExpression, FilterExpression or KeyConditionExpression."""
    cursor = Cursor(kind, text)
    node = _either(cursor)
    cursor.finish()
    return node


@lru_cache(maxsize=2048)
def parse_projection(text: str) -> tuple[Path, ...]:
    """A ProjectionExpression."""
    cursor = Cursor("ProjectionExpression", text)
    paths = [cursor.path()]
    while cursor.accept(","):
        paths.append(cursor.path())
    cursor.finish()
    return tuple(paths)


@lru_cache(maxsize=2048)
def parse_update(text: str) -> updates.Update:
    """An UpdateExpression."""
    cursor = Cursor("UpdateExpression", text)
    actions: list[updates.Action] = []
    sections: set[str] = set()
    while cursor.word.sort == "keyword":
        section = cursor.next().text
        if section not in _SECTIONS:
            cursor.fail()
        if section in sections:
            cursor.refuse(f'The "{section}" section can only be used once in an update expression;')
        sections.add(section)
        actions.append(_SECTIONS[section](cursor))
        while cursor.accept(","):
            actions.append(_SECTIONS[section](cursor))
    cursor.finish()
    return updates.Update(tuple(actions))


def _either(cursor: Cursor) -> Node:
    members = [_both(cursor)]
    while cursor.accept("OR"):
        members.append(_both(cursor))
    return members[0] if len(members) == 1 else conditions.Either(tuple(members))


def _both(cursor: Cursor) -> Node:
    members = [_negated(cursor)]
    while cursor.accept("AND"):
        members.append(_negated(cursor))
    return members[0] if len(members) == 1 else conditions.All(tuple(members))


def _negated(cursor: Cursor) -> Node:
    if cursor.accept("NOT"):
        return conditions.Not(_negated(cursor))
    return _simple(cursor)


def _simple(cursor: Cursor) -> Node:
    if cursor.accept("("):
        return _grouped(cursor)
    if cursor.word.sort == "name" and cursor.peek().text == "(" and cursor.word.text != "size":
        return _function(cursor)
    left = _operand(cursor)
    if cursor.word.text in _COMPARATORS:
        return conditions.Comparison(cursor.next().text, left, _operand(cursor))
    if cursor.accept("BETWEEN"):
        low = _operand(cursor)
        cursor.expect("AND")
        return conditions.Between(left, low, _operand(cursor))
    cursor.expect("IN")
    return conditions.Within(left, tuple(_arguments(cursor)))


def _grouped(cursor: Cursor) -> Node:
    node = _either(cursor)
    if isinstance(node, conditions.Group):
        cursor.refuse("The expression has redundant parentheses;")
    cursor.expect(")")
    return conditions.Group(node)


def _arguments(cursor: Cursor) -> list[Operand]:
    cursor.expect("(")
    found = [_operand(cursor)]
    while cursor.accept(","):
        found.append(_operand(cursor))
    cursor.expect(")")
    return found


def _operand(cursor: Cursor) -> Operand:
    if cursor.word.sort == "value":
        return cursor.literal()
    if cursor.word.text == "size" and cursor.peek().text == "(":
        cursor.next()
        (argument,) = _counted("size", _arguments(cursor), 1, cursor)
        return Size(_as_path("size", argument, cursor))
    return cursor.path()


def _counted(name: str, arguments: list[Operand], count: int, cursor: Cursor) -> list[Operand]:
    if len(arguments) != count:
        cursor.refuse(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {name}, number of operands: {len(arguments)}"
        )
    return arguments


def _as_path(name: str, operand: Operand, cursor: Cursor) -> Path:
    if not isinstance(operand, Path):
        cursor.refuse(f"Operator or function requires a document path; operator or function: {name}")
    return operand


def _function(cursor: Cursor) -> Node:
    name = cursor.next().text
    if name not in _FUNCTIONS:
        cursor.refuse(f"Invalid function name; function: {name}")
    arguments = _counted(name, _arguments(cursor), _FUNCTIONS[name], cursor)
    if name == "begins_with":
        return conditions.BeginsWith(arguments[0], arguments[1])
    if name == "contains":
        return conditions.Contains(arguments[0], arguments[1])
    path = _as_path(name, arguments[0], cursor)
    if name == "attribute_type":
        return conditions.HasType(path, arguments[1])
    return conditions.Exists(path, name == "attribute_exists")


def _set_action(cursor: Cursor) -> updates.Action:
    path = cursor.path()
    cursor.expect("=")
    if not cursor.accept("("):
        return updates.Set(path, _sum(cursor))
    source = _sum(cursor)
    cursor.expect(")")
    return updates.Set(path, source)


def _sum(cursor: Cursor) -> sources.Source:
    left = _update_operand(cursor)
    if cursor.word.text not in {"+", "-"}:
        return left
    operator = cursor.next().text
    return sources.Sum(operator, left, _update_operand(cursor))


def _update_operand(cursor: Cursor) -> sources.Source:
    if cursor.word.sort == "value":
        return cursor.literal()
    if cursor.word.sort != "name" or cursor.peek().text != "(":
        return cursor.path()
    name = cursor.next().text
    if name not in {"if_not_exists", "list_append"}:
        cursor.refuse(f"Invalid function name; function: {name}")
    cursor.expect("(")
    first = _update_operand(cursor)
    cursor.expect(",")
    second = _update_operand(cursor)
    cursor.expect(")")
    if name == "list_append":
        return sources.Append(first, second)
    if not isinstance(first, Path):
        cursor.refuse("Operator or function requires a document path; operator or function: if_not_exists")
    return sources.Fallback(first, second)


_SECTIONS: dict[str, Callable[[Cursor], updates.Action]] = {
    "SET": _set_action,
    "REMOVE": lambda cursor: updates.Remove(cursor.path()),
    "ADD": lambda cursor: updates.Add(cursor.path(), cursor.literal()),
    "DELETE": lambda cursor: updates.Take(cursor.path(), cursor.literal()),
}
