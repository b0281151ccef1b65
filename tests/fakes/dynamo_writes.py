"""Put, update, delete and condition check: once for single requests and for transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .dynamo_ast import Steps, find
from .dynamo_capacity import write_units
from .dynamo_errors import ServiceError, condition_failed, validation
from .dynamo_requests import Expressions, Params, expressions, project
from .dynamo_schema import Key
from .dynamo_store import Call, Reply, Store
from .dynamo_tables import Change, Table
from .dynamo_values import MAX_ITEM_BYTES, Item, checked_item, item_size

_NEVER = frozenset({"NONE", "ALL_OLD"})
_UPDATE_RETURNS = frozenset({"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"})


@dataclass(frozen=True, slots=True)
class Write:
    """A checked write, not applied yet."""

    table: Table
    key: Key
    parsed: Expressions
    outcome: Callable[[Item | None], Item | None]
    shows_old: bool
    checks_only: bool = False

    def evaluate(self) -> Item | None:
        """The item that would result; raises when the condition or the data stand in the way."""
        old = self.table.items.get(self.key)
        if not self.parsed.allows(old):
            raise condition_failed(old if self.shows_old else None)
        return old if self.checks_only else self.outcome(old)

    def touched(self) -> list[Steps]:
        """Paths an update names."""
        update = self.parsed.update
        return [] if update is None else update.paths(self.parsed.scope)


def prepare_put(store: Store, params: Params) -> Write:
    """A put: the whole item is replaced."""
    table, parsed = store.table(params["TableName"]), expressions(params)
    item = checked_item(params["Item"])
    key = table.schema.key_in(item)
    table.schema.check_index_keys(item)
    if item_size(item) > MAX_ITEM_BYTES:
        raise validation("Item size has exceeded the maximum allowed size")
    return Write(table, key, parsed, lambda _old: item, _shows_old(params))


def prepare_delete(store: Store, params: Params) -> Write:
    """A delete; deleting what is not there is no error."""
    table, parsed = store.table(params["TableName"]), expressions(params)
    key = table.schema.key_of(checked_item(params["Key"]))
    return Write(table, key, parsed, lambda _old: None, _shows_old(params))


def prepare_check(store: Store, params: Params) -> Write:
    """A condition check: writes nothing."""
    if "ConditionExpression" not in params:
        raise validation("The ConditionExpression of a ConditionCheck is required")
    table, parsed = store.table(params["TableName"]), expressions(params)
    key = table.schema.key_of(checked_item(params["Key"]))
    return Write(table, key, parsed, lambda old: old, _shows_old(params), checks_only=True)


def prepare_update(store: Store, params: Params) -> Write:
    """An update, which creates the item when there is none."""
    table, parsed = store.table(params["TableName"]), expressions(params)
    attributes = checked_item(params["Key"])
    key = table.schema.key_of(attributes)
    if parsed.update is not None:
        parsed.update.check(_update_scope(parsed), table.schema.keys.names)
    return Write(table, key, parsed, lambda old: _updated(table, parsed, attributes, old), _shows_old(params))


def _update_scope(parsed: Expressions) -> Any:
    scope = parsed.scope
    return type(scope)(scope.names, scope.values, "UpdateExpression")


def _updated(table: Table, parsed: Expressions, key: Item, old: Item | None) -> Item | None:
    update = parsed.update
    if update is None:
        return key if old is None else old
    new = update.applied(parsed.scope, key if old is None else old)
    if old is None and not update.creates():
        return None
    if item_size(new) > MAX_ITEM_BYTES:
        raise validation("Item size to update has exceeded the maximum allowed size")
    table.schema.check_index_keys(new)
    return new


def _shows_old(params: Params) -> bool:
    return _choice(params, "ReturnValuesOnConditionCheckFailure", _NEVER) == "ALL_OLD"


def _choice(params: Params, member: str, allowed: frozenset[str]) -> str:
    chosen = params.get(member, "NONE")
    if chosen not in allowed:
        raise validation(f"Return values set to invalid value: {member} {chosen}")
    return str(chosen)


def put_item(call: Call) -> Reply:
    """PutItem."""
    returns = _choice(call.params, "ReturnValues", _NEVER)
    return _returned(returns, *_apply(call, prepare_put(call.store, call.params)))


def delete_item(call: Call) -> Reply:
    """DeleteItem."""
    returns = _choice(call.params, "ReturnValues", _NEVER)
    return _returned(returns, *_apply(call, prepare_delete(call.store, call.params)))


def update_item(call: Call) -> Reply:
    """UpdateItem."""
    returns = _choice(call.params, "ReturnValues", _UPDATE_RETURNS)
    return _returned(returns, *_apply(call, prepare_update(call.store, call.params)))


def _apply(call: Call, write: Write) -> tuple[Write, Change]:
    try:
        new = write.evaluate()
    except ServiceError:
        # A refused condition has read the item, and is charged as the write it would have been.
        old = write.table.items.get(write.key)
        call.usage.tables[write.table.schema.name].table += write_units(old, None)
        raise
    change = call.store.write(write.table, write.key, new)
    call.usage.write(write.table, change)
    return write, change


def _returned(returns: str, write: Write, change: Change) -> Reply:
    attributes: Item | None = None
    if returns == "ALL_OLD":
        attributes = change.old
    elif returns == "ALL_NEW":
        attributes = change.new
    elif returns == "UPDATED_OLD":
        attributes = _part(change.old, write.touched())
    elif returns == "UPDATED_NEW":
        attributes = _part(change.new, write.touched())
    return {"Attributes": attributes} if attributes else {}


def _part(item: Item | None, paths: list[Steps]) -> Item | None:
    if item is None:
        return None
    return project(item, [steps for steps in paths if find(item, steps) is not None])
