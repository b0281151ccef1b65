"""Disputes in DynamoDB: one item each, its evidence inside."""

from dataclasses import asdict
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.disputes.model import Decision, Dispute, DisputeDecided, DisputeExists, Evidence
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put

DISPUTE = "dispute"
OPEN_QUEUE = "open"


class ByQueue(GlobalSecondaryIndex[Any]):
    """Undecided disputes by opening."""

    class Meta:
        """See data.yaml."""

        index_name = "by_queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class DisputeItem(Item):
    """One dispute."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    order_id = UnicodeAttribute()
    buyer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    statement = UnicodeAttribute(null=True)
    wanted_minor = IntegerAttribute()
    opened_at = UnicodeAttribute()
    answer = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    evidence = JSONAttribute()
    decision = JSONAttribute(null=True)
    revision = IntegerAttribute()
    queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute()

    by_queue = ByQueue()


class DynamoDisputes:
    """Disputes by id, and those that wait for a decision."""

    def read(self, dispute_id: str) -> Dispute | None:
        item = DisputeItem.read(dispute_id, DISPUTE)
        return _dispute(item) if item else None

    def open(self, dispute: Dispute) -> Write:
        return Put(_item(dispute), DisputeExists())

    def change(self, before: Dispute, after: Dispute) -> Write:
        return Put(_item(after), DisputeDecided(), condition=DisputeItem.revision == before.revision)

    def page_open(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        rows = read_page(
            DisputeItem.by_queue, OPEN_QUEUE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(_dispute(item) for item in rows.items), rows.cursor)


def _item(dispute: Dispute) -> DisputeItem:
    return DisputeItem(
        dispute.dispute_id,
        DISPUTE,
        order_id=dispute.order_id,
        buyer_id=dispute.buyer_id,
        seller_id=dispute.seller_id,
        reason=dispute.reason,
        statement=dispute.statement or None,
        wanted_minor=dispute.wanted_minor,
        opened_at=to_text(dispute.opened_at),
        answer=dispute.answer,
        answered_at=to_text(dispute.answered_at) if dispute.answered_at else None,
        evidence=[{**asdict(each), "at": to_text(each.at)} for each in dispute.evidence],
        decision={**asdict(dispute.decision), "at": to_text(dispute.decision.at)} if dispute.decision else None,
        revision=dispute.revision,
        queue=None if dispute.decision else OPEN_QUEUE,
        due_at=to_text(dispute.opened_at),
    )


def _dispute(item: DisputeItem) -> Dispute:
    decided = item.decision
    return Dispute(
        dispute_id=item.pk,
        order_id=item.order_id,
        buyer_id=item.buyer_id,
        seller_id=item.seller_id,
        reason=item.reason,
        statement=item.statement or "",
        wanted_minor=item.wanted_minor,
        opened_at=from_text(item.opened_at),
        answer=item.answer,
        answered_at=from_text(item.answered_at) if item.answered_at else None,
        evidence=tuple(Evidence(**{**each, "at": from_text(each["at"])}) for each in item.evidence),
        decision=Decision(**{**decided, "at": from_text(decided["at"])}) if decided else None,
        revision=item.revision,
    )
