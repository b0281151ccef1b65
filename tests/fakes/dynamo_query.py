"""Query: a key condition, a page, then the filter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from .dynamo_ast import Literal, Path, Scope
from .dynamo_capacity import read_units
from .dynamo_conditions import All, BeginsWith, Between, Comparison, Either, Group, Node, Not, Within
from .dynamo_errors import invalid_parameter, validation
from .dynamo_requests import Expressions, expressions
from .dynamo_schema import MAX_HASH_BYTES, MAX_RANGE_BYTES, IndexSchema, KeySchema, check_key_size
from .dynamo_store import Call, Reply
from .dynamo_tables import Entry, Ordered, Table
from .dynamo_values import Item, Token, Value, checked_item, item_size, kind_of, token

MAX_PAGE_BYTES = 1024 * 1024
_OTHERS: dict[type[Node], str] = {Either: "OR", Not: "NOT", Within: "IN"}
_SELECTS = frozenset({"ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES"})


@dataclass(frozen=True, slots=True)
class Range:
    """The range part of a key condition: an operator and its one or two bounds."""

    operator: str
    low: Token
    high: Token | None = None

    def span(self, entries: list[Entry]) -> tuple[int, int]:
        """Where the matching entries begin and end."""
        low, operator = self.low, self.operator
        if operator == "begins_with":
            begin = bisect_left(entries, low, key=_range_of)
            return begin, bisect_left(entries, 1, lo=begin, key=partial(_is_past, low))
        at_low = bisect_left(entries, low, key=_range_of)
        past_low = bisect_right(entries, low, key=_range_of)
        spans = {
            "=": (at_low, past_low),
            "<": (0, at_low),
            "<=": (0, past_low),
            ">": (past_low, len(entries)),
            ">=": (at_low, len(entries)),
        }
        if operator == "BETWEEN":
            return at_low, bisect_right(entries, self.high, key=_range_of)
        return spans[operator]


def _range_of(entry: Entry) -> Any:
    return entry[0]


def _is_past(prefix: Any, entry: Entry) -> bool:
    """Whether an entry stands behind all those that begin with the prefix."""
    value: Any = entry[0]
    return not value.startswith(prefix)


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked query."""

    table: Table
    index: IndexSchema | None
    ordered: Ordered
    parsed: Expressions
    hash: Token
    range: Range | None

    @property
    def keys(self) -> KeySchema:
        """Key attributes of what is read: the table or the index."""
        return self.ordered.keys

    def position(self, item: Item) -> Item:
        """Where a page ended: the keys of the index and of the table."""
        names = dict.fromkeys((*self.keys.names, *self.table.schema.keys.names))
        return {name: item[name] for name in names}

    def view(self, item: Item) -> Item:
        """What of an item is readable here."""
        return item if self.index is None else self.index.view(item)


def query(call: Call) -> Reply:
    """Query. A page ends at the limit or at 1 MB, both before the filter."""
    call.usage.direction = "Read"
    params = call.params
    plan = _plan(call)
    select = _select(plan, params)
    limit = params.get("Limit")
    if limit is not None and limit < 1:
        raise validation(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        )
    page, size, last = _page(plan, _entries(plan, params), limit)
    units = read_units(size, consistent=bool(params.get("ConsistentRead")))
    call.usage.read(plan.table, units, plan.index.name if plan.index else None)
    if plan.index:
        call.usage.read(plan.table, 0.0)
    kept = [item for item in page if plan.parsed.keeps(item)]
    reply: Reply = {"Count": len(kept), "ScannedCount": len(page)}
    if select != "COUNT":
        reply["Items"] = [plan.parsed.projected(item) for item in kept]
    if last is not None:
        reply["LastEvaluatedKey"] = plan.position(last)
    return reply


def _page(plan: Plan, entries: Iterator[Entry], limit: int | None) -> tuple[list[Item], int, Item | None]:
    page: list[Item] = []
    size = 0
    for _, key in entries:
        item = plan.view(plan.table.items[key])
        needed = item_size(item)
        if size + needed > MAX_PAGE_BYTES:
            return page, size, page[-1]
        size += needed
        page.append(item)
        # Having reached the limit is reason enough to name a position, even where nothing follows.
        if len(page) == limit:
            return page, size, item
    return page, size, None


def _entries(plan: Plan, params: Any) -> Iterator[Entry]:
    entries = plan.ordered.partitions.get(plan.hash, [])
    begin, end = (0, len(entries)) if plan.range is None else plan.range.span(entries)
    forward = params.get("ScanIndexForward", True)
    start = params.get("ExclusiveStartKey")
    if start is not None:
        after = _start_entry(plan, checked_item(start))
        if forward:
            begin = max(begin, bisect_right(entries, after))
        else:
            end = min(end, bisect_left(entries, after))
    chosen = entries[begin : max(begin, end)]
    return iter(chosen) if forward else reversed(chosen)


def _start_entry(plan: Plan, start: Item) -> Entry:
    schema = plan.table.schema
    if start.keys() != {*plan.keys.names, *schema.keys.names}:
        raise validation("The provided starting key is invalid")
    if any(kind_of(value) != schema.types[name] for name, value in start.items()):
        raise validation("The provided starting key is invalid")
    placed = plan.ordered.place(start, schema.key_in(start))
    if placed is None or placed[0] != plan.hash:
        raise validation("The provided starting key is outside query boundaries based on provided conditions")
    return placed[1]


def _plan(call: Call) -> Plan:
    params = call.params
    table, parsed = call.store.table(params["TableName"]), expressions(params)
    name = params.get("IndexName")
    if name is not None and name not in table.indexes:
        raise validation(f"The table does not have the specified index: {name}")
    if name is not None and params.get("ConsistentRead"):
        raise validation("Consistent reads are not supported on global secondary indexes")
    if parsed.key is None:
        raise validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
        )
    index = None if name is None else table.schema.indexes[name]
    ordered = table.order if name is None else table.indexes[name]
    scope = Scope(parsed.scope.names, parsed.scope.values, "KeyConditionExpression")
    conditions = _conditions(parsed.key, scope)
    hash_token, bounds = _bounds(conditions, scope, ordered.keys, table.schema.types)
    _check_filter(parsed, ordered.keys)
    return Plan(table, index, ordered, parsed, hash_token, bounds)


def _refuse(message: str) -> NoReturn:
    raise validation(message)


def _conditions(node: Node, scope: Scope) -> dict[str, Comparison | Between | BeginsWith]:
    """One condition for each key attribute, joined by AND only."""
    while isinstance(node, Group):
        node = node.member
    if isinstance(node, All):
        found: dict[str, Comparison | Between | BeginsWith] = {}
        for member in node.members:
            for name, condition in _conditions(member, scope).items():
                if name in found:
                    _refuse(
                        "Invalid KeyConditionExpression: "
                        "KeyConditionExpressions must only contain one condition per key"
                    )
                found[name] = condition
        return found
    if not isinstance(node, Comparison | Between | BeginsWith):
        _refuse(f"Invalid operator used in KeyConditionExpression: {_OTHERS.get(type(node), 'function')}")
    node.check(scope)
    subject = node.left if isinstance(node, Comparison) else node.operand
    if not isinstance(subject, Path) or len(subject.steps) != 1:
        _refuse("Invalid KeyConditionExpression: the left side must be a key attribute")
    return {str(scope.steps(subject)[0]): node}


def _bounds(conditions: dict[str, Any], scope: Scope, keys: KeySchema, types: Any) -> tuple[Token, Range | None]:
    on_hash = conditions.pop(keys.hash, None)
    if on_hash is None:
        _refuse(f"Query condition missed key schema element: {keys.hash}")
    if not isinstance(on_hash, Comparison) or on_hash.operator != "=":
        _refuse("Query key condition not supported")
    hash_value = _bound(on_hash.right, scope, keys.hash, types, MAX_HASH_BYTES)
    on_range = conditions.pop(keys.range, None) if keys.range else None
    if conditions:
        if keys.range and on_range is None:
            _refuse(f"Query condition missed key schema element: {keys.range}")
        _refuse("Query key condition not supported")
    if on_range is None or keys.range is None:
        return token(hash_value), None
    return token(hash_value), _range(on_range, scope, keys.range, types)


def _range(condition: Any, scope: Scope, name: str, types: Any) -> Range:
    def bound(operand: Any) -> Value:
        return _bound(operand, scope, name, types, MAX_RANGE_BYTES)

    if isinstance(condition, Between):
        return Range("BETWEEN", token(bound(condition.low)), token(bound(condition.high)))
    if isinstance(condition, BeginsWith):
        return Range("begins_with", token(bound(condition.prefix)))
    if condition.operator == "<>":
        _refuse("Unsupported operator on KeyCondition: <>")
    return Range(condition.operator, token(bound(condition.right)))


def _bound(operand: Any, scope: Scope, name: str, types: Any, limit: int) -> Value:
    if not isinstance(operand, Literal):
        _refuse("Invalid KeyConditionExpression: a key is compared with a value")
    value = scope.values[operand.name]
    if kind_of(value) != types[name]:
        raise invalid_parameter("Condition parameter type does not match schema type")
    check_key_size(value, name, limit)
    return value


def _check_filter(parsed: Expressions, keys: KeySchema) -> None:
    if parsed.filter is None:
        return
    for path in _paths(parsed.filter):
        name = parsed.scope.steps(path)[0]
        if name in keys.names:
            _refuse(f"Filter Expression can only contain non-primary key attributes: Primary key attribute: {name}")


def _paths(node: Any) -> Iterator[Path]:
    if isinstance(node, Path):
        yield node
    elif isinstance(node, Node):
        for part in node.parts():
            yield from _paths(part)
    elif hasattr(node, "path"):
        yield node.path


def _select(plan: Plan, params: Any) -> str:
    """Which attributes come back, where the index can give them."""
    projection, index = plan.parsed.projection, plan.index
    default = "SPECIFIC_ATTRIBUTES" if projection else "ALL_PROJECTED_ATTRIBUTES" if index else "ALL_ATTRIBUTES"
    select = params.get("Select", default)
    if select not in _SELECTS:
        _refuse(f"Value '{select}' at 'select' failed to satisfy constraint")
    if (projection is not None) != (select == "SPECIFIC_ATTRIBUTES"):
        _refuse(f"Cannot specify the ProjectionExpression when choosing to get {select}")
    if select == "ALL_PROJECTED_ATTRIBUTES" and index is None:
        _refuse("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
    if index is None or index.included is None:
        return str(select)
    if select == "ALL_ATTRIBUTES":
        raise invalid_parameter(
            f"Select type ALL_ATTRIBUTES is not supported for global secondary index {index.name} "
            "because its projection type is not ALL"
        )
    wanted = {plan.parsed.scope.steps(path)[0] for path in projection or ()}
    if wanted - index.included:
        raise invalid_parameter(
            f"Global secondary index {index.name} does not project {sorted(map(str, wanted - index.included))}"
        )
    return str(select)
