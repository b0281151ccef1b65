"""Stripe's webhook, refunds and intents as JSON."""

from typing import Annotated, Any, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.orders.model import BUYER, LINES_MAX, QUANTITY_MAX, REASON_LENGTH_MAX
from marketplace.payments.desk import Case
from marketplace.payments.model import Intent, IntentState, intent_name
from marketplace.payments.refund_model import OrderRefunds, RefundLine, RefundState, RefundView
from marketplace.web.wire import PageQuery

Amount = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX_MINOR)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_LENGTH_MAX)]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
CauseName = Literal["goodwill", "fault", "missing", "returned"]


class Received(msgspec.Struct):
    """The event is stored; what follows from it is done from a queue."""

    event_id: str


class RefundedLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which of the order's goods a refund is for, and how many of them."""

    listing_id: Identifier
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1


class NewRefund(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How much goes back to the buyer, in the minor unit of the order's currency, and why; the buyer reads it."""

    amount_minor: Amount
    reason: Reason
    cause: CauseName = "goodwill"
    lines: Annotated[list[RefundedLine], msgspec.Meta(max_length=LINES_MAX)] = []

    def refund_lines(self) -> tuple[RefundLine, ...]:
        return tuple(RefundLine(line.listing_id, line.quantity) for line in self.lines)


class NewManualRefund(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the staff wants to refund; another person approves it. Buyer and seller read the reasons."""

    amount_minor: Amount
    reasons: Reason
    cause: Literal["goodwill", "fault", "missing", "returned", "decision"] = "decision"


class RefundBearing(msgspec.Struct):
    """Who bears a refund of released money, to the cent; the parts sum to the refund, but for Stripe's fee."""

    seller_minor: int
    commission_returned_minor: int
    taken_back_minor: int
    debt_minor: int
    processing_cost_minor: int
    processing_cost_bearer: str


class Refund(msgspec.Struct):
    """One refund. `bearing` is shown to the seller and to staff; without it the money came out of the order's hold.

    `state` is one of reversing, refunding, unknown, done, parked, failed, paid_by_bank, waiting, paid_outside, closed.
    """

    refund_id: str
    order_id: str
    amount_minor: int
    currency: str
    state: str
    cause: str
    reason: str
    asked_by: str
    requested_at: Moment
    lines: list[RefundedLine]
    after_release: bool
    bearing: RefundBearing | None = None
    unknown_since: Moment | None = None


class OrderRefundList(msgspec.Struct):
    """Every refund of an order, the oldest first, and how much could still be refunded."""

    items: list[Refund]
    refunded_minor: int
    refundable_minor: int
    currency: str


def refund_to_wire(view: RefundView, role: str) -> Refund:
    """Show a refund to one of its order's parties, or to staff."""
    refund = view.refund
    under_way = [each for each in (view.reversal, view.leg) if each and each.state is IntentState.OPEN]
    doubts = [each.unknown_since for each in under_way if each.unknown_since]
    since = doubts[0] if doubts and view.state is RefundState.UNKNOWN else None
    return Refund(
        refund_id=refund.refund_id,
        order_id=refund.order_id,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        state=view.state.value,
        cause=refund.cause,
        reason=refund.reason,
        asked_by=refund.actor,
        requested_at=to_text(refund.requested_at),
        lines=[RefundedLine(listing_id=line.listing_id, quantity=line.quantity) for line in refund.lines],
        after_release=refund.after_end,
        bearing=None if role == BUYER else _bearing(view),
        unknown_since=to_text(since) if since else None,
    )


def refunds_to_wire(found: OrderRefunds, role: str) -> OrderRefundList:
    """Show an order's refunds."""
    order = found.order
    items = [refund_to_wire(each, role) for each in found.refunds]
    refunded_minor = order.refunded_minor + order.refunded_after_minor
    refunded_minor += order.award.refund_minor if order.award else 0
    left_minor = order.seller_left_minor if order.award else order.left_minor
    return OrderRefundList(items, refunded_minor, left_minor, order.currency)


def _bearing(view: RefundView) -> RefundBearing | None:
    refund = view.refund
    if not refund.after_end and not refund.cost_minor:
        return None
    return RefundBearing(
        seller_minor=refund.seller_minor,
        commission_returned_minor=refund.commission_minor,
        taken_back_minor=refund.seller_minor - view.debt_minor,
        debt_minor=view.debt_minor,
        processing_cost_minor=view.cost_minor,
        processing_cost_bearer=refund.cost_bearer,
    )


class IntentQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which intents."""

    state: Literal["parked", "open"] = "parked"


class IntentView(msgspec.Struct, frozen=True):
    """Money that is to move, how often it was tried, and what stopped it."""

    intent_id: str
    kind: str
    state: str
    payment_id: str
    order_id: str | None
    refund_id: str | None
    amount_minor: int
    currency: str
    attempt: int
    created_at: Moment
    attempted_at: Moment
    parked_at: Moment | None
    reason: str | None
    unknown_since: Moment | None
    last_called_at: Moment | None
    stripe_object: str | None


class IntentCase(IntentView, frozen=True):
    """An intent, and what Stripe shows of it right now."""

    stripe_shows: str | None
    stripe_answered: bool


def intent_id_of(name: str) -> str:
    """Read the id back; our ids hold no full stop."""
    return name.replace(".", "#")


def intent_to_wire(intent: Intent) -> IntentView:
    """Show an intent in a list."""
    return IntentView(**_facts(intent))


def case_to_wire(case: Case) -> IntentCase:
    """Show an intent with what Stripe says of it."""
    return IntentCase(**_facts(case.intent), stripe_shows=case.at_stripe, stripe_answered=case.asked)


def _facts(intent: Intent) -> dict[str, Any]:
    moments = {
        "created_at": intent.created_at,
        "attempted_at": intent.attempted_at or intent.created_at,
        "parked_at": intent.parked_at,
        "unknown_since": intent.unknown_since,
        "last_called_at": intent.called_at,
    }
    return {
        "intent_id": intent_name(intent.intent_id),
        "kind": intent.kind.value,
        "state": "unknown" if intent.unknown_since and intent.state.value == "open" else intent.state.value,
        "payment_id": intent.payment_id,
        "order_id": intent.order_id,
        "refund_id": intent.facts.get("refund_id"),
        "amount_minor": intent.amount_minor,
        "currency": intent.currency,
        "attempt": intent.attempt,
        "reason": intent.reason,
        "stripe_object": intent.result_id,
        **{name: to_text(moment) if moment else None for name, moment in moments.items()},
    }
