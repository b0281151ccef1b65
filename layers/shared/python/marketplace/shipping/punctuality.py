"""Whether an order came when it was promised, and on whose word.

The promises are pinned on the order: when it is paid, the day by which it is to be shipped (done, made available); when
it is shipped, the day by which it is to arrive. A delivery is called late on a carrier's word alone: what a buyer or an
operator says later shows that it arrived, not when.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.clock import to_text
from marketplace.orders.model import CARRIER, GOODS, Move, Order
from marketplace.orders.timers import DEFAULT_PROMISES
from marketplace.shipping.model import Punctuality

SHIPPING = frozenset({"ship", "report_done", "make_available"})  # the seller's part is done
MISSED = "ship_overdue"  # it never was
SHIPPED_ON_TIME, SHIPPED_LATE = "shipped_on_time", "shipped_late"
DELIVERED_ON_TIME, DELIVERED_LATE = "delivered_on_time", "delivered_late"


def promises_at(order: Order, name: str, now: datetime) -> dict[str, Any]:
    """Return what a move pins on the order: when what happened, and by when the next is promised."""
    if name == "pay":
        return {"promised_ship_by": now + _days("handling", order.handling_days)}
    if name not in SHIPPING:
        return {}
    arrives = {"promised_delivery_by": now + _days("delivery", order.delivery_days)}
    return {"shipped_at": now} | (arrives if order.fulfilment == GOODS else {})


def late_shipment(order: Order) -> bool | None:
    """Say whether the seller shipped after the promised day; None while nothing was shipped or promised."""
    if order.shipped_at is None or order.promised_ship_by is None:
        return None
    return _is_after(order.shipped_at, order.promised_ship_by)


def late_delivery(order: Order) -> bool | None:
    """Say whether it arrived after the promised day; None where nothing was promised, or nobody knows when."""
    if order.delivered_at is None or order.promised_delivery_by is None:
        return None
    if not _is_after(order.delivered_at, order.promised_delivery_by):
        return False
    return True if order.delivered_by == CARRIER else None


def counted(before: Order, after: Order, name: str) -> dict[str, int]:
    """Return what a move adds to the seller's counts."""
    counts = {}
    if name == MISSED and after.promised_ship_by is not None:
        counts[SHIPPED_LATE] = 1
    shipped = late_shipment(after)
    if before.shipped_at is None and shipped is not None:
        counts[SHIPPED_LATE if shipped else SHIPPED_ON_TIME] = 1
    arrived = late_delivery(after)
    if before.delivered_at is None and arrived is not None:
        counts[DELIVERED_LATE if arrived else DELIVERED_ON_TIME] = 1
    return counts


def fold(orders: Iterable[Order], moves: Iterable[Move]) -> Mapping[str, Punctuality]:
    """Count again, from the orders and their logs alone."""
    missed = {move.order_id for move in moves if move.name == MISSED}
    counts: dict[str, Counter[str]] = {}
    for order in orders:
        own = counts.setdefault(order.seller_id, Counter())
        shipped, arrived = late_shipment(order), late_delivery(order)
        own[SHIPPED_LATE] += shipped is True or (order.order_id in missed and order.promised_ship_by is not None)
        own[SHIPPED_ON_TIME] += shipped is False
        own[DELIVERED_LATE] += arrived is True
        own[DELIVERED_ON_TIME] += arrived is False
    return {seller_id: Punctuality(seller_id, **own) for seller_id, own in counts.items()}


def disagreements(stored: Iterable[Punctuality], folded: Mapping[str, Punctuality]) -> list[str]:
    """Name the sellers whose counts are not what their orders give."""
    kept = {each.seller_id: each for each in stored}
    sellers = sorted({*kept, *folded})
    nothing = Punctuality("")
    return [each for each in sellers if _counts(kept.get(each, nothing)) != _counts(folded.get(each, nothing))]


def _is_after(one: datetime, other: datetime) -> bool:
    return to_text(one) > to_text(other)  # as they are stored, or what is counted now would be folded otherwise later


def _counts(punctuality: Punctuality) -> dict[str, Any]:
    return {name: count for name, count in asdict(punctuality).items() if name != "seller_id"}


def _days(promise: str, given: int | None) -> timedelta:
    return timedelta(days=DEFAULT_PROMISES[promise] if given is None else given)
