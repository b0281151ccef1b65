"""The stored form of orders, of their logs and of their clocks."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.orders.model import GOODS, Award, Line, LineFee, Move, Order, TransitionRefused
from marketplace.orders.rules import process_of
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

ORDER, CLOCK, MOVE_PREFIX = "order", "clock", "move#"
# Partitions of waiting orders, sorted by deadline: those that a person should look at lie apart, to be listed.
DUE, FOR_PEOPLE = "due", "people"
STEP_DIGITS = 6


class ByBuyer(GlobalSecondaryIndex[Any]):
    """A buyer's orders, by placement."""

    class Meta:
        """See data.yaml."""

        index_name = "by_buyer"
        projection = AllProjection()

    buyer_id = UnicodeAttribute(hash_key=True)
    placed_at = UnicodeAttribute(range_key=True)


class BySeller(GlobalSecondaryIndex[Any]):
    """A seller's orders, by placement."""

    class Meta:
        """See data.yaml."""

        index_name = "by_seller"
        projection = AllProjection()

    seller_id = UnicodeAttribute(hash_key=True)
    placed_at = UnicodeAttribute(range_key=True)


class ByDue(GlobalSecondaryIndex[Any]):
    """Waiting orders, by deadline: the sweep's list, never more than a hint."""

    class Meta:
        """See data.yaml."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class OrderItem(Item):
    """One order. Attributes that never change after placement lie in `terms`."""

    class Meta(meta("orders")):  # type: ignore[misc]
        """See data.yaml."""

    buyer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    placed_at = UnicodeAttribute()
    terms = JSONAttribute()
    state = UnicodeAttribute()
    step = IntegerAttribute()
    entered_at = UnicodeAttribute()
    due_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    refund_minor = IntegerAttribute(null=True)
    seller_minor = IntegerAttribute(null=True)
    risk_receipt = UnicodeAttribute(null=True)
    asked_until = UnicodeAttribute(null=True)
    dispute_id = UnicodeAttribute(null=True)
    carrier = UnicodeAttribute(null=True)
    tracking_number = UnicodeAttribute(null=True)
    delivered_at = UnicodeAttribute(null=True)
    delivered_by = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    withdrawn_minor = IntegerAttribute(null=True)
    lost_minor = IntegerAttribute(null=True)
    refunded_minor = IntegerAttribute(null=True)
    refunded_after_minor = IntegerAttribute(null=True)
    lost_after_minor = IntegerAttribute(null=True)
    shipped_at = UnicodeAttribute(null=True)
    promised_ship_by = UnicodeAttribute(null=True)
    promised_delivery_by = UnicodeAttribute(null=True)
    proposed = JSONAttribute(null=True)  # [refund_minor, seller_minor]
    hold_until = UnicodeAttribute(null=True)

    by_buyer = ByBuyer()
    by_seller = BySeller()
    by_due = ByDue()


class MoveItem(Item):
    """One entry of an order's log."""

    class Meta(meta("orders")):  # type: ignore[misc]
        """See data.yaml."""

    name = UnicodeAttribute()
    came_from = UnicodeAttribute()
    went_to = UnicodeAttribute()
    actor = UnicodeAttribute()
    at = UnicodeAttribute()
    facts = JSONAttribute()


class ClockItem(Item):
    """The task token of the execution that waits for the order's next move."""

    class Meta(meta("orders")):  # type: ignore[misc]
        """See data.yaml."""

    token = UnicodeAttribute()
    waiting_in = UnicodeAttribute()


def log_entry(move: Move) -> Write:
    """Return the write that adds an entry to an order's log."""
    item = MoveItem(
        move.order_id,
        f"{MOVE_PREFIX}{move.step:0{STEP_DIGITS}d}",
        name=move.name,
        came_from=move.came_from,
        went_to=move.went_to,
        actor=move.actor,
        at=to_text(move.at),
        facts=dict(move.facts),
    )
    return Put(item, TransitionRefused(state=move.came_from, transition=move.name))


def move_from(item: MoveItem) -> Move:
    """Read a stored entry of a log."""
    step = int(item.sk.removeprefix(MOVE_PREFIX))
    return Move(item.pk, step, item.name, item.came_from, item.went_to, item.actor, from_text(item.at), item.facts)


def order_item(order: Order) -> OrderItem:
    """Return an order as it is stored."""
    return OrderItem(
        order.order_id,
        ORDER,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        placed_at=to_text(order.placed_at),
        terms={
            "payment_id": order.payment_id,
            "seller_kind": order.seller_kind,
            "currency": order.currency,
            "lines": [[getattr(line, name) for name in Line.__slots__] for line in order.lines],
            "total_minor": order.total_minor,
            "commission_minor": order.commission_minor,
            "commission_vat_minor": order.commission_vat_minor,
            "vat_bps": order.vat_bps,
            "vat_reason": order.vat_reason,
            "line_fees": [[fee.rule_id, fee.commission_minor] for fee in order.line_fees],
            "fee_version": order.fee_version,
            "process_version": order.process_version,
            "refund_cost_bearer": order.refund_cost_bearer,
            "fulfilment": order.fulfilment,
            "handling_days": order.handling_days,
            "delivery_days": order.delivery_days,
            "milestone": list(order.milestone) if order.milestone else None,
        },
        state=order.state,
        step=order.step,
        entered_at=to_text(order.entered_at),
        due_queue=queue_of(order),
        due_at=_text(order.due_at),
        refund_minor=order.award.refund_minor if order.award else None,
        seller_minor=order.award.seller_minor if order.award else None,
        risk_receipt=order.risk_receipt,
        asked_until=_text(order.asked_until),
        dispute_id=order.dispute_id,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        delivered_at=_text(order.delivered_at),
        delivered_by=order.delivered_by,
        ended_at=_text(order.ended_at),
        withdrawn_minor=order.withdrawn_minor or None,
        lost_minor=order.lost_minor or None,
        refunded_minor=order.refunded_minor or None,
        refunded_after_minor=order.refunded_after_minor or None,
        lost_after_minor=order.lost_after_minor or None,
        shipped_at=_text(order.shipped_at),
        promised_ship_by=_text(order.promised_ship_by),
        promised_delivery_by=_text(order.promised_delivery_by),
        proposed=[order.proposed.refund_minor, order.proposed.seller_minor] if order.proposed else None,
        hold_until=_text(order.hold_until),
    )


def queue_of(order: Order) -> str | None:
    """Name the partition of the deadline index in which an order waits; its process says what waits for people."""
    if order.due_at is None:
        return None
    return FOR_PEOPLE if process_of(order).states[order.state].human_queue else DUE


def order_from(item: OrderItem) -> Order:
    """Read a stored order."""
    terms = item.terms
    return Order(
        order_id=item.pk,
        payment_id=terms["payment_id"],
        buyer_id=item.buyer_id,
        seller_id=item.seller_id,
        seller_kind=terms["seller_kind"],
        currency=terms["currency"],
        lines=tuple(Line(*line) for line in terms["lines"]),
        total_minor=terms["total_minor"],
        commission_minor=terms["commission_minor"],
        fee_version=terms["fee_version"],
        process_version=terms["process_version"],
        placed_at=from_text(item.placed_at),
        state=item.state,
        step=item.step,
        entered_at=from_text(item.entered_at),
        due_at=_moment(item.due_at),
        award=_award(item),
        risk_receipt=item.risk_receipt,
        asked_until=_moment(item.asked_until),
        hold_until=_moment(item.hold_until),
        dispute_id=item.dispute_id,
        carrier=item.carrier,
        tracking_number=item.tracking_number,
        delivered_at=_moment(item.delivered_at),
        delivered_by=item.delivered_by,
        ended_at=_moment(item.ended_at),
        withdrawn_minor=item.withdrawn_minor or 0,
        lost_minor=item.lost_minor or 0,
        commission_vat_minor=terms.get("commission_vat_minor", 0),
        vat_bps=terms.get("vat_bps", 0),
        vat_reason=terms.get("vat_reason", "not_registered"),
        line_fees=tuple(LineFee(*fee) for fee in terms.get("line_fees", ())),
        refunded_minor=item.refunded_minor or 0,
        refunded_after_minor=item.refunded_after_minor or 0,
        lost_after_minor=item.lost_after_minor or 0,
        refund_cost_bearer=terms.get("refund_cost_bearer", "platform"),
        fulfilment=terms.get("fulfilment", GOODS),
        handling_days=terms.get("handling_days"),
        delivery_days=terms.get("delivery_days"),
        milestone=tuple(terms["milestone"]) if terms.get("milestone") else None,
        shipped_at=_moment(item.shipped_at),
        promised_ship_by=_moment(item.promised_ship_by),
        promised_delivery_by=_moment(item.promised_delivery_by),
        proposed=Award(*item.proposed) if item.proposed else None,
    )


def _award(item: OrderItem) -> Award | None:
    refund_minor: int | None = item.refund_minor
    seller_minor: int | None = item.seller_minor
    return None if refund_minor is None or seller_minor is None else Award(refund_minor, seller_minor)


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
