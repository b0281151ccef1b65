"""Orders, their logs and their clocks in DynamoDB."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Move, Order, TransitionRefused
from marketplace.orders.reminders_store import DynamoReminders
from marketplace.orders.table_store import (
    CLOCK,
    DUE,
    MOVE_PREFIX,
    ORDER,
    ByDue,
    ClockItem,
    MoveItem,
    OrderItem,
    log_entry,
    move_from,
    order_from,
    order_item,
)
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Check, Put, Update


class DynamoOrders(DynamoReminders):
    """Orders by key, by party and by deadline."""

    def read(self, order_id: str) -> Order | None:
        item = OrderItem.read(order_id, ORDER)
        return order_from(item) if item else None

    def read_many(self, order_ids: Sequence[str]) -> list[Order]:
        found = {item.pk: item for item in OrderItem.read_many([(order_id, ORDER) for order_id in order_ids])}
        return [order_from(found[order_id]) for order_id in order_ids if order_id in found]

    def moves(self, order_id: str) -> list[Move]:
        rows = MoveItem.read_partition(order_id, MoveItem.sk.startswith(MOVE_PREFIX))
        return [move_from(row) for row in rows]

    def place(self, order: Order, move: Move) -> list[Write]:
        taken = TransitionRefused(state=order.state, transition=move.name)
        return [Put(order_item(order), taken), log_entry(move)]

    def move(self, before: Order, after: Order, move: Move) -> list[Write]:
        stale = TransitionRefused(state=before.state, transition=move.name)
        # The hold is part of the condition: one placed after `before` was read stops a release in flight.
        same = (OrderItem.step == before.step) & (OrderItem.state == before.state) & _held_as(before)
        same &= _refunded_as(before)  # so is what was given back: the move stores the whole order
        return [Put(order_item(after), stale, condition=same), log_entry(move)]

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

    def unmoved(self, order: Order) -> Write:
        """Check that an order stands as it was read; refused with TransitionRefused."""
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _refunded_as(order)
        return Check(OrderItem(order.order_id, ORDER), same, TransitionRefused(state=order.state))

    def rest(self, order: Order) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _held_as(order)
        refusal = TransitionRefused(state=order.state, transition="rest")
        return Put(order_item(replace(order, due_at=None)), refusal, condition=same & _refunded_as(order))

    def wake(self, order: Order, at: datetime) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state)
        actions = [OrderItem.due_queue.set(DUE), OrderItem.due_at.set(to_text(at))]
        return Update(OrderItem(order.order_id, ORDER), actions, same, TransitionRefused(state=order.state))

    def give_back(self, before: Order, after: Order) -> Write:
        same = (OrderItem.step == before.step) & (OrderItem.state == before.state) & _refunded_as(before)
        actions = []  # an amount of nothing is not stored
        if after.refunded_minor:
            actions.append(OrderItem.refunded_minor.set(after.refunded_minor))
        if after.refunded_after_minor:
            actions.append(OrderItem.refunded_after_minor.set(after.refunded_after_minor))
        refusal = TransitionRefused(state=before.state, transition="refund")
        return Update(OrderItem(before.order_id, ORDER), actions, same, refusal)

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
    return Rows(tuple(order_from(item) for item in rows.items), rows.cursor)


def _held_as(order: Order) -> Condition:
    if order.risk_receipt is None:
        return OrderItem.risk_receipt.does_not_exist()
    return OrderItem.risk_receipt == order.risk_receipt


def _refunded_as(order: Order) -> Condition:
    early: Condition = _same(OrderItem.refunded_minor, order.refunded_minor)
    both: Condition = early & _same(OrderItem.refunded_after_minor, order.refunded_after_minor)
    return both


def _same(attribute: Any, amount_minor: int) -> Condition:
    same: Condition = attribute == amount_minor if amount_minor else attribute.does_not_exist()
    return same
