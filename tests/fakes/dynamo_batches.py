"""BatchWriteItem: up to 25 puts and deletes, each on its own."""

from __future__ import annotations

from typing import Any

from .dynamo_errors import validation
from .dynamo_store import Call, Reply
from .dynamo_writes import Write, prepare_delete, prepare_put

MAX_BATCH_WRITES = 25
_PREPARE = {"PutRequest": (prepare_put, {"Item"}), "DeleteRequest": (prepare_delete, {"Key"})}


def batch_write_item(call: Call) -> Reply:
    """Everything is checked before anything is written."""
    requests = [(name, request) for name, entries in call.params["RequestItems"].items() for request in entries]
    if not requests:
        raise validation("The requestItems parameter is required for BatchWriteItem and must not be empty")
    if len(requests) > MAX_BATCH_WRITES:
        raise validation("Too many items requested for the BatchWriteItem call")
    writes = [_prepared(call, name, request) for name, request in requests]
    if len({(write.table.schema.name, write.key) for write in writes}) != len(writes):
        raise validation("Provided list of item keys contains duplicates")
    for write in writes:
        change = call.store.write(write.table, write.key, write.evaluate())
        call.usage.write(write.table, change)
    return {"UnprocessedItems": {}}


def _prepared(call: Call, name: str, request: dict[str, Any]) -> Write:
    if len(request) != 1 or not request.keys() <= _PREPARE.keys():
        raise validation(
            "Supplied AttributeValue has more than one datatypes set: exactly one of PutRequest or DeleteRequest"
        )
    ((kind, content),) = request.items()
    prepare, members = _PREPARE[kind]
    if content.keys() != members:
        raise validation(f"MemoryDynamo does not support {sorted(content.keys() - members)} in a {kind}")
    return prepare(call.store, {"TableName": name, **content})
