"""Every object of the local Stripe, with undo for an operation that fails.

An operation edits freely and either commits or is rolled back as a whole, so a
refusal half way through can never leave a transfer without its payment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.local.stripe.copying import copied
from infra.local.stripe.errors import Json

PLATFORM = "platform"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass
class Record:
    """One object: ``data`` is what the API shows, ``hidden`` what only we know."""

    id: str
    kind: str
    owner: str
    data: Json
    hidden: Json = field(default_factory=dict)


class Store:
    """Records by id and, in order of creation, by owner and kind."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made = 0
        self._records: dict[str, Record] = {}
        self._order: dict[tuple[str, str], list[str]] = {}
        self._before: dict[str, Record | None] = {}

    def new_id(self, prefix: str) -> str:
        """Return a fresh id: repeatable for a seed, and never reused after a restart."""
        self._made += 1
        text = f"{self._seed}:{prefix}:{self._made}"
        number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        tail = ""
        for _ in range(20):
            number, digit = divmod(number, len(_ALPHABET))
            tail += _ALPHABET[digit]
        return f"{prefix}_1{tail}"

    def add(self, record: Record) -> None:
        """Put a new record in the store."""
        self._before.setdefault(record.id, None)
        self._insert(record)

    def find(self, kind: str, identifier: str, owner: str | None) -> Record | None:
        """Return the record ``owner`` may see under this id; None owner sees all."""
        record = self._records.get(identifier)
        if record is None or record.kind != kind or owner not in (None, record.owner):
            return None
        return record

    def any(self, identifier: str) -> Record | None:
        """Return the record of an id, whoever owns it."""
        return self._records.get(identifier)

    def edit(self, identifier: str) -> Record:
        """Return a record that may be changed; the change is undone on rollback."""
        record = self._records[identifier]
        if identifier not in self._before:
            self._before[identifier] = Record(**copied(vars(record)))
        return record

    def original(self, identifier: str) -> Json | None:
        """Return an edited object as it was when the operation began."""
        before = self._before.get(identifier)
        return before.data if before else None

    def newest(self, kind: str, owner: str) -> Iterator[Record]:
        """Yield an owner's records of a kind, newest first."""
        for identifier in reversed(self._order.get((owner, kind), [])):
            yield self._records[identifier]

    def owned(self, kind: str) -> Iterator[Record]:
        """Yield every record of a kind, oldest first within an owner."""
        for (_, of_kind), identifiers in self._order.items():
            if of_kind == kind:
                yield from (self._records[i] for i in identifiers)

    def commit(self) -> None:
        """Keep what the operation did."""
        self._before.clear()

    def rollback(self) -> None:
        """Undo what the operation did."""
        for identifier, before in self._before.items():
            current = self._records[identifier]
            if before is None:
                del self._records[identifier]
                self._order[current.owner, current.kind].remove(identifier)
            else:
                self._records[identifier] = before
        self._before.clear()

    def dump(self) -> Json:
        """Return everything as JSON values."""
        return {
            "made": self._made,
            "records": [copied(vars(r)) for r in self._records.values()],
        }

    def load(self, saved: Json) -> None:
        """Take up what ``dump`` gave."""
        self._made = saved["made"]
        for values in saved["records"]:
            self._insert(Record(**copied(values)))

    def _insert(self, record: Record) -> None:
        self._records[record.id] = record
        self._order.setdefault((record.owner, record.kind), []).append(record.id)
