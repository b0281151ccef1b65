"""Carts, checkouts and orders as JSON."""

from typing import Annotated, Any, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.orders import model
from marketplace.orders.cart import Cart, Wanted
from marketplace.orders.checkout import Placed
from marketplace.orders.process import LATEST, PROCESSES, Guard
from marketplace.orders.rules import Default, deadline, if_nobody_acts
from marketplace.orders.service import OrderView
from marketplace.orders.timers import Timers
from marketplace.payments.fees import FeeSchedule
from marketplace.web.wire import Page, PageQuery

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=model.QUANTITY_MAX)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=model.REASON_LENGTH_MAX)]
Tracking = Annotated[str, msgspec.Meta(min_length=1, max_length=model.TRACKING_LENGTH_MAX)]


class CartLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One listing, and how many of it."""

    listing_id: Identifier
    quantity: Quantity = 1


class NewCart(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What somebody wants to buy, of one currency; the sellers may differ."""

    lines: Annotated[list[CartLine], msgspec.Meta(min_length=1, max_length=model.LINES_MAX)]

    def wanted(self) -> list[Wanted]:
        return [Wanted(line.listing_id, line.quantity) for line in self.lines]


class Shipment(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the goods travel."""

    carrier: Tracking
    tracking_number: Tracking


class Cancellation(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Why the order is cancelled; the other side reads it."""

    reason: Reason


class DeliveryProof(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What showed an operator that the goods arrived."""

    evidence: Reason


class OrderQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which of the caller's orders."""

    role: Literal["buyer", "seller"] = "buyer"


class OrderLine(msgspec.Struct):
    """One listing in an order, at the price it was bought for."""

    listing_id: str
    title: str
    quantity: int
    unit_minor: int
    total_minor: int


class IfNobodyActs(msgspec.Struct):
    """One step of what happens in silence."""

    state: str
    at: Moment
    then: str
    explanation: str


class QuotedShare(msgspec.Struct):
    """One seller's part. The commission is the seller's cost and part of the total, not on top of it."""

    seller_id: str
    seller_kind: str
    lines: list[OrderLine]
    total_minor: int
    commission_minor: int
    seller_receives_minor: int
    buyer_fee_minor: int


class Quote(msgspec.Struct):
    """What a cart costs now; nothing is reserved. Amounts are in the currency's minor unit."""

    currency: str
    total_minor: int
    buyer_fees_minor: int
    fee_version: str
    sellers: list[QuotedShare]
    if_nobody_acts: list[IfNobodyActs]


class Fees(msgspec.Struct):
    """One version of the fee schedule; rates in ten-thousandths of the order's total."""

    version: str
    valid_from: Moment
    commission_bps: dict[str, int]
    buyer_fee_bps: int


class FeeSchedules(msgspec.Struct):
    """Every version, the oldest first."""

    schedules: list[Fees]
    in_force: str


class OrderSummary(msgspec.Struct):
    """An order in a list."""

    order_id: str
    checkout_id: str
    buyer_id: str
    seller_id: str
    state: str
    currency: str
    total_minor: int
    placed_at: Moment
    due_at: Moment | None
    lines: list[OrderLine]


class Checkout(msgspec.Struct):
    """A cart that is being paid; `client_secret` lets the buyer's browser pay at Stripe, and nothing else."""

    checkout_id: str
    status: str
    currency: str
    amount_minor: int
    expires_at: Moment
    payment_intent_id: str | None
    payment_status: str | None
    client_secret: str | None
    orders: list[OrderSummary]


class TimelineEntry(msgspec.Struct):
    """Something that happened to the order."""

    at: Moment
    what: str
    by: str
    state: str
    facts: dict[str, str | int]


class Order(OrderSummary):
    """An order as one of its parties sees it."""

    role: str
    commission_minor: int
    seller_receives_minor: int
    fee_version: str
    process_version: int
    allowed_actions: list[str]
    if_nobody_acts: list[IfNobodyActs]
    timeline: list[TimelineEntry]
    refund_minor: int | None = None
    seller_minor: int | None = None
    under_review: bool = False
    dispute_id: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    delivered_at: Moment | None = None
    delivered_by: str | None = None
    ended_at: Moment | None = None


def quote_to_wire(cart: Cart, timers: Timers, locale: str) -> Quote:
    """Show a cart with its fees and what silence would lead to, as if it were placed now."""
    process = PROCESSES[LATEST]
    kind = cart.shares[0].seller_kind
    due_at = deadline(process, process.first, kind, cart.priced_at, timers)
    unpaid = if_nobody_acts(process, process.first, kind, due_at, timers, frozenset({Guard.CLEAR}))
    paid_due = deadline(process, "paid", kind, cart.priced_at, timers)
    paid = if_nobody_acts(process, "paid", kind, paid_due, timers, frozenset({Guard.CLEAR}))
    shares = [
        QuotedShare(
            share.seller_id,
            share.seller_kind,
            [line_to_wire(line) for line in share.lines],
            share.total_minor,
            share.commission_minor,
            share.total_minor - share.commission_minor,
            share.buyer_fee_minor,
        )
        for share in cart.shares
    ]
    fees_minor = sum(share.buyer_fee_minor for share in cart.shares)
    silence = silence_to_wire([*unpaid, *paid], locale)
    return Quote(cart.currency, cart.total_minor, fees_minor, cart.fee_version, shares, silence)


def fees_to_wire(schedule: FeeSchedule) -> Fees:
    """Show one version of the schedule."""
    rates = dict(schedule.commission_bps)
    return Fees(schedule.version, to_text(schedule.valid_from), rates, schedule.buyer_fee_bps)


def checkout_to_wire(placed: Placed) -> Checkout:
    """Show a checkout to its buyer."""
    payment, stripe = placed.payment, placed.stripe
    return Checkout(
        payment.payment_id,
        payment.status.value,
        payment.currency,
        payment.amount_minor,
        to_text(payment.due_at),
        stripe.payment_intent_id if stripe else payment.payment_intent_id,
        stripe.status if stripe else None,
        stripe.client_secret if stripe else None,
        [summary_to_wire(order) for order in placed.orders],
    )


def summary_to_wire(order: model.Order) -> OrderSummary:
    """Show an order in a list."""
    return OrderSummary(**_summary(order))


def summaries_to_wire(rows: Rows[model.Order]) -> Page[OrderSummary]:
    """Show a page of orders."""
    return Page([summary_to_wire(order) for order in rows.items], rows.cursor)


def order_to_wire(view: OrderView, locale: str) -> Order:
    """Show an order to one of its parties, or to an operator."""
    order = view.order
    return Order(
        **_summary(order),
        role=view.role,
        commission_minor=order.commission_minor,
        seller_receives_minor=order.total_minor - order.commission_minor,
        fee_version=order.fee_version,
        process_version=order.process_version,
        allowed_actions=view.allowed_actions,
        if_nobody_acts=silence_to_wire(view.silence, locale),
        timeline=[_entry_to_wire(move, view.role) for move in view.moves],
        refund_minor=order.award.refund_minor if order.award else None,
        seller_minor=order.award.seller_minor if order.award else None,
        under_review=order.risk_receipt is not None,
        dispute_id=order.dispute_id,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        delivered_at=to_text(order.delivered_at) if order.delivered_at else None,
        delivered_by=order.delivered_by,
        ended_at=to_text(order.ended_at) if order.ended_at else None,
    )


def silence_to_wire(steps: list[Default], locale: str) -> list[IfNobodyActs]:
    """Explain what silence leads to in the reader's language."""
    return [
        IfNobodyActs(step.state, to_text(step.at), step.target, step.silence.es if locale == "es" else step.silence.en)
        for step in steps
    ]


def line_to_wire(line: model.Line) -> OrderLine:
    """Show one line."""
    return OrderLine(line.listing_id, line.title, line.quantity, line.unit_minor, line.total_minor)


def _entry_to_wire(move: model.Move, role: str) -> TimelineEntry:
    # The parties learn that an operator acted and why, never which one: nobody is to be sought out for a decision.
    facts = {name: fact for name, fact in move.facts.items() if role == model.OPERATOR or name != "operator_id"}
    return TimelineEntry(to_text(move.at), move.name, move.actor, move.went_to, facts)


def _summary(order: model.Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "checkout_id": order.payment_id,
        "buyer_id": order.buyer_id,
        "seller_id": order.seller_id,
        "state": order.state,
        "currency": order.currency,
        "total_minor": order.total_minor,
        "placed_at": to_text(order.placed_at),
        "due_at": to_text(order.due_at) if order.due_at else None,
        "lines": [line_to_wire(line) for line in order.lines],
    }
