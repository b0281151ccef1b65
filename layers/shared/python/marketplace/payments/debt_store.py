"""What sellers owe the marketplace, as rows of the payments table.

The ledger's `seller_debt` account is the truth; the row is its balance, so that a settlement need not fold all books
of a seller. Both change in the same transaction, always: the entry's own key keeps a change from being made twice.

A row that owes something carries the moment from which it is collected (collecting.py), on the sweep's index.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Write
from marketplace.payments.collection_model import GRACE, Owed
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Check, Update

DEBT = "debt"
OWED_QUEUE = "owed"


class DebtMoved(Conflict):
    """The debt is no longer as large as it was read; read again."""

    code = "debt_moved"
    title_en = "What the seller owes changed at this moment. Look again."
    title_es = "Lo que debe el vendedor cambió en este momento. Vuelve a mirarlo."


class DebtItem(Item):
    """One seller's debt in one currency."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    amount_minor = IntegerAttribute()
    seller_id = UnicodeAttribute()
    currency = UnicodeAttribute()
    work_queue = UnicodeAttribute(null=True)
    given_up = JSONAttribute(null=True)  # [when, minor units] by write-off, oldest first, less what banks gave back
    due_at = UnicodeAttribute(null=True)  # when it is collected next
    collections = IntegerAttribute(null=True)  # how many were begun
    collecting = UnicodeAttribute(null=True)  # the intent of the one that is under way


class DynamoDebts:
    """Debts by seller and currency."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def owed_minor(self, seller_id: str, currency: str) -> int:
        item = DebtItem.read(_key(seller_id, currency), DEBT)
        return item.amount_minor if item else 0

    def add(self, seller_id: str, currency: str, amount_minor: int) -> Update:
        actions = [
            DebtItem.amount_minor.set((DebtItem.amount_minor | 0) + amount_minor),
            DebtItem.seller_id.set(seller_id),
            DebtItem.currency.set(currency),
            *(self._in_time() if amount_minor > 0 else []),
        ]
        whatever = DebtItem.pk.exists() | DebtItem.pk.does_not_exist()  # the ledger entry beside it is the guard
        return Update(DebtItem(_key(seller_id, currency), DEBT), actions, whatever, DebtMoved())

    def add_within(self, seller_id: str, currency: str, amount_minor: int, at_most: int) -> Write:
        debt = self.add(seller_id, currency, amount_minor)
        within = (DebtItem.amount_minor <= at_most - amount_minor) | DebtItem.pk.does_not_exist()
        return replace(debt, condition=within)

    def at_most(self, seller_id: str, currency: str, owed_minor: int) -> Write:
        within = (DebtItem.amount_minor <= owed_minor) | DebtItem.pk.does_not_exist()
        return Check(DebtItem(_key(seller_id, currency), DEBT), within, DebtMoved())

    def net(self, seller_id: str, currency: str, amount_minor: int) -> Update:
        paid = self.owed_minor(seller_id, currency) == amount_minor
        owed = DebtItem.amount_minor
        actions = [owed.set(owed - amount_minor), *(_never() if paid else self._in_time())]
        item = DebtItem(_key(seller_id, currency), DEBT)
        return Update(item, actions, owed == amount_minor if paid else owed >= amount_minor, DebtMoved())

    def forgiven_minor(self, seller_id: str, currency: str, since: datetime | None = None) -> int:
        return sum(minor for at, minor in _given_up(seller_id, currency) if since is None or at >= to_text(since))

    def forgive(self, seller_id: str, currency: str, amount_minor: int) -> Write:
        before = _given_up(seller_id, currency)
        after = [*before, [to_text(self._clock.now()), amount_minor]]
        netted = self.net(seller_id, currency, amount_minor)
        action, same = DebtItem.given_up.set(after), _still(before)
        return replace(netted, actions=[*netted.actions, action], condition=netted.condition & same)

    def regain(self, seller_id: str, currency: str, amount_minor: int, forgiven_minor: int) -> Write:
        if not forgiven_minor:
            return self.net(seller_id, currency, amount_minor)
        before = _given_up(seller_id, currency)
        actions, same = [DebtItem.given_up.set(_less(before, forgiven_minor))], _still(before)
        if not amount_minor:
            return Update(DebtItem(_key(seller_id, currency), DEBT), actions, same, DebtMoved())
        netted = self.net(seller_id, currency, amount_minor)
        return replace(netted, actions=[*netted.actions, *actions], condition=netted.condition & same)

    def owed_by(self, seller_id: str, currency: str) -> Owed | None:
        return self.owed(_key(seller_id, currency))

    def owed(self, name: str) -> Owed | None:
        item = DebtItem.read(name, DEBT)
        if item is None:
            return None
        return Owed(item.seller_id, item.currency, item.amount_minor, item.collections or 0, item.collecting)

    def collect(self, owed: Owed, amount_minor: int, intent_id: str) -> Write:
        owes, number = DebtItem.amount_minor, DebtItem.collections
        all_of_it = owed.amount_minor == amount_minor
        actions = [owes.set(owes - amount_minor), number.set(owed.collections + 1), DebtItem.collecting.set(intent_id)]
        same = number == owed.collections if owed.collections else number.does_not_exist()
        same &= DebtItem.collecting.does_not_exist()
        same &= owes == amount_minor if all_of_it else owes >= amount_minor
        return Update(_item(owed), [*actions, *(_never() if all_of_it else [])], same, DebtMoved())

    def collected(self, seller_id: str, currency: str, intent_id: str) -> Write:
        item = DebtItem(_key(seller_id, currency), DEBT)
        return Update(item, [DebtItem.collecting.remove()], DebtItem.collecting == intent_id, DebtMoved())

    def give_up(self, seller_id: str, currency: str, amount_minor: int, intent_id: str, at: datetime | None) -> Write:
        owes, item = DebtItem.amount_minor, DebtItem(_key(seller_id, currency), DEBT)
        actions = [owes.set(owes + amount_minor), DebtItem.collecting.remove(), *self._in_time(at)]
        return Update(item, actions, DebtItem.collecting == intent_id, DebtMoved())

    def look_again(self, owed: Owed, at: datetime) -> Write:
        owes = DebtItem.amount_minor
        if owed.amount_minor > 0:
            waits = DebtItem.due_at.exists()
            return Update(_item(owed), [DebtItem.due_at.set(to_text(at))], (owes > 0) & waits, DebtMoved())
        return Update(_item(owed), _never(), owes <= 0, DebtMoved())

    def _in_time(self, at: datetime | None = None) -> list[Any]:
        """Return what lets a debt be collected: then, or after the grace, counted from when something was owed first.

        A row of before there were collections has no moment; whatever changes it next gives it one.
        """
        due_at, queue = DebtItem.due_at, DebtItem.work_queue
        due = due_at.set(to_text(at) if at else due_at | to_text(self._clock.now() + GRACE))
        return [due, queue.set(queue | OWED_QUEUE)]


def _given_up(seller_id: str, currency: str) -> list[list[Any]]:
    item = DebtItem.read(_key(seller_id, currency), DEBT)
    return list(item.given_up or []) if item else []


def _still(given_up: list[list[Any]]) -> Any:
    """Return the condition that no other write-off was made, and none made up for."""
    return DebtItem.given_up == given_up if given_up else DebtItem.given_up.does_not_exist()


def _less(given_up: list[list[Any]], amount_minor: int) -> list[list[Any]]:
    """Take what a bank made up for off the last write-offs: those since its loss are what it is bounded by.

    Raises: Unavailable when less is left since it was read: ask again.
    """
    left = list[list[Any]]()
    for at, minor in reversed(given_up):
        some_minor = min(minor, amount_minor)
        amount_minor -= some_minor
        left.insert(0, [at, minor - some_minor])
    if amount_minor:
        raise Unavailable(retry_after_seconds=1)
    return left


def _never() -> list[Any]:
    return [DebtItem.due_at.remove(), DebtItem.work_queue.remove()]


def _item(owed: Owed) -> DebtItem:
    return DebtItem(_key(owed.seller_id, owed.currency), DEBT)


def _key(seller_id: str, currency: str) -> str:
    return f"debt#{seller_id}#{currency}"
