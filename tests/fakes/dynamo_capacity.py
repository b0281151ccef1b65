"""Capacity units, by the published rules (1 KB a write, 4 KB a read, each rounded up).

The factor of two for transactions applies to the table; index entries inside a transaction cost what they cost
outside one. A condition check is charged as a write of the item it read, a replayed transaction as reads.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .dynamo_errors import validation
from .dynamo_tables import Change, Table
from .dynamo_values import Item, item_size


def write_units(old: Item | None, new: Item | None) -> float:
    """One write of an item: the larger of both sides counts."""
    return float(max(1, -(-max(item_size(old), item_size(new)) // 1024)))


def read_units(size: int, *, consistent: bool) -> float:
    """One read of so many bytes; nothing found still costs the least amount."""
    units = float(max(1, -(-size // 4096)))
    return units if consistent else units / 2


def index_units(table: Table, change: Change) -> dict[str, float]:
    """Units each index takes for a write: none where nothing it stores changed, two where its key moved."""
    units = {}
    for name, index in table.schema.indexes.items():
        ordered = table.indexes[name]
        before, after = ordered.place(change.old, change.key), ordered.place(change.new, change.key)
        old = index.view(change.old or {}) if before else None
        new = index.view(change.new or {}) if after else None
        if old == new:
            continue
        if before and after and before != after:
            units[name] = write_units(old, None) + write_units(None, new)
        else:
            units[name] = write_units(old, new)
    return units


@dataclass(slots=True)
class TableUsage:
    """Units one request took from one table and its indexes."""

    table: float = 0.0
    indexes: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def total(self) -> float:
        """What is billed."""
        return self.table + sum(self.indexes.values())


@dataclass(slots=True)
class Usage:
    """Units a request took, by table."""

    direction: str = "Write"
    tables: dict[str, TableUsage] = field(default_factory=lambda: defaultdict(TableUsage))

    @property
    def total(self) -> float:
        """Units over all tables."""
        return sum(usage.total for usage in self.tables.values())

    def write(self, table: Table, change: Change, *, transactional: bool = False) -> None:
        """Charge a write and what it does to the indexes."""
        usage = self.tables[table.schema.name]
        usage.table += write_units(change.old, change.new) * (2 if transactional else 1)
        for name, units in index_units(table, change).items():
            usage.indexes[name] += units

    def read(self, table: Table, units: float, index: str | None = None) -> None:
        """Charge a read of the table or of one of its indexes."""
        usage = self.tables[table.schema.name]
        if index is None:
            usage.table += units
        else:
            usage.indexes[index] += units

    def report(self, detail: str, *, split: bool = False) -> list[dict[str, Any]]:
        """The ConsumedCapacity members; `split` names the direction too, as transactions do."""
        return [self._one(name, usage, detail, split) for name, usage in self.tables.items()]

    def _one(self, name: str, usage: TableUsage, detail: str, split: bool) -> dict[str, Any]:
        report: dict[str, Any] = {"TableName": name, "CapacityUnits": usage.total}
        member = f"{self.direction}CapacityUnits"
        if split:
            report[member] = usage.total
        if detail == "INDEXES":
            report["Table"] = {"CapacityUnits": usage.table}
            if split:
                report["Table"][member] = usage.table
            if usage.indexes:
                report["GlobalSecondaryIndexes"] = {
                    index: {"CapacityUnits": units} for index, units in usage.indexes.items()
                }
        return report


def detail_of(value: Any) -> str:
    """ReturnConsumedCapacity, checked."""
    detail = "NONE" if value is None else value
    if detail not in {"NONE", "TOTAL", "INDEXES"}:
        raise validation(
            f"1 validation error detected: Value '{detail}' at 'returnConsumedCapacity' failed to satisfy "
            "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
        )
    return str(detail)
