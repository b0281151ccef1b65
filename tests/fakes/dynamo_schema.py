"""Table definitions as CreateTable takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .dynamo_errors import ServiceError, invalid_parameter, unsupported, validation
from .dynamo_values import Item, Token, Value, kind_of, size_of, token

Key = tuple[Token, Token | None]
MAX_HASH_BYTES = 2048
MAX_RANGE_BYTES = 1024
STREAM_VIEWS = frozenset({"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"})


@dataclass(frozen=True, slots=True)
class KeySchema:
    """Names of the key attributes of a table or an index."""

    hash: str
    range: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """One name or two."""
        return (self.hash,) if self.range is None else (self.hash, self.range)


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """A global secondary index; `included` is None when it carries every attribute."""

    name: str
    keys: KeySchema
    included: frozenset[str] | None
    projection: Mapping[str, Any]

    def view(self, item: Item) -> Item:
        """What the index stores of an item."""
        if self.included is None:
            return item
        return {name: value for name, value in item.items() if name in self.included}


@dataclass(frozen=True, slots=True)
class Schema:
    """A table's definition."""

    name: str
    keys: KeySchema
    types: Mapping[str, str]
    indexes: Mapping[str, IndexSchema]
    stream_view: str | None

    def key_of(self, attributes: Item) -> Key:
        """The key of a Get, Update or Delete: the key attributes and nothing else."""
        names = self.keys.names
        if attributes.keys() != set(names):
            raise validation("The provided key element does not match the schema")
        for name in names:
            if kind_of(attributes[name]) != self.types[name]:
                raise validation("The provided key element does not match the schema")
        return self._key(attributes)

    def key_in(self, item: Item) -> Key:
        """The key of a whole item."""
        for name in self.keys.names:
            if name not in item:
                raise invalid_parameter(f"Missing the key {name} in the item")
            if kind_of(item[name]) != self.types[name]:
                raise invalid_parameter(
                    f"Type mismatch for key {name} expected: {self.types[name]} actual: {kind_of(item[name])}"
                )
        return self._key(item)

    def _key(self, attributes: Item) -> Key:
        hash_name, range_name = self.keys.hash, self.keys.range
        check_key_size(attributes[hash_name], hash_name, MAX_HASH_BYTES)
        if range_name is None:
            return (token(attributes[hash_name]), None)
        check_key_size(attributes[range_name], range_name, MAX_RANGE_BYTES)
        return (token(attributes[hash_name]), token(attributes[range_name]))

    def check_index_keys(self, item: Item) -> None:
        """An item may lack an index key, but not hold one of another type, empty or oversized."""
        for index in self.indexes.values():
            for name in index.keys.names:
                if name in item:
                    self._check_index_key(index, name, item[name])

    def _check_index_key(self, index: IndexSchema, name: str, value: Value) -> None:
        if kind_of(value) != self.types[name]:
            raise invalid_parameter(
                f"Type mismatch for Index Key {name} Expected: {self.types[name]} "
                f"Actual: {kind_of(value)} IndexName: {index.name}"
            )
        if value[kind_of(value)] == "":
            raise validation(
                "One or more parameter values are not valid. A value specified for a secondary index key is not "
                "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                f"IndexName: {index.name}, IndexKey: {name}"
            )
        limit = MAX_HASH_BYTES if name == index.keys.hash else MAX_RANGE_BYTES
        if size_of(value) > limit:
            raise invalid_parameter(f"Size of index key {name} has exceeded the maximum size limit of {limit} bytes")

    def key_attributes(self, item: Item) -> Item:
        """The key part of an item."""
        return {name: item[name] for name in self.keys.names}


def check_key_size(value: Value, name: str, limit: int) -> None:
    """A key is neither empty nor too long."""
    ((kind, content),) = value.items()
    if content == "":
        shown = "string" if kind == "S" else "binary"
        raise validation(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            f"cannot contain an empty {shown} value. Key: {name}"
        )
    if size_of(value) <= limit:
        return
    if limit == MAX_HASH_BYTES:
        raise invalid_parameter(f"Size of hashkey has exceeded the maximum size limit of{limit} bytes")
    raise invalid_parameter(f"Aggregated size of all range keys has exceeded the size limit of {limit} bytes")


def schema_of(params: Mapping[str, Any]) -> Schema:
    """The definition in a CreateTable request."""
    if params.get("LocalSecondaryIndexes"):
        raise unsupported("LocalSecondaryIndexes")
    types = {a["AttributeName"]: a["AttributeType"] for a in params["AttributeDefinitions"]}
    keys = _keys(params["KeySchema"])
    indexes = {}
    for definition in params.get("GlobalSecondaryIndexes") or ():
        index = _index(definition, keys)
        if index.name in indexes:
            raise invalid_parameter(f"Duplicate index name: {index.name}")
        indexes[index.name] = index
    _check_definitions(types, keys, indexes)
    return Schema(params["TableName"], keys, types, indexes, _stream_view(params))


def _keys(definition: list[dict[str, str]]) -> KeySchema:
    names = {element["KeyType"]: element["AttributeName"] for element in definition}
    if [element["KeyType"] for element in definition] not in (["HASH"], ["HASH", "RANGE"]):
        raise invalid_parameter("Invalid KeySchema: one HASH key, then at most one RANGE key")
    return KeySchema(names["HASH"], names.get("RANGE"))


def _index(definition: Mapping[str, Any], table_keys: KeySchema) -> IndexSchema:
    keys = _keys(definition["KeySchema"])
    projection = definition["Projection"]
    kind = projection.get("ProjectionType")
    extra = projection.get("NonKeyAttributes")
    if (kind == "INCLUDE") != bool(extra):
        raise invalid_parameter(f"ProjectionType is {kind}, but NonKeyAttributes is {'' if extra else 'not '}specified")
    if kind not in {"ALL", "KEYS_ONLY", "INCLUDE"}:
        raise invalid_parameter(f"Unknown ProjectionType: {kind}")
    included = None if kind == "ALL" else frozenset({*keys.names, *table_keys.names, *(extra or ())})
    return IndexSchema(definition["IndexName"], keys, included, projection)


def _check_definitions(types: Mapping[str, str], keys: KeySchema, indexes: Mapping[str, IndexSchema]) -> None:
    """Every key attribute is defined, and nothing else is."""
    needed = {*keys.names, *(name for index in indexes.values() for name in index.keys.names)}
    if needed - types.keys():
        raise invalid_parameter(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: {sorted(needed)}, AttributeDefinitions: {sorted(types)}"
        )
    if types.keys() - needed:
        raise invalid_parameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions"
        )
    if set(types.values()) - {"S", "N", "B"}:
        raise ServiceError("ValidationException", "Member must satisfy enum value set: [B, N, S]")


def _stream_view(params: Mapping[str, Any]) -> str | None:
    stream = params.get("StreamSpecification") or {}
    view = stream.get("StreamViewType")
    # CloudFormation has no StreamEnabled member: naming a view is enough there.
    if view is None or stream.get("StreamEnabled", True) is False:
        return None
    if view not in STREAM_VIEWS:
        raise invalid_parameter(f"Unknown StreamViewType: {view}")
    return str(view)
