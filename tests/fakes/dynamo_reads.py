"""GetItem, TransactGetItems and BatchGetItem."""

from __future__ import annotations

from typing import Any

from .dynamo_capacity import read_units
from .dynamo_errors import validation
from .dynamo_requests import Expressions, Params, expressions
from .dynamo_store import Call, Reply
from .dynamo_tables import Table
from .dynamo_values import Item, checked_item, item_size

MAX_TRANSACTION_ITEMS = 100
MAX_BATCH_KEYS = 100
MAX_BATCH_BYTES = 16 * 1024 * 1024


def get_item(call: Call) -> Reply:
    """GetItem; an absent item is an answer without `Item`."""
    call.usage.direction = "Read"
    params = call.params
    table, parsed = call.store.table(params["TableName"]), expressions(params)
    item = table.items.get(table.schema.key_of(checked_item(params["Key"])))
    units = read_units(item_size(item), consistent=bool(params.get("ConsistentRead")))
    call.usage.read(table, units)
    return {} if item is None else {"Item": parsed.projected(item)}


def transact_get_items(call: Call) -> Reply:
    """TransactGetItems: one moment for all items."""
    call.usage.direction = "Read"
    gets = [_get_of(entry) for entry in call.params["TransactItems"]]
    if not 1 <= len(gets) <= MAX_TRANSACTION_ITEMS:
        raise validation(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
            f"Member must have length between 1 and {MAX_TRANSACTION_ITEMS}"
        )
    found, seen = [], set()
    for params in gets:
        table, parsed = call.store.table(params["TableName"]), expressions(params)
        key = table.schema.key_of(checked_item(params["Key"]))
        if (table.schema.name, key) in seen:
            raise validation("Transaction request cannot include multiple operations on one item")
        seen.add((table.schema.name, key))
        item = table.items.get(key)
        call.usage.read(table, 2 * read_units(item_size(item), consistent=True))
        found.append({} if item is None else {"Item": parsed.projected(item)})
    return {"Responses": found}


def _get_of(entry: dict[str, Any]) -> Params:
    if entry.keys() != {"Get"}:
        raise validation("TransactItems can only contain one of Get")
    params = entry["Get"]
    unknown = params.keys() - {"TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"}
    if unknown:
        raise validation(f"MemoryDynamo does not support {sorted(unknown)} in a Get")
    return dict(params)


def batch_get_item(call: Call) -> Reply:
    """BatchGetItem: up to 100 keys and 16 MB; what does not fit comes back as unprocessed."""
    call.usage.direction = "Read"
    requests = call.params["RequestItems"]
    count = sum(len(request["Keys"]) for request in requests.values())
    if not count:
        raise validation("The requestItems parameter is required for BatchGetItem and must not be empty")
    if count > MAX_BATCH_KEYS:
        raise validation("Too many items requested for the BatchGetItem call")
    responses: dict[str, list[Item]] = {}
    unprocessed: dict[str, Any] = {}
    room = MAX_BATCH_BYTES
    for name, request in requests.items():
        table, parsed = call.store.table(name), _batch_expressions(request)
        responses[name], left, room = _batch_of(call, table, parsed, request, room)
        if left:
            unprocessed[name] = {**request, "Keys": left}
    return {"Responses": responses, "UnprocessedKeys": unprocessed}


def _batch_expressions(request: Params) -> Expressions:
    allowed = {"Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}
    if request.keys() - allowed:
        raise validation(f"MemoryDynamo does not support {sorted(request.keys() - allowed)} in a batch")
    return expressions(request)


def _batch_of(
    call: Call, table: Table, parsed: Expressions, request: Params, room: int
) -> tuple[list[Item], list[Item], int]:
    keys = [table.schema.key_of(checked_item(attributes)) for attributes in request["Keys"]]
    if len(set(keys)) != len(keys):
        raise validation("Provided list of item keys contains duplicates")
    found, left = [], []
    for attributes, key in zip(request["Keys"], keys, strict=True):
        item = table.items.get(key)
        size = item_size(item)
        if size > room:
            left.append(attributes)
            continue
        room -= size
        consistent = bool(request.get("ConsistentRead"))
        call.usage.read(table, read_units(size, consistent=consistent))
        if item is not None:
            found.append(parsed.projected(item))
    return found, left, room
