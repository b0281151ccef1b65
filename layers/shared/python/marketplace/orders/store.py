"""Orders, their logs and their clocks in DynamoDB."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Award, Line, Move, Order, TransitionRefused
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put, Update

ORDER, CLOCK, MOVE_PREFIX = "order", "clock", "move#"
DUE = "due"  # the one partition of waiting orders, sorted by deadline
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
    dispute_id = UnicodeAttribute(null=True)
    carrier = UnicodeAttribute(null=True)
    tracking_number = UnicodeAttribute(null=True)
    delivered_at = UnicodeAttribute(null=True)
    delivered_by = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    withdrawn_minor = IntegerAttribute(null=True)
    lost_minor = IntegerAttribute(null=True)

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


class DynamoOrders:
    """Orders by key, by party and by deadline."""

    def read(self, order_id: str) -> Order | None:
        item = OrderItem.read(order_id, ORDER)
        return _order(item) if item else None

    def read_many(self, order_ids: Sequence[str]) -> list[Order]:
        found = {item.pk: item for item in OrderItem.read_many([(order_id, ORDER) for order_id in order_ids])}
        return [_order(found[order_id]) for order_id in order_ids if order_id in found]

    def moves(self, order_id: str) -> list[Move]:
        rows = MoveItem.read_partition(order_id, MoveItem.sk.startswith(MOVE_PREFIX))
        return [_move(row) for row in rows]

    def place(self, order: Order, move: Move) -> list[Write]:
        taken = TransitionRefused(state=order.state, transition=move.name)
        return [Put(_order_item(order), taken), _log(move)]

    def move(self, before: Order, after: Order, move: Move) -> list[Write]:
        stale = TransitionRefused(state=before.state, transition=move.name)
        # The hold is part of the condition: one placed after `before` was read stops a release in flight.
        same = (OrderItem.step == before.step) & (OrderItem.state == before.state) & _held_as(before)
        return [Put(_order_item(after), stale, condition=same), _log(move)]

    def hold(self, order: Order, receipt_id: str) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state)
        actions = [OrderItem.risk_receipt.set(receipt_id)]
        refusal = TransitionRefused(state=order.state, transition="hold")
        return Update(
            OrderItem(order.order_id, ORDER), actions, same & OrderItem.risk_receipt.does_not_exist(), refusal
        )

    def unhold(self, order: Order) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _held_as(order)
        refusal = TransitionRefused(state=order.state, transition="clear")
        return Update(OrderItem(order.order_id, ORDER), [OrderItem.risk_receipt.remove()], same, refusal)

    def rest(self, order: Order) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _held_as(order)
        refusal = TransitionRefused(state=order.state, transition="rest")
        return Put(_order_item(replace(order, due_at=None)), refusal, condition=same)

    def page_of_buyer(self, buyer_id: str, cursor: str | None, limit: int) -> Rows[Order]:
        return _page(OrderItem.by_buyer, buyer_id, cursor, limit)

    def page_of_seller(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Order]:
        return _page(OrderItem.by_seller, seller_id, cursor, limit)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Name waiting orders whose deadline has passed, the longest overdue first."""
        found = OrderItem.by_due.query(DUE, ByDue.due_at <= to_text(now), limit=limit)
        return [item.pk for item in found]

    def remember_token(self, order_id: str, waiting_in: str, token: str) -> None:
        """Keep the token of the newest wait; an older wait's token is of no use to anybody."""
        ClockItem(order_id, CLOCK, token=token, waiting_in=waiting_in).save()

    def token_of(self, order_id: str) -> tuple[str, str] | None:
        """Return (state waited in, token) of the newest wait."""
        item = ClockItem.read(order_id, CLOCK)
        return (item.waiting_in, item.token) if item else None


def _page(index: Any, partition: str, cursor: str | None, limit: int) -> Rows[Order]:
    rows = read_page(index, partition, sort_attribute="placed_at", cursor=cursor, limit=limit)
    return Rows(tuple(_order(item) for item in rows.items), rows.cursor)


def _held_as(order: Order) -> Condition:
    if order.risk_receipt is None:
        return OrderItem.risk_receipt.does_not_exist()
    return OrderItem.risk_receipt == order.risk_receipt


def _log(move: Move) -> Write:
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


def _move(item: MoveItem) -> Move:
    step = int(item.sk.removeprefix(MOVE_PREFIX))
    return Move(item.pk, step, item.name, item.came_from, item.went_to, item.actor, from_text(item.at), item.facts)


def _order_item(order: Order) -> OrderItem:
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
            "lines": [[line.listing_id, line.title, line.quantity, line.unit_minor] for line in order.lines],
            "total_minor": order.total_minor,
            "commission_minor": order.commission_minor,
            "fee_version": order.fee_version,
            "process_version": order.process_version,
        },
        state=order.state,
        step=order.step,
        entered_at=to_text(order.entered_at),
        due_queue=DUE if order.due_at else None,
        due_at=_text(order.due_at),
        refund_minor=order.award.refund_minor if order.award else None,
        seller_minor=order.award.seller_minor if order.award else None,
        risk_receipt=order.risk_receipt,
        dispute_id=order.dispute_id,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        delivered_at=_text(order.delivered_at),
        delivered_by=order.delivered_by,
        ended_at=_text(order.ended_at),
        withdrawn_minor=order.withdrawn_minor or None,
        lost_minor=order.lost_minor or None,
    )


def _order(item: OrderItem) -> Order:
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
        dispute_id=item.dispute_id,
        carrier=item.carrier,
        tracking_number=item.tracking_number,
        delivered_at=_moment(item.delivered_at),
        delivered_by=item.delivered_by,
        ended_at=_moment(item.ended_at),
        withdrawn_minor=item.withdrawn_minor or 0,
        lost_minor=item.lost_minor or 0,
    )


def _award(item: OrderItem) -> Award | None:
    refund_minor: int | None = item.refund_minor
    seller_minor: int | None = item.seller_minor
    return None if refund_minor is None or seller_minor is None else Award(refund_minor, seller_minor)


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
