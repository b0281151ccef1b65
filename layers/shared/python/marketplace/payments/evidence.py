"""What a bank is shown: the order's own record, under the names that Stripe gives to a dispute's evidence.

Nothing is written for the occasion: every sentence restates something that was stored when it happened, and what is
not known is not said. Personal data beyond what the card's bank knows is left out: files go by their hashes, networks
by their marks.
Source of the names and limits: Stripe, the dispute object's `evidence` (text up to 20,000 characters a field).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketplace.kit.clock import to_text
from marketplace.orders.model import BUYER, CARRIER, DIGITAL, GOODS, OPERATOR, PLATFORM, SERVICE, Order
from marketplace.orders.rules import process_of
from marketplace.payments.bank_record import BUYER_ACTS, Act, OrderRecord

FIELD_MAX = 20_000  # characters; Stripe's limit
_CUT = " [...]"  # a number that lost its last digits must not be read as another
_DELIVERY_WORDS: Mapping[str, str] = {
    OPERATOR: "attested by the marketplace after a check",
    CARRIER: "reported by the carrier",
    PLATFORM: "when the marketplace made the file available to the buyer",
}
_SENT: Mapping[str, str] = {GOODS: "ships", SERVICE: "reports the service done", DIGITAL: "delivers the file"}
_KNOWS_WHEN = frozenset({CARRIER, PLATFORM})  # what others say later shows that it arrived, not when


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """What is known of the buyer's account, without saying who they are."""

    since: str | None = None
    network_mark: str | None = None  # keyed hash of the address it signed up from
    other_orders: int = 0  # at least so many, paid in 90 days beside those of this payment


def evidence_of(records: Sequence[OrderRecord], buyer: BuyerRecord, reason: str) -> dict[str, str]:
    """Return the evidence of a payment's orders; a field without anything to say is left out."""
    orders = [each.order for each in records]
    sent = [each for each in orders if each.fulfilment == GOODS and each.shipped_at]
    found = {
        "product_description": "\n".join(_described(each) for each in orders),
        "service_date": _dates([(each.order, _delivered(each)) for each in records if each.arrived], orders),
        "shipping_date": _dates([(each, to_text(each.shipped_at)) for each in sent if each.shipped_at], orders),
        "shipping_carrier": ", ".join(sorted({each.carrier for each in sent if each.carrier})),
        "shipping_tracking_number": ", ".join(each.tracking_number for each in sent if each.tracking_number),
        "refund_policy_disclosure": "\n".join(_terms(each) for each in orders),
        "cancellation_policy_disclosure": _cancelling(orders) if orders and all(map(_may_cancel, orders)) else "",
        "refund_refusal_explanation": "\n".join(line for each in records for line in _refunds(each)),
        "duplicate_charge_explanation": _not_twice(orders) if reason == "duplicate" else "",
        "access_activity_log": "\n".join(_access(records, buyer)),
        "uncategorized_text": "\n".join(line for each in records for line in _record(each)),
    }
    return {name: _within(text) for name, text in found.items() if text}


def _within(text: str) -> str:
    return text if len(text) <= FIELD_MAX else text[: FIELD_MAX - len(_CUT)] + _CUT


def _dates(known: Sequence[tuple[Order, str]], orders: Sequence[Order]) -> str:
    """Return the one order's date; of several orders each under its own name, as none is the date of another."""
    if len(orders) == 1:
        return "".join(text for _, text in known)
    return "; ".join(f"order {order.order_id}: {text}" for order, text in known)


def _described(order: Order) -> str:
    lines = "; ".join(f"{each.quantity} x {each.title} at {each.unit_minor}" for each in order.lines)
    total = f"Total {order.total_minor} {order.currency}, minor units."
    return f"Order {order.order_id} ({order.fulfilment}): {lines}. {total}"


def _terms(order: Order) -> str:
    days = ", ".join(f"{each} days" for each in sorted({line.return_days for line in order.lines}))
    return (
        f"Order {order.order_id}: {days} to return after delivery by the listings' own terms, beside the law's; pinned "
        f"when it was placed on {to_text(order.placed_at)} (process {order.process_version}, fees {order.fee_version})."
    )


def _may_cancel(order: Order) -> bool:
    paid = process_of(order).leaving("paid")
    return any(row.name == "cancel" and BUYER in row.actors for row in paid)


def _cancelling(orders: Sequence[Order]) -> str:
    sent = " or ".join(sorted({_SENT[each.fulfilment] for each in orders}))
    return f"Pinned to each order: the buyer may cancel, with everything refunded, until the seller {sent}."


def _refunds(record: OrderRecord) -> Iterable[str]:
    order = record.order
    name = f"Order {order.order_id}:"
    if record.refunded_minor:
        yield f"{name} {record.refunded_minor} of {order.total_minor} {order.currency} was given back to the card."
    if record.unsent_minor and record.looked_at:
        sent = "is not recorded as given back to the card"
        yield f"{name} {record.unsent_minor} {order.currency} was promised to the buyer and {sent}."
    if record.has_requests:
        yield f"{name} what was asked of the marketplace about it is in its record below."
    if record.is_quiet and record.looked_at:
        at = to_text(record.looked_at)
        quiet = "the buyer asked for no refund and opened no complaint with the marketplace"
        yield f"{name} {quiet}, as its record stood on {at}."


def _not_twice(orders: Sequence[Order]) -> str:
    return f"One payment for {len(orders)} order(s): {', '.join(each.order_id for each in orders)}."


def _access(records: Sequence[OrderRecord], buyer: BuyerRecord) -> Iterable[str]:
    if buyer.since:
        others = f"; other orders paid in 90 days: at least {buyer.other_orders}" if buyer.other_orders else ""
        yield f"The buyer's account exists since {buyer.since}{others}."
    if buyer.network_mark:
        yield f"Keyed mark of the network it was opened from: {buyer.network_mark}."
    for each in records:
        for move in each.moves:
            if move.actor == BUYER:
                by = "the buyer, signed in," if BUYER_ACTS.get(move.name, Act()).signed_in else "the buyer"
                yield f"{to_text(move.at)}: {by} did '{move.name}' on order {move.order_id}."


def _delivered(record: OrderRecord) -> str:
    """Say when it arrived, as far as whoever said so could know, and who that was; "" where nobody did."""
    at, by = record.order.delivered_at, record.order.delivered_by
    if at is None or by is None:
        return ""
    words = _DELIVERY_WORDS.get(by, f"recorded by {by}")
    if by == BUYER:
        confirmed = any(move.name == "confirm" and move.actor == BUYER for move in record.moves)
        words = "confirmed by the buyer" if confirmed else "as buyer and seller agreed to send it back"
    return f"{'' if by in _KNOWS_WHEN else 'on or before '}{to_text(at)}, {words}"


def _record(record: OrderRecord) -> Iterable[str]:
    order = record.order
    yield f"Record of order {order.order_id}, payment {order.payment_id}, placed {to_text(order.placed_at)}:"
    yield from (f"- {to_text(move.at)}: {move.name} by {move.actor}" for move in record.moves)
    if delivered := _delivered(record):
        yield f"- delivery {delivered}" if delivered.startswith("on ") else f"- delivery on {delivered}"
    if record.paid:
        yield f"- receipt: {order.total_minor} {order.currency} captured for this order"
    yield from (f"- {mark}" for mark in record.marks)
