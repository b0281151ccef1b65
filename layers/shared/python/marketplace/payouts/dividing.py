"""Which hold keeps how much of a balance: pure, and complete. What holds keep and what is payable sum to the balance.

Holds of an amount come first, in the order in which they stand; one of everything takes what they left; what is left
after that, and is less than the published minimum, waits too. An amount is kept by one hold, though two may want it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.payouts.model import Cause, Clearing, Hold, Purse


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold, and what of the balance it keeps at this moment."""

    hold: Hold
    kept_minor: int


@dataclass(frozen=True, slots=True)
class Division:
    """A balance (what is available and what is reserved), divided to the cent."""

    kept: tuple[Kept, ...]
    payable_minor: int  # below zero when more came back than was left

    @property
    def total_minor(self) -> int:
        return self.payable_minor + sum(each.kept_minor for each in self.kept)


def divide(purse: Purse, holds: Sequence[Hold], least_minor: int, reserve_ends: datetime | None = None) -> Division:
    """Divide a balance over the holds that cover it now.

    `least_minor` is what the next payout must come to, `reserve_ends` when the next reserved part is free.
    """
    kept: list[Kept] = []
    if purse.reserved_minor:
        whole = purse.reserved_minor
        reserve = Hold(Cause.RESERVE, "reserve", None, reserve_ends, whole, purse.currency)
        kept.append(Kept(reserve, whole))
    left_minor = purse.available_minor
    for hold in [*(each for each in holds if each.amount_minor is not None), *_of_everything(holds)]:
        wanted_minor = left_minor if hold.amount_minor is None else hold.own_minor
        some_minor = max(0, min(left_minor, wanted_minor))
        kept.append(Kept(hold, some_minor))
        left_minor -= some_minor
    if 0 < left_minor < least_minor:
        small = Hold(Cause.MINIMUM, "minimum", None, purse.due_at, left_minor, purse.currency)
        kept.append(Kept(small, left_minor))
        left_minor = 0
    return Division(tuple(kept), left_minor)


def overlaid(holds: Sequence[Hold], reserved: Mapping[str, int] | None = None) -> list[Hold]:
    """Note on holds of an order's amount what is kept of it already: a stop and a chargeback want the same money.

    Of one order as much is kept as the cause that wants most of it wants; holds of one cause add up. What is `reserved`
    of an order, in minor units by its id, its stop need not keep again: freed, it comes under the stop.
    """
    aside = reserved or {}
    wanted: defaultdict[str, Counter[Cause]] = defaultdict(Counter)
    found: list[Hold] = []
    for hold in holds:
        if hold.order_id is None or hold.amount_minor is None:
            found.append(hold)
            continue
        of_order = wanted[hold.order_id]
        before = max(of_order.values(), default=0)
        also = min(hold.amount_minor, aside.get(hold.order_id, 0)) if hold.cause is Cause.KILL_SWITCH else 0
        of_order[hold.cause] += max(0, hold.amount_minor - also)
        own = max(of_order.values()) - before
        found.append(replace(hold, beside_minor=max(0, hold.amount_minor) - own))
    return found


def clearing_holds(parts: Sequence[Clearing], holds: Sequence[Hold]) -> list[Hold]:
    """Turn what has not cleared into holds, a date each, less what another hold keeps of the same orders already."""
    taken: Counter[str] = Counter()
    for each in holds:
        if each.order_id:
            taken[each.order_id] += each.own_minor
    found: dict[datetime, Hold] = {}
    for part in parts:
        also = min(part.amount_minor, taken[part.order_id])
        if also:
            taken[part.order_id] -= also
        if part.amount_minor == also:
            continue
        rest = part.amount_minor - also
        key = part.until.isoformat()
        known = found.get(part.until) or Hold(Cause.CLEARING, key, part.since, part.until, 0, part.currency)
        found[part.until] = replace(known, amount_minor=(known.amount_minor or 0) + rest)
    return list(found.values())


def _of_everything(holds: Sequence[Hold]) -> list[Hold]:
    return [each for each in holds if each.amount_minor is None]
