"""Items of a table, in order, with its indexes and its stream."""

from __future__ import annotations

from bisect import bisect_left, insort
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .dynamo_schema import IndexSchema, Key, KeySchema, Schema
from .dynamo_values import Item, Token, item_size, token

Entry = tuple[Token | None, Key]


class Change(NamedTuple):
    """An item before and after a write."""

    key: Key
    old: Item | None
    new: Item | None


@dataclass(slots=True)
class Ordered:
    """Items grouped by a hash key and sorted by a range key: the table itself, or one of its indexes.

    Items with equal keys in an index have no promised order; here it is that of the table's key, so that a page
    boundary is always exact.
    """

    keys: KeySchema
    partitions: dict[Token, list[Entry]] = field(default_factory=dict)

    def place(self, item: Item | None, key: Key) -> tuple[Token, Entry] | None:
        """Where an item stands, or None when it lacks a key (a sparse index)."""
        if item is None or any(name not in item for name in self.keys.names):
            return None
        range_name = self.keys.range
        return (
            token(item[self.keys.hash]),
            (None if range_name is None else token(item[range_name]), key),
        )

    def move(self, change: Change) -> None:
        """Take the old item out and put the new one in."""
        old, new = self.place(change.old, change.key), self.place(change.new, change.key)
        if old == new:
            return
        if old is not None:
            entries = self.partitions[old[0]]
            del entries[bisect_left(entries, old[1])]
            if not entries:
                del self.partitions[old[0]]
        if new is not None:
            insort(self.partitions.setdefault(new[0], []), new[1])

    def copied(self) -> Ordered:
        """A copy that shares no list."""
        return Ordered(self.keys, {name: list(rows) for name, rows in self.partitions.items()})


class Table:
    """One table. Items are never changed in place, so whoever holds one may keep it."""

    def __init__(self, schema: Schema, arn: str) -> None:
        self.schema = schema
        self.arn = arn
        self.items: dict[Key, Item] = {}
        self.order = Ordered(schema.keys)
        self.indexes = {name: Ordered(index.keys) for name, index in schema.indexes.items()}
        self.ttl_attribute: str | None = None
        self.protected = False
        self.records: list[dict[str, Any]] = []
        self.sequence = 0

    @property
    def stream_arn(self) -> str:
        """Address of the stream, as event sources name it."""
        return f"{self.arn}/stream/2024-01-01T00:00:00.000"

    def write(self, key: Key, new: Item | None) -> Change:
        """Replace (or with None remove) an item."""
        change = Change(key, self.items.get(key), new)
        if new is None:
            self.items.pop(key, None)
        else:
            self.items[key] = new
        self.order.move(change)
        for index in self.indexes.values():
            index.move(change)
        return change

    def record(self, change: Change, now: float, region: str, *, expired: bool = False) -> None:
        """Add a write to the stream; one that changed nothing leaves no trace."""
        view = self.schema.stream_view
        if view is None or change.old == change.new:
            return
        self.sequence += 1
        self.records.append(self._event(change, view, now, region, expired=expired))

    def _event(self, change: Change, view: str, now: float, region: str, *, expired: bool) -> dict[str, Any]:
        old, new = change.old, change.new
        keys = self.schema.key_attributes(new or old or {})
        images: dict[str, Any] = {"Keys": keys}
        if new is not None and view in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"}:
            images["NewImage"] = new
        if old is not None and view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
            images["OldImage"] = old
        size = sum(item_size(image) for image in images.values())
        event = {
            "eventID": f"{self.schema.name}-{self.sequence:016d}",
            "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": region,
            "dynamodb": {
                "ApproximateCreationDateTime": now,
                **images,
                "SequenceNumber": f"{self.sequence:021d}",
                "SizeBytes": size,
                "StreamViewType": view,
            },
            "eventSourceARN": self.stream_arn,
        }
        if expired:
            event["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return event

    def copied(self) -> Table:
        """A copy that later writes to either side leave alone."""
        other = copy(self)
        other.items = dict(self.items)
        other.order = self.order.copied()
        other.indexes = {name: index.copied() for name, index in self.indexes.items()}
        other.records = list(self.records)
        return other

    def index_schema(self, name: str) -> IndexSchema:
        """The definition of an index that exists."""
        return self.schema.indexes[name]
