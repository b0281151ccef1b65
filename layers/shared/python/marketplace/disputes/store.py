"""Disputes in DynamoDB: one item each, its evidence inside."""

from collections.abc import Callable, Iterable
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.disputes.model import Dispute, DisputeDecided, DisputeExists, Evidence
from marketplace.disputes.records import appeal_from, decision_from, evidence_from, offer_from, stored
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put

DISPUTE, BEFORE = "dispute", "before"
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
    offers = JSONAttribute(null=True)
    appeal = JSONAttribute(null=True)
    past = JSONAttribute(null=True)
    past_appeals = JSONAttribute(null=True)
    proposal_id = UnicodeAttribute(null=True)
    accepted = JSONAttribute(null=True)

    by_queue = ByQueue()


class BeforeItem(Item):
    """What a buyer uploaded before opening a dispute, under the id that it will have."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    buyer_id = UnicodeAttribute()
    evidence = JSONAttribute()
    revision = IntegerAttribute()


class DynamoDisputes:
    """Disputes by id, and those that wait for a decision."""

    def read(self, dispute_id: str) -> Dispute | None:
        item = DisputeItem.read(dispute_id, DISPUTE)
        return dispute_from(item) if item else None

    def open(self, dispute: Dispute) -> Write:
        return Put(dispute_item(dispute), DisputeExists())

    def change(self, before: Dispute, after: Dispute, refusal: Exception | None = None) -> Write:
        return Put(dispute_item(after), refusal or DisputeDecided(), condition=DisputeItem.revision == before.revision)

    def before(self, dispute_id: str) -> tuple[int, tuple[Evidence, ...]]:
        item = BeforeItem.read(dispute_id, BEFORE)
        return (item.revision, _all(item.evidence, evidence_from)) if item else (0, ())

    def keep_before(self, dispute_id: str, buyer_id: str, known: int, evidence: tuple[Evidence, ...]) -> Write:
        item = BeforeItem(dispute_id, BEFORE, buyer_id=buyer_id, evidence=_parts(evidence) or [], revision=known + 1)
        same = BeforeItem.revision == known if known else BeforeItem.pk.does_not_exist()
        return Put(item, DisputeExists(), condition=same)

    def page_open(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        rows = read_page(
            DisputeItem.by_queue, OPEN_QUEUE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(dispute_from(item) for item in rows.items), rows.cursor)


def dispute_item(dispute: Dispute) -> DisputeItem:
    """Return a dispute as it is stored."""
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
        evidence=_parts(dispute.evidence) or [],
        decision=stored(dispute.decision) if dispute.decision else None,
        revision=dispute.revision,
        queue=OPEN_QUEUE if dispute.waits_for_operator else None,
        due_at=to_text(dispute.opened_at),
        offers=_parts(dispute.offers),
        appeal=stored(dispute.appeal) if dispute.appeal else None,
        past=_parts(dispute.past),
        past_appeals=_parts(dispute.past_appeals),
        proposal_id=dispute.proposal_id or None,
        accepted=list(dispute.accepted) or None,
    )


def dispute_from(item: DisputeItem) -> Dispute:
    """Read a stored dispute."""
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
        evidence=_all(item.evidence, evidence_from),
        decision=decision_from(item.decision) if item.decision else None,
        revision=item.revision,
        offers=_all(item.offers, offer_from),
        appeal=appeal_from(item.appeal) if item.appeal else None,
        past=_all(item.past, decision_from),
        past_appeals=_all(item.past_appeals, appeal_from),
        proposal_id=item.proposal_id or "",
        accepted=tuple(item.accepted or ()),
    )


def _parts(parts: Iterable[Any]) -> list[dict[str, Any]] | None:
    return [stored(each) for each in parts] or None


def _all(found: Iterable[Any] | None, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(read(each) for each in found or ())
