"""An order's history as JSON."""

from typing import Annotated

import msgspec

from marketplace.casework.history.entries import Happening
from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where to go on: what happened stays where it is, and new entries follow."""

    cursor: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,4}$", max_length=4)] | None = None

    @property
    def after(self) -> int:
        return int(self.cursor) if self.cursor else 0


class TimelineHappening(msgspec.Struct, frozen=True):
    """One thing that happened, and whose record says so."""

    at: Moment
    source: str
    what: str
    by: str
    subject: str
    facts: dict[str, str | int]


class OrderTimeline(msgspec.Struct, frozen=True):
    """An order's history, the oldest first, as far as it concerns the reader."""

    order_id: str
    items: list[TimelineHappening]
    cursor: str | None


def history_to_wire(order_id: str, found: Rows[Happening]) -> OrderTimeline:
    """Show a page of an order's history."""
    items = [
        TimelineHappening(to_text(each.at), each.source, each.what, each.by, each.subject, dict(each.facts))
        for each in found.items
    ]
    return OrderTimeline(order_id, items, found.cursor)
