"""Refunds in the payments table, each in its order's partition; a row never changes."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.payments.refund_model import Refund, RefundExists, RefundLine
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

PREFIX = "refund#"


class RefundItem(Item):
    """One refund of one order."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    reason = UnicodeAttribute()
    cause = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    actor = UnicodeAttribute()
    requested_at = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    lines = JSONAttribute()
    whole = BooleanAttribute()
    after_end = BooleanAttribute()
    seller_minor = IntegerAttribute()
    commission_minor = IntegerAttribute()
    reversal_minor = IntegerAttribute()
    kept_minor = IntegerAttribute(null=True)
    cost_minor = IntegerAttribute()
    cost_bearer = UnicodeAttribute()


class DynamoRefunds:
    """Refunds by order."""

    def read(self, order_id: str, refund_id: str) -> Refund | None:
        item = RefundItem.read(order_id, PREFIX + refund_id)
        return refund_from(item) if item else None

    def of_order(self, order_id: str) -> list[Refund]:
        found = RefundItem.read_partition(order_id, RefundItem.sk.startswith(PREFIX))
        return sorted((refund_from(item) for item in found), key=lambda each: (each.requested_at, each.refund_id))

    def put(self, refund: Refund) -> Write:
        item = RefundItem(
            refund.order_id,
            PREFIX + refund.refund_id,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            reason=refund.reason,
            cause=refund.cause,
            requested_by=refund.requested_by,
            actor=refund.actor,
            requested_at=to_text(refund.requested_at),
            fingerprint=refund.fingerprint,
            lines=[[line.listing_id, line.quantity] for line in refund.lines],
            whole=refund.whole,
            after_end=refund.after_end,
            seller_minor=refund.seller_minor,
            commission_minor=refund.commission_minor,
            reversal_minor=refund.reversal_minor,
            kept_minor=refund.kept_minor or None,
            cost_minor=refund.cost_minor,
            cost_bearer=refund.cost_bearer,
        )
        return Put(item, RefundExists())


def refund_from(item: RefundItem) -> Refund:
    """Read a stored refund."""
    return Refund(
        refund_id=item.sk.removeprefix(PREFIX),
        order_id=item.pk,
        amount_minor=item.amount_minor,
        currency=item.currency,
        reason=item.reason,
        cause=item.cause,
        requested_by=item.requested_by,
        actor=item.actor,
        requested_at=from_text(item.requested_at),
        fingerprint=item.fingerprint,
        lines=tuple(RefundLine(*line) for line in item.lines),
        whole=item.whole,
        after_end=item.after_end,
        seller_minor=item.seller_minor,
        commission_minor=item.commission_minor,
        reversal_minor=item.reversal_minor,
        kept_minor=item.kept_minor or 0,
        cost_minor=item.cost_minor,
        cost_bearer=item.cost_bearer,
    )
