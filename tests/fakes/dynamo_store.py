"""State of the whole service, and what every operation does through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .dynamo_capacity import Usage
from .dynamo_errors import not_found
from .dynamo_requests import Params
from .dynamo_schema import Key
from .dynamo_tables import Change, Table
from .dynamo_values import Item

Reply = dict[str, Any]


@dataclass(slots=True)
class Token:
    """A transaction that succeeded, for as long as its request token is remembered."""

    params: Any
    at: float
    usage: Usage


@dataclass(slots=True)
class Store:
    """Tables, remembered tokens and the clock."""

    clock: Callable[[], float]
    region: str
    account: str
    tables: dict[str, Table] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """The table of this name (or ARN)."""
        found = self.tables.get(name)
        if found is None:
            found = self.tables.get(name.rsplit("table/", 1)[-1])
        if found is None:
            raise not_found()
        return found

    def write(self, table: Table, key: Key, new: Item | None, *, expired: bool = False) -> Change:
        """Change an item, its index entries and the stream."""
        change = table.write(key, new)
        table.record(change, self.clock(), self.region, expired=expired)
        return change

    def copied(self) -> tuple[dict[str, Table], dict[str, Token]]:
        """Everything a snapshot keeps."""
        return {name: table.copied() for name, table in self.tables.items()}, dict(self.tokens)


@dataclass(slots=True)
class Call:
    """One operation at work: its parameters, and the units it has taken so far."""

    store: Store
    params: Params
    usage: Usage = field(default_factory=Usage)
