"""Holds in DynamoDB: those that are more than a fact of the seller's account. Ended ones are kept."""

from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payouts.errors import HoldMoved
from marketplace.payouts.model import Cause, Hold, Standing
from marketplace.payouts.table_store import HELD_QUEUE, HOLD, STANDING, HoldItem, StandingItem
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Check, Put, Update

_FOR_PEOPLE = {Cause.MANUAL, Cause.BANK_REFUSED}  # listed for operators


class DynamoHolds:
    """Why money waits."""

    def holds(self, seller_id: str) -> list[Hold]:
        found = HoldItem.read_partition(seller_id, HoldItem.sk.startswith(HOLD))
        return [hold_from(item) for item in found if not item.ended_at]

    def hold(self, seller_id: str, cause: Cause, key: str) -> Hold | None:
        item = HoldItem.read(seller_id, _sort(cause, key))
        return hold_from(item) if item and not item.ended_at else None

    def place(
        self, seller_id: str, hold: Hold, *, chargebacks: int = 0, after: int | None = None, alone: bool = True
    ) -> list[Write]:
        since = _since(hold)
        for_people = hold.cause in _FOR_PEOPLE
        item = HoldItem(
            seller_id,
            _sort(hold.cause, hold.key),
            since=since,
            until=to_text(hold.until) if hold.until else None,
            amount_minor=hold.amount_minor,
            currency=hold.currency,
            order_id=hold.order_id,
            reasons=hold.reasons,
            by=hold.by,
            work_queue=HELD_QUEUE if for_people else None,
            due_at=since if for_people else None,
        )
        fresh = HoldItem.pk.does_not_exist() | HoldItem.ended_at.exists()  # one that ended may come again
        placed = Put(item, HoldMoved(), fresh)
        return [placed, _changed(seller_id, chargebacks, after)] if alone else [placed]

    def grow(self, seller_id: str, hold: Hold, amount_minor: int) -> Write:
        item = HoldItem(seller_id, _sort(hold.cause, hold.key))
        stands = _stands()
        enough = stands & (HoldItem.amount_minor >= -amount_minor) if amount_minor < 0 else stands
        return Update(item, [HoldItem.amount_minor.add(amount_minor)], enough, HoldMoved())

    def absent(self, seller_id: str, cause: Cause, key: str) -> Write:
        none = HoldItem.pk.does_not_exist() | HoldItem.ended_at.exists()
        return Check(HoldItem(seller_id, _sort(cause, key)), none, HoldMoved())

    def end(self, seller_id: str, hold: Hold, at: datetime, by: str, *, alone: bool = True) -> list[Write]:
        actions: list[Any] = [HoldItem.ended_at.set(to_text(at)), HoldItem.ended_by.set(by)]
        actions += [HoldItem.work_queue.remove(), HoldItem.due_at.remove()]
        item = HoldItem(seller_id, _sort(hold.cause, hold.key))
        ended = Update(item, actions, _stands() & (HoldItem.since == _since(hold)), HoldMoved())
        changed: list[Any] = [StandingItem.holds_version.add(1)]
        changed += [StandingItem.failures.remove()] if hold.cause is Cause.BANK_REFUSED else []
        return [ended, _standing(seller_id, changed)] if alone else [ended]

    def count_chargeback(self, seller_id: str) -> Write:
        return _changed(seller_id, chargebacks=1)

    def bank_refused(self, seller_id: str, after: int) -> Write:
        return _standing(seller_id, [StandingItem.failures.add(1)], _refusals(after))

    def bank_took(self, seller_id: str) -> Write:
        return _standing(seller_id, [StandingItem.failures.remove()])

    def unchanged(self, standing: Standing) -> Write:
        version = StandingItem.holds_version
        as_read = version == standing.holds_version if standing.holds_version else version.does_not_exist()
        return Check(StandingItem(standing.seller_id, STANDING), as_read, HoldMoved())

    def listed_holds(self, cursor: str | None, limit: int) -> Rows[tuple[str, Hold]]:
        page = read_page(
            HoldItem.work, HELD_QUEUE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        found = {(each.pk, each.sk): each for each in HoldItem.read_many([(row.pk, row.sk) for row in page.items])}
        whole = (found.get((row.pk, row.sk)) for row in page.items)
        return Rows(tuple((item.pk, hold_from(item)) for item in whole if item and not item.ended_at), page.cursor)


def _changed(seller_id: str, chargebacks: int = 0, after: int | None = None) -> Write:
    counted = {"holds_version": 1, "chargebacks": chargebacks, "failures": 0 if after is None else 1}
    actions = [getattr(StandingItem, name).add(by) for name, by in counted.items() if by]
    return _standing(seller_id, actions, None if after is None else _refusals(after))


def _standing(seller_id: str, actions: list[Any], same: Condition | None = None) -> Write:
    known = StandingItem.pk.exists() | StandingItem.pk.does_not_exist()  # a seller's first fact makes the item
    return Update(StandingItem(seller_id, STANDING), actions, same if same is not None else known, HoldMoved())


def _refusals(known: int) -> Condition:
    """Return the condition that the bank refused so often in a row, as read."""
    failures = StandingItem.failures
    same: Condition = failures == known if known else (failures.does_not_exist() | (failures == 0))
    return same


def _stands() -> Condition:
    stands: Condition = HoldItem.pk.exists() & HoldItem.ended_at.does_not_exist()
    return stands


def _since(hold: Hold) -> str:
    return to_text(hold.since) if hold.since else ""


def _sort(cause: Cause, key: str) -> str:
    return f"{HOLD}{cause.value}#{key}"


def hold_from(item: HoldItem) -> Hold:
    """Read a stored hold."""
    cause, _, key = item.sk.removeprefix(HOLD).partition("#")
    return Hold(
        Cause(cause),
        key,
        from_text(item.since),
        from_text(item.until) if item.until else None,
        item.amount_minor,
        item.currency,
        item.order_id,
        item.reasons,
        item.by,
    )
