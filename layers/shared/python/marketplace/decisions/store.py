"""Decisions in their table.

    pk = <account>    sk = <decision>    one account's copy of one decision, never changed

`by_time` lists an account's copies, `by_subject` all copies about one order or other subject.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.decisions.model import Amounts, Decision
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put


class ByTime(GlobalSecondaryIndex[Any]):
    """An account's decisions in the order of time."""

    class Meta:
        """See data.yaml."""

        index_name = "by_time"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    decided_at = UnicodeAttribute(range_key=True)


class BySubject(GlobalSecondaryIndex[Any]):
    """What was decided about one order or other subject."""

    class Meta:
        """See data.yaml."""

        index_name = "by_subject"
        projection = AllProjection()

    about = UnicodeAttribute(hash_key=True)
    decided_at = UnicodeAttribute(range_key=True)


class DecisionItem(Item):
    """One copy."""

    class Meta(meta("decisions")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    about = UnicodeAttribute()
    concerns = UnicodeAttribute()  # separated by spaces, which no id holds
    clause = UnicodeAttribute()
    ground = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    reasons = UnicodeAttribute(null=True)
    automated = BooleanAttribute()
    detected = BooleanAttribute()
    decided_by = UnicodeAttribute()
    decided_at = UnicodeAttribute()
    redress = UnicodeAttribute()
    redress_until = UnicodeAttribute(null=True)
    lasts_until = UnicodeAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    buyer_minor = IntegerAttribute(null=True)
    seller_minor = IntegerAttribute(null=True)

    listing_time = ByTime()
    listing_subject = BySubject()


class DynamoDecisions:
    """See ports.DecisionStore."""

    def add(self, decision: Decision) -> Write:
        return Put(_item(decision), Conflict(), telling=False)

    def read(self, account_id: str, decision_id: str) -> Decision | None:
        item = DecisionItem.read(account_id, decision_id)
        return _decision(item) if item else None

    def page_of(self, account_id: str, cursor: str | None, limit: int) -> Rows[Decision]:
        index: Any = DecisionItem.listing_time
        rows = read_page(index, account_id, sort_attribute="decided_at", cursor=cursor, limit=limit)
        return Rows(tuple(_decision(item) for item in rows.items), rows.cursor)

    def about(self, subject: str, *, limit: int) -> list[Decision]:
        index: Any = DecisionItem.listing_subject
        try:
            return [_decision(item) for item in index.query(subject, limit=limit)]
        except PynamoDBException as error:
            raise Unavailable from error


def _item(decision: Decision) -> DecisionItem:
    amounts = decision.amounts
    return DecisionItem(
        decision.account_id,
        decision.decision_id,
        kind=decision.kind,
        subject=decision.subject,
        about=decision.about,
        concerns=" ".join(decision.concerns),
        clause=decision.clause,
        ground=decision.ground or None,
        facts=dict(decision.facts) or None,
        reasons=decision.reasons or None,
        automated=decision.automated,
        detected=decision.detected,
        decided_by=decision.decided_by,
        decided_at=to_text(decision.decided_at),
        redress=decision.redress,
        redress_until=to_text(decision.redress_until) if decision.redress_until else None,
        lasts_until=to_text(decision.lasts_until) if decision.lasts_until else None,
        currency=amounts.currency if amounts else None,
        buyer_minor=amounts.buyer_minor if amounts else None,
        seller_minor=amounts.seller_minor if amounts else None,
    )


def _decision(item: Any) -> Decision:
    return Decision(
        decision_id=item.sk,
        account_id=item.pk,
        kind=item.kind,
        subject=item.subject,
        about=item.about,
        concerns=tuple(item.concerns.split()),
        clause=item.clause,
        ground=item.ground or "",
        facts=item.facts or {},
        reasons=item.reasons or "",
        automated=item.automated,
        detected=item.detected,
        decided_by=item.decided_by,
        decided_at=from_text(item.decided_at),
        redress=item.redress,
        redress_until=from_text(item.redress_until) if item.redress_until else None,
        lasts_until=from_text(item.lasts_until) if item.lasts_until else None,
        amounts=Amounts(item.currency, item.buyer_minor, item.seller_minor) if item.currency else None,
    )
