"""Orders as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.orders import model
from marketplace.orders.files import FILE_BYTES_MAX, FILE_NAME_LENGTH_MAX, FILE_TYPES, SoldFile
from marketplace.orders.outlook_words import Outlook, outlook_to_wire
from marketplace.orders.references import reference_of
from marketplace.orders.rules import Default, promised_days
from marketplace.orders.service import OrderView
from marketplace.shipping.punctuality import late_delivery, late_shipment
from marketplace.web.wire import Page, PageQuery

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=model.REASON_LENGTH_MAX)]
Tracking = Annotated[str, msgspec.Meta(min_length=1, max_length=model.TRACKING_LENGTH_MAX)]


class Shipment(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the goods travel."""

    carrier: Tracking
    tracking_number: Tracking


class Done(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What was done; the buyer reads it."""

    note: Reason


class FileForSale(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A file that is sold; what is uploaded must be exactly this."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=FILE_NAME_LENGTH_MAX)]
    content_type: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": [*FILE_TYPES]})]
    size_bytes: Annotated[int, msgspec.Meta(ge=1, le=FILE_BYTES_MAX)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]

    def file(self) -> SoldFile:
        return SoldFile(self.name, self.content_type, self.size_bytes, self.sha256)


class FileUpload(msgspec.Struct):
    """Where to POST the file, with these form fields first and the file last."""

    url: str
    fields: dict[str, str]
    expires_in_seconds: int


class FileDownload(msgspec.Struct):
    """Where the file is for a while."""

    url: str
    expires_in_seconds: int


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


class TimelineEntry(msgspec.Struct):
    """Something that happened to the order."""

    at: Moment
    what: str
    by: str
    state: str
    facts: dict[str, str | int]


class Promised(msgspec.Struct):
    """What was promised with the order, and whether it was kept. `late_delivery` is said on a carrier's word alone."""

    handling_days: int
    delivery_days: int | None  # of goods
    ship_by: Moment | None
    shipped_at: Moment | None  # or reported done, or made available
    late_shipment: bool | None
    deliver_by: Moment | None
    late_delivery: bool | None


class Milestone(msgspec.Struct):
    """Which part of a service in parts an order is."""

    part: int
    of: int


class Order(OrderSummary):
    """An order as one of its parties sees it."""

    role: str
    commission_minor: int  # without VAT
    commission_vat_minor: int
    seller_receives_minor: int
    fee_version: str
    process_version: int
    allowed_actions: list[str]
    if_nobody_acts: list[IfNobodyActs]
    timeline: list[TimelineEntry]
    refund_minor: int | None = None
    refunded_minor: int = 0  # given back beside the award, before and after the end
    seller_minor: int | None = None
    under_review: bool = False
    dispute_id: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    delivered_at: Moment | None = None
    delivered_by: str | None = None
    ended_at: Moment | None = None
    fulfilment: str = model.GOODS
    promised: Promised | None = None
    milestone: Milestone | None = None
    reference: str = ""  # short, for people; with the buyer's address it is enough to withdraw
    outlook: Outlook | None = None


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
        commission_vat_minor=order.commission_vat_minor,
        seller_receives_minor=order.total_minor - order.commission_minor - order.commission_vat_minor,
        fee_version=order.fee_version,
        process_version=order.process_version,
        allowed_actions=view.allowed_actions,
        if_nobody_acts=silence_to_wire(view.silence, locale),
        timeline=[_entry_to_wire(move, view.role) for move in view.moves],
        refund_minor=order.award.refund_minor if order.award else None,
        refunded_minor=order.refunded_minor + order.refunded_after_minor,
        seller_minor=order.award.seller_minor if order.award else None,
        under_review=order.risk_receipt is not None,
        dispute_id=order.dispute_id,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        delivered_at=_moment(order.delivered_at),
        delivered_by=order.delivered_by,
        ended_at=_moment(order.ended_at),
        fulfilment=order.fulfilment,
        promised=_promised(order),
        milestone=Milestone(*order.milestone) if order.milestone else None,
        reference=reference_of(order.order_id),
        outlook=outlook_to_wire(view.outlook, locale),
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


def _promised(order: model.Order) -> Promised:
    goods = order.fulfilment == model.GOODS
    return Promised(
        promised_days("handling", order.terms),
        promised_days("delivery", order.terms) if goods else None,
        _moment(order.promised_ship_by),
        _moment(order.shipped_at),
        late_shipment(order),
        _moment(order.promised_delivery_by),
        late_delivery(order),
    )


def _moment(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


# The parties learn that an operator acted and why, never which one: nobody is to be sought out for a decision. Nor does
# a buyer learn which of a seller's people acted.
_HIDDEN: Mapping[str, frozenset[str]] = {
    model.BUYER: frozenset({"operator_id", "member_id"}),
    model.SELLER: frozenset({"operator_id"}),
}


def _entry_to_wire(move: model.Move, role: str) -> TimelineEntry:
    facts = {name: fact for name, fact in move.facts.items() if name not in _HIDDEN.get(role, frozenset())}
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
