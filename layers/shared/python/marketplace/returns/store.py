"""The returns table: one item a return, and one an order that says what all its returns have taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.returns.errors import ReturnRefused, ReturnsMoved
from marketplace.returns.model import Head, Lack, Parcel, Return, ReturnLine, Step
from marketplace.returns.process import STATES
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put

RETURN, HEAD = "return", "head"
DUE, FOR_PEOPLE = "returns", "people"  # partitions of what the sweep looks at; the second is listed for staff too
_PLAIN = (
    *(
        "order_id",
        "buyer_id",
        "seller_id",
        "kind",
        "quoted_minor",
        "currency",
        "return_cost",
        "reason",
        "state",
        "step",
    ),
    *("carrier", "tracking_number", "label_url", "deduction_minor", "deduction_reasons", "restocked", "outcome"),
    *("refund_id", "refund_minor", "fingerprint"),
)


class ReturnsDue(GlobalSecondaryIndex[Any]):
    """What waits, by deadline: the sweep's list, never more than a hint."""

    class Meta:
        """See data.yaml."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ReturnItem(Item):
    """One return; pk is its id."""

    class Meta(meta("returns")):  # type: ignore[misc]
        """See data.yaml."""

    step = IntegerAttribute()
    facts = JSONAttribute()
    due_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    by_due = ReturnsDue()


class HeadItem(Item):
    """What an order's returns have taken; pk is the order."""

    class Meta(meta("returns")):  # type: ignore[misc]
        """See data.yaml."""

    revision = IntegerAttribute()
    open_count = IntegerAttribute()
    open_minor = IntegerAttribute()
    taken = JSONAttribute()
    return_ids = JSONAttribute()
    reduced = JSONAttribute(null=True)
    rejected = JSONAttribute(null=True)
    due_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class DynamoReturns:
    """Returns by id, and by order through the order's head."""

    def read(self, return_id: str) -> Return | None:
        item = ReturnItem.read(return_id, RETURN)
        return return_from(item) if item else None

    def read_many(self, return_ids: Sequence[str]) -> list[Return]:
        found = {item.pk: item for item in ReturnItem.read_many([(each, RETURN) for each in return_ids])}
        return [return_from(found[each]) for each in return_ids if each in found]

    def head(self, order_id: str) -> Head:
        item = HeadItem.read(order_id, HEAD)
        return head_from(item) if item else Head(order_id)

    def open(self, made: Return) -> Write:
        return Put(_item(made), ReturnsMoved())

    def move(self, before: Return, after: Return) -> Write:
        same = ReturnItem.step == before.step
        return Put(_item(after), ReturnRefused(state=before.state), condition=same)

    def keep(self, before: Head, after: Head) -> Write:
        same = HeadItem.revision == before.revision if before.revision else HeadItem.pk.does_not_exist()
        return Put(_head_item(after), ReturnsMoved(), condition=same)

    def due(self, now: datetime, limit: int) -> list[str]:
        past = ReturnsDue.due_at <= to_text(now)
        found = [item for queue in (DUE, FOR_PEOPLE) for item in ReturnItem.by_due.query(queue, past, limit=limit)]
        return [item.pk for item in sorted(found, key=lambda item: str(item.due_at))[:limit]]

    def page_for_people(self, cursor: str | None, limit: int) -> Rows[str]:
        """Name returns in a state that waits for a person, the nearest deadline first (an index: a hint)."""
        rows = read_page(
            ReturnItem.by_due, FOR_PEOPLE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(item.pk for item in rows.items), rows.cursor)


def _item(each: Return) -> ReturnItem:
    facts = {name: getattr(each, name) for name in _PLAIN}
    facts |= {
        "lines": [[line.listing_id, line.quantity, line.amount_minor] for line in each.lines],
        "requested_at": to_text(each.requested_at),
        "entered_at": to_text(each.entered_at),
        "more": _more(each),
        "log": [[step.name, step.state, step.actor, to_text(step.at), step.member_id] for step in each.log],
    }
    due_at = to_text(each.due_at) if each.due_at else None
    return ReturnItem(each.return_id, RETURN, step=each.step, facts=facts, due_queue=_queue_of(each), due_at=due_at)


def _queue_of(each: Return) -> str | None:
    """Name the partition in which a return waits; the process says what waits for people."""
    wait = STATES[each.state]
    if each.due_at is None or wait is None:
        return None
    return FOR_PEOPLE if wait.human_queue else DUE


def return_from(item: ReturnItem) -> Return:
    """Read a stored return."""
    facts = item.facts
    return Return(
        return_id=item.pk,
        **{name: facts[name] for name in _PLAIN},
        lines=tuple(ReturnLine(*line) for line in facts["lines"]),
        requested_at=from_text(facts["requested_at"]),
        entered_at=from_text(facts["entered_at"]),
        due_at=from_text(item.due_at) if item.due_at else None,
        **_rest(facts.get("more", {})),
        log=tuple(Step(name, state, actor, from_text(at), by) for name, state, actor, at, by in facts["log"]),
    )


def _more(each: Return) -> dict[str, Any]:
    """Return what only some returns have."""
    lack, parcel = each.lack, each.replacement
    found = {
        "returned_at": to_text(each.returned_at) if each.returned_at else None,
        "returned_by": each.returned_by,
        "answer": each.answer,
        "reduction_minor": each.reduction_minor,
        "reserved": each.reserved,
        "proposal_id": each.proposal_id,
        "lack": lack and {**_fields(lack), "evidence": list(lack.evidence)},
        "replacement": parcel and _fields(parcel),
    }
    return {name: value for name, value in found.items() if value}


def _fields(value: Lack | Parcel) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in value.__dataclass_fields__}
    return {name: to_text(each) if isinstance(each, datetime) else each for name, each in found.items()}


def _rest(more: dict[str, Any]) -> dict[str, Any]:
    found = dict(more)
    if "returned_at" in found:
        found["returned_at"] = from_text(found["returned_at"])
    if "lack" in found:
        lack = _moments(found["lack"], "liable_until", "presumed_until")
        found["lack"] = Lack(**{**lack, "evidence": tuple(lack["evidence"])})
    if "replacement" in found:
        found["replacement"] = Parcel(**_moments(found["replacement"], "sent_at", "arrived_at"))
    return found


def _moments(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: from_text(each) if name in names and each else each for name, each in facts.items()}


def _head_item(head: Head) -> HeadItem:
    due_at = to_text(head.due_at) if head.due_at else None
    return HeadItem(
        head.order_id,
        HEAD,
        revision=head.revision,
        open_count=head.open_count,
        open_minor=head.open_minor,
        taken=dict(head.taken),
        return_ids=list(head.return_ids),
        reduced=dict(head.reduced) or None,
        rejected={listing_id: list(claims) for listing_id, claims in head.rejected.items()} or None,
        due_queue=DUE if due_at else None,
        due_at=due_at,
    )


def head_from(item: HeadItem) -> Head:
    """Read a stored head."""
    due_at = from_text(item.due_at) if item.due_at else None
    counts = (item.revision, item.open_count, item.open_minor)
    rejected = {listing_id: tuple(claims) for listing_id, claims in (item.rejected or {}).items()}
    return Head(item.pk, *counts, dict(item.taken), tuple(item.return_ids), dict(item.reduced or {}), due_at, rejected)
