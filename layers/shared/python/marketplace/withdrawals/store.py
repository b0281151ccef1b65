"""Statements of withdrawal in the returns table: one item each, its personal words sealed."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put, Replace
from marketplace.withdrawals.model import Piece, Withdrawal

WITHDRAWAL, NAMED = "withdrawal", "withdrawn"
DUE = "withdrawals"  # the partition of what the sweep looks at
_PLAIN = ["reference", "locale", "token_digest", "state", "order_id", "return_id", "refusals"]


class WithdrawalMoved(Conflict):
    """Somebody else looked at it at the same moment."""

    code = "withdrawal_moved"


class WithdrawalsDue(GlobalSecondaryIndex[Any]):
    """Statements that wait, by when to look at them."""

    class Meta:
        """See data.yaml."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class WithdrawalItem(Item):
    """One statement."""

    class Meta(meta("returns")):  # type: ignore[misc]
        """See data.yaml."""

    revision = IntegerAttribute()
    received_at = UnicodeAttribute()
    facts = JSONAttribute()
    sealed = JSONAttribute()
    due_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    by_due = WithdrawalsDue()


class NamedItem(Item):
    """That a statement names an order: it may open no return, and wait or be refused."""

    class Meta(meta("returns")):  # type: ignore[misc]
        """See data.yaml."""


class DynamoWithdrawals:
    """Statements by id, and those that wait."""

    def read(self, withdrawal_id: str) -> Withdrawal | None:
        item = WithdrawalItem.read(withdrawal_id, WITHDRAWAL)
        return withdrawal_from(item) if item else None

    def add(self, made: Withdrawal) -> Write:
        return Put(_item(made), WithdrawalMoved())

    def change(self, before: Withdrawal, after: Withdrawal) -> Write:
        return Put(_item(after), WithdrawalMoved(), condition=WithdrawalItem.revision == before.revision)

    def name(self, order_id: str) -> Write:
        return Replace(NamedItem(order_id, NAMED), WithdrawalMoved())

    def named(self, order_id: str) -> bool:
        return NamedItem.read(order_id, NAMED) is not None

    def due(self, now: datetime, limit: int) -> list[str]:
        found = WithdrawalItem.by_due.query(DUE, WithdrawalsDue.due_at <= to_text(now), limit=limit)
        return [item.pk for item in found]


def _item(each: Withdrawal) -> WithdrawalItem:
    due_at = to_text(each.due_at) if each.due_at else None
    return WithdrawalItem(
        each.withdrawal_id,
        WITHDRAWAL,
        revision=each.revision,
        received_at=to_text(each.received_at),
        facts={name: getattr(each, name) for name in _PLAIN}
        | {"lines": [[line.listing_id, line.quantity] for line in each.lines]}
        | ({"is_quiet": True} if each.is_quiet else {}),
        sealed=dict(each.sealed),
        due_queue=DUE if due_at else None,
        due_at=due_at,
    )


def withdrawal_from(item: WithdrawalItem) -> Withdrawal:
    """Read a stored statement."""
    facts = item.facts
    return Withdrawal(
        withdrawal_id=item.pk,
        **{name: facts[name] for name in _PLAIN},
        lines=tuple(Piece(*line) for line in facts["lines"]),
        sealed=dict(item.sealed),
        received_at=from_text(item.received_at),
        revision=item.revision,
        due_at=from_text(item.due_at) if item.due_at else None,
        is_quiet=facts.get("is_quiet", False),
    )
