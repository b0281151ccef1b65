"""Payouts in DynamoDB."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payouts.errors import PayoutMoved, PurseMoved
from marketplace.payouts.model import MOVING, Entry, Payout, PayoutState, Purse, StripePayout
from marketplace.payouts.purse_store import as_read, purse_key
from marketplace.payouts.table_store import PAYOUT, PURSE, PayoutItem, PurseItem, Work, payout_sort, shard_of
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Put, Update

MOVING_PAGE = 10  # payouts in one read; what moves is among a seller's latest
LOOK_AGAIN_AFTER = timedelta(days=1)  # past the announced arrival: the webhook may be lost


class DynamoPayouts:
    """Money on its way to banks."""

    def payout(self, seller_id: str, currency: str, number: int) -> Payout | None:
        item = PayoutItem.read(seller_id, payout_sort(currency, number))
        return payout_from(item) if item else None

    def moving(self, purse: Purse) -> list[Payout]:
        """Return what of a balance is in transit, consistently: the newest payouts first, until they make it up."""
        under = PAYOUT + purse.currency + "#"
        items = PayoutItem.query(
            purse.seller_id,
            PayoutItem.sk.startswith(under),
            consistent_read=True,
            scan_index_forward=False,
            page_size=MOVING_PAGE,
        )
        found, left_minor = list[Payout](), purse.in_transit_minor
        payouts = (payout_from(item) for item in items) if left_minor > 0 else iter(())
        for payout in payouts:
            if payout.state in MOVING:
                found.append(payout)
                left_minor -= payout.amount_minor
            if left_minor <= 0:
                break
        return found

    def begin(self, purse: Purse, payout: Payout, due_at: datetime | None) -> list[Write]:
        created_at = to_text(payout.created_at)
        item = PayoutItem(
            payout.seller_id,
            payout_sort(payout.currency, payout.number),
            state=PayoutState.OPEN.value,
            amount_minor=payout.amount_minor,
            brought_minor=payout.brought_minor,
            kept_minor=payout.kept_minor,
            at=created_at,
            shown_under=f"history#{payout.seller_id}",
            stripe_account_id=payout.stripe_account_id,
            gated=payout.gated or None,
            holds_version=payout.holds_version,
            work_queue=PayoutState.OPEN.value,
            due_at=created_at,
        )
        queue = PurseItem.work_queue
        actions: list[Any] = [
            PurseItem.available_minor.add(-payout.amount_minor),
            PurseItem.in_transit_minor.add(payout.amount_minor),
            PurseItem.brought_minor.set(payout.kept_minor),
            PurseItem.number.set(purse.number + 1),
            PurseItem.version.add(1),
            PurseItem.due_at.set(to_text(due_at)) if due_at else PurseItem.due_at.remove(),
            queue.set(shard_of(purse.seller_id)) if due_at else queue.remove(),
        ]
        enough = as_read(purse) & (PurseItem.available_minor >= payout.amount_minor)
        return [Put(item, PurseMoved()), Update(purse_key(purse), actions, enough, PurseMoved())]

    def let_go(self, payout: Payout, at: datetime) -> Write:
        first = PayoutItem.let_go_at
        noted = [PayoutItem.holds_version.set(payout.holds_version)] if payout.holds_version is not None else []
        when = [first.set(first | to_text(at)), PayoutItem.allowed_at.set(to_text(at))]
        return _move(payout, [*when, PayoutItem.leaves.add(1), *noted])

    def sent(self, payout: Payout, found: StripePayout) -> Write:
        arrives_at = found.arrives_at or payout.created_at
        actions: list[Any] = [
            PayoutItem.state.set(PayoutState.IN_TRANSIT.value),
            PayoutItem.stripe_payout_id.set(found.stripe_payout_id),
            PayoutItem.arrives_at.set(to_text(arrives_at)),
            PayoutItem.work_queue.set(PayoutState.IN_TRANSIT.value),
            PayoutItem.due_at.set(to_text(arrives_at + LOOK_AGAIN_AFTER)),
        ]
        return _move(payout, actions)

    def arrived(self, payout: Payout, at: datetime) -> list[Write]:
        actions = [
            PayoutItem.state.set(PayoutState.PAID.value),
            PayoutItem.ended_at.set(to_text(at)),
            PayoutItem.work_queue.remove(),
            PayoutItem.due_at.remove(),
        ]
        amount_minor = payout.amount_minor
        changed = [
            PurseItem.in_transit_minor.add(-amount_minor),
            PurseItem.paid_minor.add(amount_minor),
            PurseItem.version.add(1),
        ]
        enough = PurseItem.in_transit_minor >= amount_minor
        return [_move(payout, actions), Update(_purse_of(payout), changed, enough, PayoutMoved())]

    def came_back(
        self, payout: Payout, entry: Entry, reason: str, at: datetime, due_at: datetime, *, leaves: int | None = None
    ) -> list[Write]:
        actions = [
            PayoutItem.state.set(PayoutState.FAILED.value),
            PayoutItem.reason.set(reason),
            PayoutItem.ended_at.set(to_text(at)),
            PayoutItem.work_queue.set(PayoutState.FAILED.value),
            PayoutItem.due_at.set(to_text(at)),
        ]
        amount_minor = payout.amount_minor
        left = PurseItem.paid_minor if payout.state is PayoutState.PAID else PurseItem.in_transit_minor
        changed: list[Any] = [
            left.add(-amount_minor),
            PurseItem.available_minor.add(amount_minor),
            PurseItem.version.add(1),
            PurseItem.due_at.set(to_text(due_at)),
            PurseItem.work_queue.set(shard_of(payout.seller_id)),
        ]
        same = (left >= amount_minor) & (PurseItem.number == entry.number)
        moved = _move(payout, actions)
        if leaves is not None:
            unsent = PayoutItem.gated.exists() & PayoutItem.let_go_at.does_not_exist()
            moved = replace(moved, condition=moved.condition & (PayoutItem.leaves == leaves if leaves else unsent))
        return [moved, Update(_purse_of(payout), changed, same, PurseMoved())]

    def park(self, payout: Payout, reason: str) -> Write:
        parked = PayoutState.PARKED.value
        return _move(
            payout,
            [PayoutItem.state.set(parked), PayoutItem.reason.set(reason), PayoutItem.work_queue.set(parked)],
        )

    def wait(self, payout: Payout, until: datetime) -> Write:
        return _move(payout, [PayoutItem.due_at.set(to_text(until))])

    def history(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Payout]:
        place = f"history#{seller_id}"
        page = read_page(PayoutItem.explained, place, sort_attribute="at", cursor=cursor, limit=limit)
        return Rows(tuple(payout_from(item) for item in page.items), page.cursor)

    def work(self, state: PayoutState, before: datetime, limit: int) -> list[tuple[str, str, int]]:
        found = PayoutItem.work.query(state.value, Work.due_at <= to_text(before), limit=limit)
        return [(item.pk, *_named(item.sk)) for item in found]

    def listed(self, state: PayoutState, cursor: str | None, limit: int) -> Rows[Payout]:
        page = read_page(
            PayoutItem.work, state.value, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        found = {(each.pk, each.sk): each for each in PayoutItem.read_many([(row.pk, row.sk) for row in page.items])}
        whole = (found.get((row.pk, row.sk)) for row in page.items)
        return Rows(tuple(payout_from(item) for item in whole if item and item.state == state.value), page.cursor)


def _purse_of(payout: Payout) -> PurseItem:
    return PurseItem(payout.seller_id, PURSE + payout.currency)


def _move(payout: Payout, actions: list[Any]) -> Update:
    item = PayoutItem(payout.seller_id, payout_sort(payout.currency, payout.number))
    return Update(item, actions, PayoutItem.state == payout.state.value, PayoutMoved())


def _named(sort: str) -> tuple[str, int]:
    currency, _, number = sort.removeprefix(PAYOUT).partition("#")
    return currency, int(number)


def payout_from(item: PayoutItem) -> Payout:
    """Read a stored payout."""
    currency, number = _named(item.sk)
    return Payout(
        item.pk,
        currency,
        number,
        item.amount_minor,
        item.brought_minor,
        item.kept_minor,
        from_text(item.at),
        PayoutState(item.state),
        item.stripe_account_id,
        item.stripe_payout_id,
        from_text(item.arrives_at) if item.arrives_at else None,
        from_text(item.ended_at) if item.ended_at else None,
        item.reason,
        bool(item.gated),
        from_text(item.let_go_at) if item.let_go_at else None,
        from_text(item.allowed_at) if item.allowed_at else None,
        item.holds_version,
        item.leaves or 0,
    )
