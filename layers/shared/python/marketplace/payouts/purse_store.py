"""Balances, entries and reserves in DynamoDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payouts.errors import AlreadyNoted, CurrencyWaits, HoldMoved, PurseMoved
from marketplace.payouts.model import BankAccounts, Entry, EntryKind, Purse, ReservePart, Standing
from marketplace.payouts.table_store import (
    ENTRY,
    PURSE,
    RESERVE,
    SHARDS,
    STANDING,
    EntryItem,
    PurseItem,
    ReserveItem,
    StandingItem,
    Work,
    contents_of,
    shard_of,
)
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Check, Delete, Put, Update

LOOK_AGAIN_SECONDS = 3_600  # what money that waits for a bank account is told to wait
_BUCKETS = ("available", "reserved", "in_transit", "paid", "earned", "reversed")


class DynamoPurses:
    """What sellers have, and why."""

    def purse(self, seller_id: str, currency: str) -> tuple[Purse, Standing]:
        keys = [(seller_id, PURSE + currency), (seller_id, STANDING)]
        found = {item.sk: item for item in PurseItem.read_many(keys)}
        purse, standing = found.get(PURSE + currency), found.get(STANDING)
        return (
            purse_from(purse) if purse else Purse(seller_id, currency),
            standing_from(standing) if standing else Standing(seller_id),
        )

    def purses(self, seller_id: str) -> list[Purse]:
        return [purse_from(item) for item in PurseItem.read_partition(seller_id, PurseItem.sk.startswith(PURSE))]

    def purses_of(self, places: Sequence[tuple[str, str]]) -> list[Purse]:
        """Return the balances of up to a hundred (seller, currency), consistently, in one round trip."""
        items = PurseItem.read_many([(seller_id, PURSE + currency) for seller_id, currency in places])
        return [purse_from(item) for item in items]

    def standing(self, seller_id: str) -> Standing:
        item = StandingItem.read(seller_id, STANDING)
        return standing_from(item) if item else Standing(seller_id)

    def add(self, purse: Purse, entries: Sequence[Entry], *, reserved_minor: int = 0, due_at: datetime | None) -> Write:
        changed = {"available_minor": sum(each.amount_minor for each in entries), "reserved_minor": reserved_minor}
        for each in entries:
            if each.kind in {EntryKind.EARNED, EntryKind.REVERSED}:
                changed[f"{each.kind.value}_minor"] = changed.get(f"{each.kind.value}_minor", 0) + abs(
                    each.amount_minor
                )
        actions = [getattr(PurseItem, name).add(minor) for name, minor in changed.items() if minor]
        actions.append(PurseItem.version.add(1))
        if due_at is not None:
            actions.append(PurseItem.due_at.set(PurseItem.due_at | to_text(due_at)))
            actions.append(PurseItem.work_queue.set(shard_of(purse.seller_id)))
        return Update(purse_key(purse), actions, _same_number(purse), PurseMoved())

    def note(self, entry: Entry) -> Write:
        item = EntryItem(
            entry.seller_id,
            f"{ENTRY}{entry.currency}#{entry.fact}",
            kind=entry.kind.value,
            amount_minor=entry.amount_minor,
            number=entry.number,
            at=to_text(entry.at),
            shown_under=contents_of(entry.seller_id, entry.currency, entry.number),
            order_id=entry.order_id,
            stripe_object=entry.stripe_object,
            rule=entry.rule,
            payout_number=entry.payout_number,
        )
        return Put(item, AlreadyNoted())

    def count_earning(self, seller_id: str, at: datetime, *, held: bool = False) -> Write:
        first = StandingItem.first_at.set(StandingItem.first_at | to_text(at))
        changed = [StandingItem.holds_version.add(1)] if held else []
        return _standing(seller_id, [StandingItem.ended_orders.add(1), first, *changed])

    def purse_as_read(self, purse: Purse) -> Write:
        return Check(purse_key(purse), as_read(purse), PurseMoved())

    def choose(self, seller_id: str, interval: str) -> Write:
        return _standing(seller_id, [StandingItem.interval.set(interval)])

    def note_banks(self, standing: Standing, banks: BankAccounts) -> Write:
        mark, known, settles = StandingItem.external_mark, standing.external_mark, StandingItem.settles
        actions: list[Any] = [
            mark.set(banks.mark),
            settles.set(set(banks.currencies)) if banks.currencies else settles.remove(),
            StandingItem.failures.remove(),
            StandingItem.holds_version.add(1),
        ]
        as_read = mark == known if known else mark.does_not_exist()
        return Update(StandingItem(standing.seller_id, STANDING), actions, as_read, HoldMoved())

    def set_aside(self, part: ReservePart) -> Write:
        item = ReserveItem(
            part.seller_id,
            _reserve_sort(part),
            order_id=part.order_id,
            stripe_object=part.stripe_object,
            amount_minor=part.amount_minor,
            rule=part.rule,
            since=to_text(part.since),
            until=to_text(part.until),
        )
        return Put(item, AlreadyNoted())

    def take_from(self, part: ReservePart, amount_minor: int) -> Write:
        item = ReserveItem(part.seller_id, _reserve_sort(part))
        as_read = ReserveItem.amount_minor == part.amount_minor
        if amount_minor == part.amount_minor:
            return Delete(item, as_read, PurseMoved())
        return Update(item, [ReserveItem.amount_minor.add(-amount_minor)], as_read, PurseMoved())

    def reserves(
        self, seller_id: str, currency: str, *, until: datetime | None = None, limit: int
    ) -> list[ReservePart]:
        prefix = f"{RESERVE}{currency}#"
        last = prefix + (until.date().isoformat() + "#~" if until else "~")
        found = ReserveItem.read_partition(seller_id, ReserveItem.sk.between(prefix, last), limit=limit)
        parts = [reserve_from(item) for item in found]
        return [part for part in parts if until is None or part.until <= until]

    def takes(self, seller_id: str, currency: str) -> Write:
        known, settles = StandingItem.external_mark, StandingItem.settles
        fits = known.does_not_exist() | (known == "") | settles.contains(currency)
        return Check(StandingItem(seller_id, STANDING), fits, CurrencyWaits(retry_after_seconds=LOOK_AGAIN_SECONDS))

    def reschedule(self, purse: Purse, due_at: datetime | None) -> Write:
        at, queue = PurseItem.due_at, PurseItem.work_queue
        waits = [at.set(to_text(due_at)), queue.set(shard_of(purse.seller_id))] if due_at else []
        actions = waits or [at.remove(), queue.remove()]
        return Update(purse_key(purse), actions, as_read(purse), PurseMoved())

    def entries_of(self, seller_id: str, currency: str, number: int, cursor: str | None, limit: int) -> Rows[Entry]:
        place = contents_of(seller_id, currency, number)
        page = read_page(
            EntryItem.explained, place, sort_attribute="at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(entry_from(item) for item in page.items), page.cursor)

    def due_purses(self, before: datetime, limit: int) -> list[tuple[str, str]]:
        share = max(1, limit // SHARDS)
        found: list[tuple[str, str]] = []
        for shard in range(SHARDS):
            items = PurseItem.work.query(f"due#{shard}", Work.due_at <= to_text(before), limit=share)
            found += [(item.pk, item.sk.removeprefix(PURSE)) for item in items]
        return found


def purse_key(purse: Purse) -> PurseItem:
    """Return the item that stands for a balance's key."""
    return PurseItem(purse.seller_id, PURSE + purse.currency)


def as_read(purse: Purse) -> Condition:
    """Return the condition that nothing changed in a balance since it was read."""
    return PurseItem.version == purse.version if purse.version else PurseItem.pk.does_not_exist()


def _same_number(purse: Purse) -> Condition:
    number = PurseItem.number
    return number == purse.number if purse.number > 1 else number.does_not_exist()


def _standing(seller_id: str, actions: list[Any]) -> Write:
    known = StandingItem.pk.exists() | StandingItem.pk.does_not_exist()  # a seller's first fact makes the item
    return Update(StandingItem(seller_id, STANDING), actions, known, HoldMoved())


def _reserve_sort(part: ReservePart) -> str:
    return f"{RESERVE}{part.currency}#{part.key}"


def purse_from(item: PurseItem) -> Purse:
    """Read a stored balance; a bucket that nothing moved is not stored."""
    buckets = {f"{name}_minor": getattr(item, f"{name}_minor") or 0 for name in _BUCKETS}
    return Purse(
        item.pk,
        item.sk.removeprefix(PURSE),
        **buckets,
        brought_minor=item.brought_minor or 0,
        number=item.number or 1,
        version=item.version or 0,
        due_at=from_text(item.due_at) if item.due_at else None,
    )


def standing_from(item: StandingItem) -> Standing:
    """Read a stored standing."""
    return Standing(
        item.pk,
        ended_orders=item.ended_orders or 0,
        chargebacks=item.chargebacks or 0,
        first_at=from_text(item.first_at) if item.first_at else None,
        interval=item.interval,
        failures=item.failures or 0,
        holds_version=item.holds_version or 0,
        settles=frozenset(item.settles or ()) if item.external_mark else None,
        external_mark=item.external_mark,
    )


def entry_from(item: EntryItem) -> Entry:
    """Read a stored entry."""
    currency, _, fact = item.sk.removeprefix(ENTRY).partition("#")
    return Entry(
        item.pk,
        currency,
        fact,
        EntryKind(item.kind),
        item.amount_minor,
        item.number,
        from_text(item.at),
        item.order_id,
        item.stripe_object,
        item.rule,
        item.payout_number,
    )


def reserve_from(item: ReserveItem) -> ReservePart:
    """Read a stored part."""
    return ReservePart(
        item.pk,
        item.sk.removeprefix(RESERVE).partition("#")[0],
        item.order_id,
        item.stripe_object,
        item.amount_minor,
        item.rule,
        from_text(item.since),
        from_text(item.until),
    )
