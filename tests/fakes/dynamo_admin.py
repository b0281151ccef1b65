"""Operations on tables themselves."""

from __future__ import annotations

from typing import Any

from .dynamo_errors import ServiceError, not_found, validation
from .dynamo_schema import schema_of
from .dynamo_store import Call, Reply
from .dynamo_tables import Table
from .dynamo_values import item_size


def create_table(call: Call) -> Reply:
    """CreateTable; the table is ready at once."""
    schema = schema_of(call.params)
    store = call.store
    if schema.name in store.tables:
        raise ServiceError("ResourceInUseException", f"Table already exists: {schema.name}")
    table = Table(schema, f"arn:aws:dynamodb:{store.region}:{store.account}:table/{schema.name}")
    table.protected = bool(call.params.get("DeletionProtectionEnabled"))
    store.tables[schema.name] = table
    return {"TableDescription": _description(table, call)}


def describe_table(call: Call) -> Reply:
    """DescribeTable."""
    return {"Table": _description(_named(call), call)}


def delete_table(call: Call) -> Reply:
    """DeleteTable; gone at once."""
    table = _named(call)
    if table.protected:
        raise validation(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    del call.store.tables[table.schema.name]
    return {"TableDescription": {**_description(table, call), "TableStatus": "DELETING"}}


def list_tables(call: Call) -> Reply:
    """ListTables, on one page."""
    return {"TableNames": sorted(call.store.tables)}


def update_time_to_live(call: Call) -> Reply:
    """UpdateTimeToLive; nothing expires until a test asks for it."""
    table, wanted = _named(call), call.params["TimeToLiveSpecification"]
    if bool(wanted["Enabled"]) == (table.ttl_attribute is not None):
        state = "enabled" if wanted["Enabled"] else "disabled"
        raise validation(f"TimeToLive is already {state}")
    table.ttl_attribute = wanted["AttributeName"] if wanted["Enabled"] else None
    return {"TimeToLiveSpecification": dict(wanted)}


def describe_time_to_live(call: Call) -> Reply:
    """DescribeTimeToLive."""
    name = _named(call).ttl_attribute
    if name is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": name}}


def _named(call: Call) -> Table:
    name = call.params["TableName"]
    try:
        return call.store.table(name)
    except ServiceError:
        raise not_found(f"Table: {name} not found") from None


def _description(table: Table, call: Call) -> dict[str, Any]:
    schema = table.schema
    description: dict[str, Any] = {
        "TableName": schema.name,
        "TableArn": table.arn,
        "TableStatus": "ACTIVE",
        "CreationDateTime": call.store.clock(),
        "KeySchema": _key_elements(schema.keys),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in schema.types.items()],
        "ItemCount": len(table.items),
        "TableSizeBytes": sum(map(item_size, table.items.values())),
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "DeletionProtectionEnabled": table.protected,
    }
    if schema.indexes:
        description["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _key_elements(index.keys),
                "Projection": dict(index.projection),
                "IndexStatus": "ACTIVE",
            }
            for index in schema.indexes.values()
        ]
    if schema.stream_view is not None:
        description["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": schema.stream_view,
        }
        description["LatestStreamArn"] = table.stream_arn
    return description


def _key_elements(keys: Any) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(keys.names, kinds, strict=False)]
