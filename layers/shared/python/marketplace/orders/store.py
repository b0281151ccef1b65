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
    FOR_PEOPLE,
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
        # So are refunds, a bank's question and a delivery that moved nothing: all of it is stored.
        same &= _refunded_as(before) & _asked_as(before) & _delivered_as(before)
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

    def ask(self, before: Order, after: Order) -> Write:
        same = (OrderItem.step == before.step) & (OrderItem.state == before.state) & _asked_as(before)
        until, due = OrderItem.asked_until, OrderItem.due_at
        actions: list[Any] = [until.set(to_text(after.asked_until)) if after.asked_until else until.remove()]
        actions += [due.set(to_text(after.due_at))] if after.due_at else []
        refusal = TransitionRefused(state=before.state, transition="ask")
        return Update(OrderItem(before.order_id, ORDER), actions, same, refusal)

    def note_delivery(self, before: Order, after: Order) -> Write:
        same = (OrderItem.step == before.step) & (OrderItem.state == before.state)
        same &= OrderItem.delivered_at.does_not_exist()
        at, by = after.delivered_at, after.delivered_by
        actions = [OrderItem.delivered_at.set(to_text(at))] if at else []
        actions += [OrderItem.delivered_by.set(by)] if by else []
        refusal = TransitionRefused(state=before.state, transition="arrive")
        return Update(OrderItem(before.order_id, ORDER), actions, same, refusal)

    def unmoved(self, order: Order) -> Write:
        """Check that an order stands as it was read; refused with TransitionRefused."""
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _refunded_as(order)
        return Check(OrderItem(order.order_id, ORDER), same, TransitionRefused(state=order.state))

    def rest(self, order: Order) -> Write:
        same = (OrderItem.step == order.step) & (OrderItem.state == order.state) & _held_as(order)
        # The whole order is stored: whoever woke it since is not to be put to sleep again.
        same &= OrderItem.due_at == to_text(order.due_at) if order.due_at else OrderItem.due_at.does_not_exist()
        refusal = TransitionRefused(state=order.state, transition="rest")
        same &= _refunded_as(order) & _delivered_as(order)
        return Put(order_item(replace(order, due_at=None)), refusal, condition=same)

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
        elif before.refunded_after_minor:
            actions.append(OrderItem.refunded_after_minor.remove())
        if after.lost_after_minor:
            actions.append(OrderItem.lost_after_minor.set(after.lost_after_minor))
        elif before.lost_after_minor:
            actions.append(OrderItem.lost_after_minor.remove())
        refusal = TransitionRefused(state=before.state, transition="refund")
        return Update(OrderItem(before.order_id, ORDER), actions, same, refusal)

    def page_of_buyer(self, buyer_id: str, cursor: str | None, limit: int) -> Rows[Order]:
        return _page(OrderItem.by_buyer, buyer_id, cursor, limit)

    def page_of_seller(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Order]:
        return _page(OrderItem.by_seller, seller_id, cursor, limit)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Name waiting orders whose deadline has passed, the longest overdue first."""
        past = ByDue.due_at <= to_text(now)
        found = [item for queue in (DUE, FOR_PEOPLE) for item in OrderItem.by_due.query(queue, past, limit=limit)]
        return [item.pk for item in sorted(found, key=lambda item: str(item.due_at))[:limit]]

    def page_for_people(self, cursor: str | None, limit: int) -> Rows[str]:
        """Name orders in a state that waits for a person, the nearest deadline first (an index: a hint)."""
        rows = read_page(
            OrderItem.by_due, FOR_PEOPLE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(item.pk for item in rows.items), rows.cursor)

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


def _asked_as(order: Order) -> Condition:
    if order.asked_until is None:
        return OrderItem.asked_until.does_not_exist()
    return OrderItem.asked_until == to_text(order.asked_until)


def _delivered_as(order: Order) -> Condition:
    if order.delivered_at is None:
        return OrderItem.delivered_at.does_not_exist()
    return OrderItem.delivered_at == to_text(order.delivered_at)


def _refunded_as(order: Order) -> Condition:
    early: Condition = _same(OrderItem.refunded_minor, order.refunded_minor)
    both: Condition = early & _same(OrderItem.refunded_after_minor, order.refunded_after_minor)
    all_of_it: Condition = both & _same(OrderItem.lost_after_minor, order.lost_after_minor)
    return all_of_it


def _same(attribute: Any, amount_minor: int) -> Condition:
    same: Condition = attribute == amount_minor if amount_minor else attribute.does_not_exist()
    return same
