"""The security log in DynamoDB.

pk = account   sk = event#<time>#<entry>   one entry; times sort as text
pk = account   sk = once#<entry>           that an entry was written, for kinds whose event does not say so already

Where an entry came from is sealed under the person's key, and goes with it.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Missing, Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.security.model import AlreadyNoted, Entry
from marketplace.security.ports import Seals
from marketplace.storage.cursor import BadCursor, decode_cursor, encode_cursor
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

_EVENT_PREFIX, _ONCE_PREFIX = "event#", "once#"


class LogItem(Item):
    """One entry, or the mark of one."""

    class Meta(meta("security")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute(null=True)
    seen = UnicodeAttribute(null=True)  # sealed: network, device, country
    network = UnicodeAttribute(null=True)  # of what a stranger can cause
    country = UnicodeAttribute(null=True)
    session_id = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    expires_at = IntegerAttribute()


class DynamoLog:
    """Entries by account, newest first."""

    def __init__(self, vault: Seals) -> None:
        self._vault = vault

    def add(self, entry: Entry) -> Write:
        item = _item(entry)
        if entry.by_stranger:
            item.network, item.country = entry.network or None, entry.country
        elif seen := _seen(entry):
            item.seen = self._vault.seal(entry.account_id, _place(item.sk), seen)
        return Put(item, AlreadyNoted(), telling=False)

    def guard(self, entry: Entry) -> Write:
        mark = LogItem(entry.account_id, _ONCE_PREFIX + entry.entry_id, expires_at=_seconds(entry.expires_at))
        return Put(mark, AlreadyNoted(), telling=False)

    def page(self, account_id: str, cursor: str | None, limit: int, now: datetime) -> Rows[Entry]:
        found = LogItem.query(
            account_id,
            LogItem.sk.startswith(_EVENT_PREFIX),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=_start(account_id, cursor),
        )
        try:
            items = list(found)
        except PynamoDBException as error:
            raise Unavailable from error
        last = found.last_evaluated_key
        live = tuple(self._entry(item) for item in items if item.expires_at > now.timestamp())
        return Rows(live, encode_cursor(last["sk"]["S"]) if last else None)

    def _entry(self, item: LogItem) -> Entry:
        _, at, entry_id = item.sk.split("#")
        seen = self._opened(item) if item.seen else {"network": item.network, "country": item.country}
        return Entry(
            account_id=item.pk,
            entry_id=entry_id,
            kind=item.kind,
            at=from_text(at),
            network=seen.get("network") or "",
            device=seen.get("device") or "",
            country=seen.get("country"),
            session_id=item.session_id,
            facts=item.facts or {},
            by_stranger=item.seen is None,
        )

    def _opened(self, item: LogItem) -> Mapping[str, str | None]:
        try:
            opened: dict[str, str | None] = json.loads(self._vault.open(item.pk, _place(item.sk), item.seen or ""))
        except Missing:  # the person was erased: that it happened stays, from where does not
            return {}
        return opened


def _place(sort: str) -> str:
    return f"{sort}/seen"


def _seen(entry: Entry) -> str:
    found = {"network": entry.network, "device": entry.device, "country": entry.country}
    told = {name: value for name, value in found.items() if value}
    return json.dumps(told, separators=(",", ":")) if told else ""


def _start(account_id: str, cursor: str | None) -> dict[str, dict[str, str]] | None:
    if cursor is None:
        return None
    [place] = decode_cursor(cursor, count=1)
    if not place.startswith(_EVENT_PREFIX):  # DynamoDB refuses a start outside the key condition
        raise BadCursor
    return {"pk": {"S": account_id}, "sk": {"S": place}}


def _item(entry: Entry) -> LogItem:
    return LogItem(
        entry.account_id,
        f"{_EVENT_PREFIX}{to_text(entry.at)}#{entry.entry_id}",
        kind=entry.kind,
        session_id=entry.session_id,
        facts=dict(entry.facts) or None,
        expires_at=_seconds(entry.expires_at),
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
