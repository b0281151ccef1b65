"""Reminders in the orders table: one row beside each order whose wait has one, in the index of what is due."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.orders.model import TransitionRefused
from marketplace.orders.reminders import DueReminder, Reminded
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Delete, Put, Replace

REMINDER = "reminder"
REMINDED_PREFIX = "reminded#"  # what was said, kept
QUEUE = "reminders"  # its partition of the index by_due


class RemindersDue(GlobalSecondaryIndex[Any]):
    """Reminders, by the time to send them."""

    class Meta:
        """See data.yaml."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ReminderItem(Item):
    """One reminder; pk is the order."""

    class Meta(meta("orders")):  # type: ignore[misc]
        """See data.yaml."""

    due_queue = UnicodeAttribute()
    due_at = UnicodeAttribute()
    step = IntegerAttribute()
    parties = JSONAttribute()

    by_due = RemindersDue()


class RemindedItem(Item):
    """One reminder that was sent; pk is the order."""

    class Meta(meta("orders")):  # type: ignore[misc]
        """See data.yaml."""

    state = UnicodeAttribute()
    party = UnicodeAttribute()
    at = UnicodeAttribute()


class DynamoReminders:
    """Reminders by order and by time; mixed into the orders' store, whose index lists them."""

    def remind(self, reminder: DueReminder) -> Write:
        item = ReminderItem(
            reminder.order_id,
            REMINDER,
            due_queue=QUEUE,
            due_at=to_text(reminder.at),
            step=reminder.step,
            parties=list(reminder.parties),
        )
        return Replace(item, TransitionRefused(state="", transition="remind"))

    def forget_reminder(self, order_id: str) -> Write:
        item = ReminderItem(order_id, REMINDER)
        always = ReminderItem.pk.exists() | ReminderItem.pk.does_not_exist()
        return Delete(item, always, TransitionRefused(state="", transition="remind"))

    def drop_reminder(self, reminder: DueReminder) -> Write:
        item = ReminderItem(reminder.order_id, REMINDER)
        return Delete(item, ReminderItem.step == reminder.step, TransitionRefused(state="", transition="remind"))

    def reminder(self, order_id: str) -> DueReminder | None:
        item = ReminderItem.read(order_id, REMINDER)
        return DueReminder(order_id, item.step, tuple(item.parties), from_text(item.due_at)) if item else None

    def note_reminded(self, reminded: Reminded) -> Write:
        sort = f"{REMINDED_PREFIX}{to_text(reminded.at)}#{reminded.party}"
        item = RemindedItem(
            reminded.order_id, sort, state=reminded.state, party=reminded.party, at=to_text(reminded.at)
        )
        return Put(item, TransitionRefused(state=reminded.state, transition="remind"))

    def reminded(self, order_id: str) -> list[Reminded]:
        found = RemindedItem.read_partition(order_id, RemindedItem.sk.startswith(REMINDED_PREFIX))
        return [Reminded(order_id, each.state, each.party, from_text(each.at)) for each in found]

    def reminders_due(self, now: datetime, limit: int) -> list[str]:
        found = ReminderItem.by_due.query(QUEUE, RemindersDue.due_at <= to_text(now), limit=limit)
        return [item.pk for item in found]
