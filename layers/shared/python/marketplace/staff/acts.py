"""The record of what staff did and looked at, written with the act itself."""

from collections.abc import Mapping

from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.staff.model import ACT, Act
from marketplace.staff.ports import Acts


class StaffActs:
    """Notes acts for the transactions in which they happen."""

    def __init__(self, *, clock: Clock, ids: Ids, store: Acts) -> None:
        self._clock = clock
        self._ids = ids
        self._store = store

    def note(
        self, by: str, kind: str, subject: str, facts: Mapping[str, str | int] | None = None, reasons: str = ""
    ) -> Write:
        """Return the write of one act; `facts` are ids, whole numbers and short codes."""
        now = self._clock.now()
        return self._store.add_act(Act(self._ids.new(ACT, now), now, by, kind, subject, dict(facts or {}), reasons))

    def page(self, cursor: str | None, limit: int) -> Rows[Act]:
        """List what staff did, the newest first.

        Raises: BadCursor.
        """
        return self._store.acts(cursor, limit)
