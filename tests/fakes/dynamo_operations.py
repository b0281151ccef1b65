"""Which operations there are, and which members each request may carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import dynamo_admin as admin
from . import dynamo_reads as reads
from . import dynamo_writes as writes
from .dynamo_batches import batch_write_item
from .dynamo_capacity import detail_of
from .dynamo_errors import ServiceError, unsupported, validation
from .dynamo_query import query
from .dynamo_store import Call, Reply
from .dynamo_transactions import transact_write_items

_NAMES = "ExpressionAttributeNames"
_VALUES = "ExpressionAttributeValues"
_METERED = frozenset({"ReturnConsumedCapacity"})
_COLLECTIONS = "ReturnItemCollectionMetrics"
_WRITING = _METERED | {
    "ConditionExpression",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    _COLLECTIONS,
    _NAMES,
    _VALUES,
}
_QUERYING = _METERED | {
    "IndexName",
    "FilterExpression",
    "ProjectionExpression",
    "ScanIndexForward",
    "Limit",
    "ExclusiveStartKey",
    "ConsistentRead",
    "Select",
    _NAMES,
    _VALUES,
}
# Accepted because they change no answer of the data operations.
_TABLE_TRIMMINGS = frozenset(
    {
        "BillingMode",
        "ProvisionedThroughput",
        "OnDemandThroughput",
        "SSESpecification",
        "TableClass",
        "Tags",
    }
)


@dataclass(frozen=True, slots=True)
class Operation:
    """How to answer one operation; `shape` says how its capacity is reported."""

    run: Callable[[Call], Reply]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    shape: str = "one"


def _operation(
    run: Callable[[Call], Reply], required: str, optional: frozenset[str] = frozenset(), shape: str = "one"
) -> Operation:
    return Operation(run, frozenset(required.split()), optional, shape)


_OPERATIONS: dict[str, Operation] = {
    "CreateTable": _operation(
        admin.create_table,
        "TableName AttributeDefinitions KeySchema",
        _TABLE_TRIMMINGS
        | {
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "StreamSpecification",
            "DeletionProtectionEnabled",
        },
    ),
    "DescribeTable": _operation(admin.describe_table, "TableName"),
    "DeleteTable": _operation(admin.delete_table, "TableName"),
    "ListTables": _operation(admin.list_tables, ""),
    "UpdateTimeToLive": _operation(admin.update_time_to_live, "TableName TimeToLiveSpecification"),
    "DescribeTimeToLive": _operation(admin.describe_time_to_live, "TableName"),
    "GetItem": _operation(
        reads.get_item,
        "TableName Key",
        _METERED | {"ConsistentRead", "ProjectionExpression", _NAMES},
    ),
    "PutItem": _operation(writes.put_item, "TableName Item", _WRITING),
    "DeleteItem": _operation(writes.delete_item, "TableName Key", _WRITING),
    "UpdateItem": _operation(writes.update_item, "TableName Key", _WRITING | {"UpdateExpression"}),
    "Query": _operation(query, "TableName KeyConditionExpression", _QUERYING),
    "BatchGetItem": _operation(reads.batch_get_item, "RequestItems", _METERED, "many"),
    "BatchWriteItem": _operation(batch_write_item, "RequestItems", _METERED | {_COLLECTIONS}, "many"),
    "TransactGetItems": _operation(reads.transact_get_items, "TransactItems", _METERED, "transaction"),
    "TransactWriteItems": _operation(
        transact_write_items,
        "TransactItems",
        _METERED | {"ClientRequestToken", _COLLECTIONS},
        "transaction",
    ),
}


def execute(name: str, call: Call) -> Reply:
    """Answer one operation, or raise the error that is its answer."""
    operation = _OPERATIONS.get(name)
    if name == "Scan":
        raise ServiceError(
            "AccessDeniedException",
            "Scan is not allowed: no policy of this project grants it. Tests read all rows with MemoryDynamo.scan().",
        )
    if operation is None:
        raise unsupported(f"the operation {name}")
    _check_members(name, operation, call.params)
    detail = detail_of(call.params.get("ReturnConsumedCapacity"))
    reply = operation.run(call)
    if detail != "NONE":
        report = call.usage.report(detail, split=operation.shape == "transaction")
        reply["ConsumedCapacity"] = report[0] if operation.shape == "one" else report
    return reply


def _check_members(name: str, operation: Operation, params: Mapping[str, Any]) -> None:
    missing = operation.required - params.keys()
    if missing:
        member = min(missing)
        raise validation(
            f"1 validation error detected: Value null at '{member[0].lower()}{member[1:]}' "
            "failed to satisfy constraint: Member must not be null"
        )
    unknown = params.keys() - operation.required - operation.optional
    if unknown:
        raise unsupported(f"{', '.join(sorted(unknown))} in {name}")
    if params.get(_COLLECTIONS, "NONE") not in {"NONE", "SIZE"}:
        raise validation(f"Invalid {_COLLECTIONS}: {params[_COLLECTIONS]}")
