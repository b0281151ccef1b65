"""What a bank is shown: the order's own record, under the names that Stripe gives to a dispute's evidence.

Nothing is written for the occasion: every sentence restates something that was stored when it happened. Personal data
beyond what the card's bank knows is left out: files go by their hashes, networks by their marks.
Source of the names and limits: Stripe, the dispute object's `evidence` (text up to 20,000 characters a field).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.kit.clock import to_text
from marketplace.orders.model import BUYER, Move, Order

FIELD_MAX = 20_000  # characters; Stripe's limit
_DELIVERY_WORDS: Mapping[str, str] = {
    "buyer": "confirmed by the buyer",
    "operator": "attested by the marketplace after a check",
    "carrier": "reported by the carrier",
    "platform": "recorded by the marketplace when the buyer received it",
}
_BY_BUYER = frozenset({"confirm", "confirm_delivery", "open_dispute", "cancel"})


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that is stored about one order, as far as a bank may see it."""

    order: Order
    moves: Sequence[Move]
    marks: Sequence[str] = field(default=())  # of the case between buyer and seller: files by hash, moments


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """What is known of the buyer's account, without saying who they are."""

    since: str | None = None
    network_mark: str | None = None  # keyed hash of the address it signed up from
    orders_before: int = 0


def is_complete(records: Iterable[OrderRecord]) -> bool:
    """Say whether the record by itself shows that everything was sent and arrived."""
    kept = list(records)
    return bool(kept) and all(_is_proven(each.order) for each in kept)


def _is_proven(order: Order) -> bool:
    return order.delivered_at is not None and order.delivered_by is not None


def evidence_of(records: Sequence[OrderRecord], buyer: BuyerRecord, reason: str) -> dict[str, str]:
    """Return the evidence of a payment's orders; a field without anything to say is left out."""
    orders = [each.order for each in records]
    found = {
        "product_description": "\n".join(_described(each) for each in orders),
        "service_date": _first(to_text(at) for each in orders if (at := each.delivered_at or each.shipped_at)),
        "shipping_date": _first(to_text(each.shipped_at) for each in orders if each.shipped_at),
        "shipping_carrier": ", ".join(sorted({each.carrier for each in orders if each.carrier})),
        "shipping_tracking_number": ", ".join(each.tracking_number for each in orders if each.tracking_number),
        "refund_policy_disclosure": "\n".join(_terms(each) for each in orders),
        "cancellation_policy_disclosure": (
            "Shown before payment and pinned to each order: the buyer may cancel, with everything refunded, until the "
            "seller ships."
        ),
        "refund_refusal_explanation": "\n".join(_refunds(each) for each in orders),
        "duplicate_charge_explanation": _not_twice(orders) if reason == "duplicate" else "",
        "access_activity_log": "\n".join(_access(records, buyer)),
        "uncategorized_text": "\n".join(line for each in records for line in _record(each)),
    }
    return {name: text[:FIELD_MAX] for name, text in found.items() if text}


def _first(texts: Iterable[str]) -> str:
    return min(texts, default="")


def _described(order: Order) -> str:
    lines = "; ".join(f"{each.quantity} x {each.title} at {each.unit_minor}" for each in order.lines)
    total = f"Total {order.total_minor} {order.currency}, minor units."
    return f"Order {order.order_id} ({order.fulfilment}): {lines}. {total}"


def _terms(order: Order) -> str:
    days = ", ".join(sorted({f"{each.return_days} days to return after delivery" for each in order.lines}))
    return (
        f"Order {order.order_id}: {days}; accepted at checkout on {to_text(order.placed_at)} "
        f"(process {order.process_version}, fees {order.fee_version})."
    )


def _refunds(order: Order) -> str:
    given = order.refunded_minor + order.refunded_after_minor + (order.award.refund_minor if order.award else 0)
    if given:
        return f"Order {order.order_id}: {given} of {order.total_minor} {order.currency} was given back to the card."
    if order.dispute_id:
        return f"Order {order.order_id}: the buyer's complaint was heard by the marketplace; its record is below."
    return f"Order {order.order_id}: the buyer asked for no refund and opened no complaint with the marketplace."


def _not_twice(orders: Sequence[Order]) -> str:
    return (
        f"One payment for {len(orders)} order(s) of different sellers: {', '.join(each.order_id for each in orders)}."
    )


def _access(records: Sequence[OrderRecord], buyer: BuyerRecord) -> Iterable[str]:
    if buyer.since:
        yield f"The buyer's account exists since {buyer.since}; other orders paid in 90 days: {buyer.orders_before}."
    if buyer.network_mark:
        yield f"Keyed mark of the network it was opened from: {buyer.network_mark}."
    for each in records:
        for move in each.moves:
            if move.actor == BUYER or move.name in _BY_BUYER:
                yield f"{to_text(move.at)}: the buyer, signed in, did '{move.name}' on order {move.order_id}."


def _record(record: OrderRecord) -> Iterable[str]:
    order = record.order
    yield f"Record of order {order.order_id}, payment {order.payment_id}, placed {to_text(order.placed_at)}:"
    yield from (f"- {to_text(move.at)}: {move.name} by {move.actor}" for move in record.moves)
    if order.delivered_at and order.delivered_by:
        words = _DELIVERY_WORDS.get(order.delivered_by, f"recorded by {order.delivered_by}")
        yield f"- delivery on {to_text(order.delivered_at)}, {words}"
    yield f"- receipt: {order.total_minor} {order.currency} captured for this order"
    yield from (f"- {mark}" for mark in record.marks)
