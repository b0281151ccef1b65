"""Statements of solvency in the statements table: only ever added.

pk = solvency, sk = <date>#<run>: the statement. pk = solvency#<run>, sk = seed | claims#<nnnn> | base#<nnnn>: what it
stands on, put before it. A run that died before its statement leaves rows that nothing points to.
"""

from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.solvency.model import AlreadyStated, Base, Claim, Signed
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

HEADS = "solvency"
SEED, CLAIMS, BASE = "seed", "claims#", "base#"
ROWS_IN_ITEM = 500  # claims or positions: some 80 KB of the 400 KB an item may have
ITEMS_IN_WRITE = 20  # of the 4 MB that a transaction may have
PLACE_DIGITS = 5


class HeadItem(Item):
    """A published statement."""

    class Meta(meta("statements")):  # type: ignore[misc]
        """See data.yaml."""

    run_id = UnicodeAttribute()
    at = UnicodeAttribute()
    text = UnicodeAttribute()
    signature = UnicodeAttribute()
    key_id = UnicodeAttribute()


class PartItem(Item):
    """A part of what a statement stands on."""

    class Meta(meta("statements")):  # type: ignore[misc]
        """See data.yaml."""

    rows = JSONAttribute()
    through = UnicodeAttribute(null=True)
    version = IntegerAttribute(null=True)  # of a base; none: the first


class DynamoProofs:
    """Statements in DynamoDB."""

    def latest(self, day: str | None = None) -> Signed | None:
        condition = HeadItem.sk.startswith(f"{day}#") if day else None
        found = HeadItem.query(HEADS, condition, consistent_read=True, scan_index_forward=False, limit=1)
        item: Any = next(iter(found), None)
        if item is None:
            return None
        date = item.sk.partition("#")[0]
        return Signed(item.run_id, date, from_text(item.at), item.text, item.signature, item.key_id)

    def base(self, run_id: str) -> Base:
        items = PartItem.read_partition(_of(run_id), PartItem.sk.startswith(BASE))
        positions = {(book, account, currency): minor for item in items for book, account, currency, minor in item.rows}
        return Base(items[0].through or "", positions, items[0].version or 1)

    def seed(self, run_id: str) -> str:
        item = PartItem.read(_of(run_id), SEED)
        return str(item.rows[0]) if item else ""

    def claims(self, run_id: str) -> list[Claim]:
        items = PartItem.read_partition(_of(run_id), PartItem.sk.startswith(CLAIMS))
        rows = (row for item in items for row in item.rows)
        return [Claim(name, currency, minor, tuple(people)) for name, currency, minor, people in rows]

    def keep(self, run_id: str, seed: str, claims: Sequence[Claim], base: Base) -> list[list[Write]]:
        owed: list[list[Any]] = [[each.name, each.currency, each.amount_minor, list(each.people)] for each in claims]
        stood: list[list[Any]] = [[*place, minor] for place, minor in sorted(base.positions.items())]
        items = [PartItem(_of(run_id), SEED, rows=[seed])]
        items += _parts(run_id, CLAIMS, owed)
        items += _parts(run_id, BASE, stood, through=base.through, version=base.version)
        return [[Put(item, AlreadyStated()) for item in some] for some in _portions(items, ITEMS_IN_WRITE)]

    def publish(self, signed: Signed) -> Write:
        item = HeadItem(
            HEADS,
            f"{signed.date}#{signed.run_id}",
            run_id=signed.run_id,
            at=to_text(signed.at),
            text=signed.text,
            signature=signed.signature,
            key_id=signed.key_id,
        )
        return Put(item, AlreadyStated())


def _parts(run_id: str, prefix: str, rows: list[list[Any]], **about: Any) -> list[PartItem]:
    portions = _portions(rows, ROWS_IN_ITEM) or [[]]
    return [
        PartItem(_of(run_id), f"{prefix}{place:0{PLACE_DIGITS}d}", rows=some, **about)
        for place, some in enumerate(portions)
    ]


def _portions(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _of(run_id: str) -> str:
    return f"{HEADS}#{run_id}"
