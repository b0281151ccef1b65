"""TransactWriteItems: everything or nothing, with reasons, and once for each request token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .dynamo_capacity import Usage, read_units, write_units
from .dynamo_errors import ServiceError, cancelled, validation
from .dynamo_requests import Params
from .dynamo_store import Call, Reply, Store, Token
from .dynamo_tables import Change
from .dynamo_values import Item, item_size
from .dynamo_writes import Write, prepare_check, prepare_delete, prepare_put, prepare_update

MAX_ITEMS = 100
MAX_BYTES = 4 * 1024 * 1024
MAX_TOKEN = 36
TOKEN_SECONDS = 600.0

_COMMON = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
}
_PREPARE: dict[str, tuple[Callable[[Store, Params], Write], set[str]]] = {
    "Put": (prepare_put, _COMMON | {"Item"}),
    "Update": (prepare_update, _COMMON | {"Key", "UpdateExpression"}),
    "Delete": (prepare_delete, _COMMON | {"Key"}),
    "ConditionCheck": (prepare_check, _COMMON | {"Key"}),
}


def transact_write_items(call: Call) -> Reply:
    """TransactWriteItems."""
    token = call.params.get("ClientRequestToken")
    if token is not None:
        if not 1 <= len(token) <= MAX_TOKEN:
            raise validation(
                f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy "
                f"constraint: Member must have length less than or equal to {MAX_TOKEN}"
            )
        if _is_replay(call, token):
            return {}
    _commit(call, _prepared(call))
    if token is not None:
        remembered = {k: v for k, v in call.params.items() if k != "ReturnConsumedCapacity"}
        call.store.tokens[token] = Token(remembered, call.store.clock(), _replay_usage(call))
    return {}


def _is_replay(call: Call, token: str) -> bool:
    """A token seen within ten minutes answers for the same request, and refuses another one."""
    known = call.store.tokens.get(token)
    if known is None or call.store.clock() - known.at >= TOKEN_SECONDS:
        return False
    if known.params != {k: v for k, v in call.params.items() if k != "ReturnConsumedCapacity"}:
        raise ServiceError(
            "IdempotentParameterMismatchException",
            "Request uses the same client token as a previous, but non-identical request. Do not reuse a client "
            "token with different requests, unless the requests are identical",
        )
    call.usage = known.usage
    return True


def _prepared(call: Call) -> list[Write]:
    entries = call.params["TransactItems"]
    if not 1 <= len(entries) <= MAX_ITEMS:
        raise validation(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_ITEMS} and greater than or equal to 1"
        )
    writes = [_one(call, entry) for entry in entries]
    if len({(write.table.schema.name, write.key) for write in writes}) != len(writes):
        raise validation("Transaction request cannot include multiple operations on one item")
    return writes


def _one(call: Call, entry: dict[str, Any]) -> Write:
    if len(entry) != 1 or not entry.keys() <= _PREPARE.keys():
        raise validation("TransactItems can only contain one of Check, Put, Update or Delete")
    ((kind, params),) = entry.items()
    prepare, members = _PREPARE[kind]
    if params.keys() - members:
        raise validation(f"MemoryDynamo does not support {sorted(params.keys() - members)} in a {kind}")
    if kind == "Update" and "UpdateExpression" not in params:
        raise validation("The UpdateExpression of a transactional Update is required")
    return prepare(call.store, params)


def _commit(call: Call, writes: list[Write]) -> None:
    """Evaluate every item against the state before the transaction; write only when all of them pass."""
    results: list[Item | None] = []
    reasons: list[dict[str, Any]] = []
    for write in writes:
        try:
            results.append(write.evaluate())
            reasons.append({"Code": "None"})
        except ServiceError as refusal:
            reasons.append(_reason(refusal))
    if any(reason["Code"] != "None" for reason in reasons):
        for write in writes:
            units = write_units(write.table.items.get(write.key), None)
            call.usage.tables[write.table.schema.name].table += 2 * units
        raise cancelled(reasons)
    if sum(item_size(item) for item in results) > MAX_BYTES:
        raise validation("Transaction payload exceeds 4 MB")
    for write, new in zip(writes, results, strict=True):
        change = Change(write.key, new, new) if write.checks_only else call.store.write(write.table, write.key, new)
        call.usage.write(write.table, change, transactional=True)


def _reason(refusal: ServiceError) -> dict[str, Any]:
    if refusal.code == "ConditionalCheckFailedException":
        return {
            "Code": "ConditionalCheckFailed",
            "Message": refusal.message,
            **refusal.fields,
        }
    return {"Code": "ValidationError", "Message": refusal.message}


def _replay_usage(call: Call) -> Usage:
    """A replay reads what the first call wrote."""
    usage = Usage("Read")
    for entry in call.params["TransactItems"]:
        ((_, params),) = entry.items()
        table = call.store.table(params["TableName"])
        attributes = params.get("Key") or table.schema.key_attributes(params["Item"])
        item = table.items.get(table.schema.key_of(attributes))
        usage.read(table, 2 * read_units(item_size(item), consistent=True))
    return usage
