"""Where decisions are kept, and what other areas ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.decisions.model import Amounts, Decision
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write


class DecisionStore(Protocol):
    """The table of decisions. A copy is stored for each account that one concerns."""

    def add(self, decision: Decision) -> Write:
        """Store one copy; refused with Conflict when the same decision is there."""

    def read(self, account_id: str, decision_id: str) -> Decision | None:
        """Return the account's own copy, consistently."""

    def page_of(self, account_id: str, cursor: str | None, limit: int) -> Rows[Decision]:
        """Return an account's decisions, the newest first.

        Raises: BadCursor.
        """

    def about(self, subject: str, *, limit: int) -> list[Decision]:
        """Return what was decided about an order or another subject, the oldest first (from an index: for people)."""


class Recording(Protocol):
    """What a decider asks for."""

    def record(
        self,
        *,
        kind: str,
        subject: str,
        concerns: Sequence[str],
        by: str,
        once: str = "",
        about: str = "",
        clause: str = "",
        ground: str = "",
        facts: Mapping[str, str | int] | None = None,
        reasons: str = "",
        automated: bool = False,
        detected: bool | None = None,
        redress: str = "",
        amounts: Amounts | None = None,
        lasts_until: datetime | None = None,
    ) -> list[Write]: ...
