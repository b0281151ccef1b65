"""The kill switch in DynamoDB: one item a scope, one item a change."""

from typing import Any

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payouts.errors import PaymentsStopped
from marketplace.payouts.switch import RETRY_AFTER_SECONDS, Change, SwitchMoved
from marketplace.payouts.table_store import SwitchItem
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Check, Put

_SWITCH = "switch"
_STOPPED_QUEUE = "stopped"
STOPPED_SHOWN_MAX = 100


class DynamoSwitches:
    """What is stopped."""

    def read(self, scope: str) -> Change | None:
        item = SwitchItem.read(_pk(scope), _SWITCH)
        return _change(item) if item else None

    def read_many(self, scopes: list[str]) -> list[Change]:
        return [_change(item) for item in SwitchItem.read_many([(_pk(scope), _SWITCH) for scope in scopes])]

    def change(self, before: Change | None, after: Change) -> list[Write]:
        at = to_text(after.at)
        facts: dict[str, Any] = {
            "stopped": after.stopped,
            "cause": after.cause,
            "reasons": after.reasons,
            "by": after.by,
            "approved_by": after.approved_by,
            "at": at,
            "changes": after.nth,
        }
        waits: dict[str, Any] = {"work_queue": _STOPPED_QUEUE, "due_at": at} if after.stopped else {}
        stands = SwitchItem(_pk(after.scope), _SWITCH, **facts, **waits)
        as_read = SwitchItem.changes == before.nth if before else SwitchItem.pk.does_not_exist()
        entry = SwitchItem(_pk(after.scope), f"log#{after.nth:06d}", shown_under=_pk(after.scope), **facts)
        entry.marks = " ".join(after.marks) or None
        return [Put(stands, SwitchMoved(), as_read), Put(entry, SwitchMoved())]

    def is_open(self, scope: str) -> Write:
        opened = SwitchItem.pk.does_not_exist() | (SwitchItem.stopped == False)  # noqa: E712 - DynamoDB judges
        return Check(SwitchItem(_pk(scope), _SWITCH), opened, PaymentsStopped(retry_after_seconds=RETRY_AFTER_SECONDS))

    def as_read(self, change: Change) -> Write:
        same = SwitchItem.changes == change.nth
        return Check(SwitchItem(_pk(change.scope), _SWITCH), same, SwitchMoved())

    def stopped(self) -> list[Change]:
        hints = list(SwitchItem.work.query(_STOPPED_QUEUE, limit=STOPPED_SHOWN_MAX))
        found = [_change(item) for item in SwitchItem.read_many([(hint.pk, _SWITCH) for hint in hints])]
        return sorted((each for each in found if each.stopped), key=lambda each: each.at)

    def history(self, scope: str, cursor: str | None, limit: int) -> Rows[Change]:
        page = read_page(SwitchItem.explained, _pk(scope), sort_attribute="at", cursor=cursor, limit=limit)
        return Rows(tuple(_change(item) for item in page.items), page.cursor)


def _pk(scope: str) -> str:
    return f"switch#{scope}"


def _change(item: SwitchItem) -> Change:
    return Change(
        item.pk.removeprefix("switch#"),
        item.stopped,
        item.cause,
        item.reasons or "",
        item.by or "",
        from_text(item.at),
        item.changes,
        item.approved_by,
        tuple((item.marks or "").split()),
    )
