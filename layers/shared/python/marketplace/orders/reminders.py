"""Reminders: a notice to whoever is awaited, shortly before their time is up, and dropped when the order moves first.

Each is a row beside the order, written by the move that begins the wait and replaced or removed by the next. So a
reminder cannot outlive its wait, and one that comes due is still checked against the order itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import Order, TransitionRefused
from marketplace.orders.ports import Orders
from marketplace.orders.process import Process
from marketplace.orders.timers import Timers
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox


@dataclass(frozen=True, slots=True)
class DueReminder:
    """What is to be said at `at`, as long as the order is still at `step`."""

    order_id: str
    step: int
    parties: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """What was said to whom, in which wait."""

    order_id: str
    state: str
    party: str
    at: datetime


class ReminderRows(Protocol):
    """Where reminders wait."""

    def remind(self, reminder: DueReminder) -> Write:
        """Set the order's one reminder, in place of any other."""

    def forget_reminder(self, order_id: str) -> Write:
        """Remove the order's reminder, if there is one."""

    def drop_reminder(self, reminder: DueReminder) -> Write:
        """Remove this very reminder; refused with TransitionRefused when it is another by now."""

    def reminder(self, order_id: str) -> DueReminder | None: ...

    def note_reminded(self, reminded: Reminded) -> Write:
        """Keep that somebody was reminded."""

    def reminded(self, order_id: str) -> list[Reminded]:
        """Return who was reminded of an order and when, the oldest first, consistently."""

    def reminders_due(self, now: datetime, limit: int) -> list[str]:
        """Name orders whose reminder's time has come (an index: a hint)."""


def reminder_of(order: Order, process: Process, timers: Timers) -> DueReminder | None:
    """Return the reminder of the order's present wait; None where nobody is to be reminded, or too little time is left.

    A wait reminds all its parties at one time, the earliest of theirs.
    """
    wanted = process.states[order.state].reminders
    if not wanted or order.due_at is None:
        return None
    at = min(order.due_at - timers.length(each.before) for each in wanted)
    parties = tuple(each.party for each in wanted)
    return DueReminder(order.order_id, order.step, parties, at) if at > order.entered_at else None


def reminder_writes(before: Order, after: Order, process: Process, timers: Timers, rows: ReminderRows) -> list[Write]:
    """Return what a move writes about reminders: nothing where neither wait has one."""
    wanted = reminder_of(after, process, timers)
    if wanted:
        return [rows.remind(wanted)]
    had = process.states[before.state].reminders
    return [rows.forget_reminder(after.order_id)] if had else []


class Reminders:
    """Says what is due to be said."""

    def __init__(
        self, *, clock: Clock, transactions: Transactions, orders: Orders, rows: ReminderRows, outbox: Outbox
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._rows = rows
        self._outbox = outbox

    def run(self, limit: int) -> int:
        """Send what is due, at most `limit`, and return how many went out; what fails is due again next time."""
        return sum(self._send(order_id) for order_id in self._rows.reminders_due(self._clock.now(), limit))

    def _send(self, order_id: str) -> bool:
        order, reminder = self._orders.read(order_id), self._rows.reminder(order_id)
        now = self._clock.now()
        if order is None or reminder is None or now < reminder.at:
            return False
        stands = order.step == reminder.step and order.due_at is not None and now < order.due_at
        writes = [self._rows.drop_reminder(reminder)]
        for party in reminder.parties if stands else ():
            said = self._rows.note_reminded(Reminded(order.order_id, order.state, party, now))
            writes += [self._told(order, party, now), said]
        try:
            self._tx.commit(writes)
        except TransitionRefused:
            return False  # the order moved meanwhile, or another run was faster
        return stands

    def _told(self, order: Order, party: str, now: datetime) -> Write:
        return self._outbox.publish(
            event(
                f"order.{order.state}_reminder",
                order.order_id,
                now,
                once=f"{order.step}#{party}",
                party=party,
                **{f"{party}_id": {"buyer": order.buyer_id, "seller": order.seller_id}[party]},
                total_minor=order.total_minor,
                currency=order.currency,
                due_at=to_text(order.due_at) if order.due_at else "",
            )
        )
