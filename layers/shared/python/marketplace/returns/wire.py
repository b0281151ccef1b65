"""Returns as JSON."""

from typing import Annotated

import msgspec

from marketplace.kit.clock import to_text
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX, TRACKING_LENGTH_MAX
from marketplace.returns.model import LABEL_LENGTH_MAX, REASON_LENGTH_MAX, Lack, Parcel
from marketplace.returns.process import STATES, allowed_actions
from marketplace.returns.rules import LineQuote, Quote, Wanted
from marketplace.returns.service import ReturnView

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_LENGTH_MAX)]
Tracking = Annotated[str, msgspec.Meta(min_length=1, max_length=TRACKING_LENGTH_MAX)]
Minor = Annotated[int, msgspec.Meta(ge=0)]


class LineToReturn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Pieces of one line of the order."""

    listing_id: Identifier
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1


Lines = Annotated[list[LineToReturn], msgspec.Meta(min_length=1, max_length=LINES_MAX)]


def wanted(lines: list[LineToReturn]) -> tuple[Wanted, ...]:
    """Return the lines as the area knows them."""
    return tuple(Wanted(line.listing_id, line.quantity) for line in lines)


class NewQuote(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a buyer thinks of returning."""

    lines: Lines


class NewReturn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a buyer returns; a reason need not be given."""

    lines: Lines
    reason: Annotated[str, msgspec.Meta(max_length=REASON_LENGTH_MAX)] = ""


class SentBack(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the goods travel back."""

    carrier: Tracking
    tracking_number: Tracking


class ReceivedBack(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What came back; a deduction for goods that lost value needs reasons, and the buyer can contest it."""

    restock: bool = False
    deduction_minor: Minor = 0
    reasons: Annotated[str, msgspec.Meta(max_length=REASON_LENGTH_MAX)] = ""


class NewLabel(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where the buyer gets a label to send with."""

    label_url: Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$", max_length=LABEL_LENGTH_MAX)]


class DeductionDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a moderator takes off, and why; 0 for nothing."""

    deduction_minor: Minor
    reasons: Reason


class QuotedLine(msgspec.Struct):
    """One line of a quote."""

    listing_id: str
    quantity: int
    amount_minor: int
    ground: str  # "withdrawal": the law's right; "return": the listing's terms
    return_cost: str
    possible_until: Moment

    @classmethod
    def of(cls, quoted: LineQuote) -> "QuotedLine":
        line = quoted.line
        parts = (line.listing_id, line.quantity, line.amount_minor)
        return cls(*parts, quoted.kind, quoted.return_cost, to_text(quoted.until))


class ReturnDeduction(msgspec.Struct):
    """What is taken off, and why."""

    reason: str
    amount_minor: int


class ReturnQuote(msgspec.Struct):
    """What a return comes to. Amounts are in the currency's minor unit; asking for it now does exactly this."""

    order_id: str
    kind: str
    currency: str
    lines: list[QuotedLine]
    deductions: list[ReturnDeduction]
    refund_minor: int
    return_shipping_paid_by: str  # "buyer" or "seller"
    send_by: Moment | None  # None: there is nothing to send
    refund_by: Moment
    if_nobody_acts: list[str]


class ReturnedLine(msgspec.Struct):
    """Pieces of one line."""

    listing_id: str
    quantity: int
    amount_minor: int


class ReturnEntry(msgspec.Struct):
    """Something that happened to the return."""

    at: Moment
    what: str
    by: str
    state: str


class ClaimView(msgspec.Struct):
    """What a claim says, and on which rule of the legal guarantee it stands."""

    remedy: str
    ground: str
    amount_minor: int
    offered_remedy: str
    offered_minor: int
    rule_id: str
    presumed_until: Moment | None
    liable_until: Moment | None
    evidence: list[str]


class ParcelView(msgspec.Struct):
    """What is sent for goods that came back."""

    carrier: str
    tracking_number: str
    sent_at: Moment
    arrived_at: Moment | None
    arrived_by: str


class OrderReturn(msgspec.Struct):
    """A return as one of its parties sees it."""

    return_id: str
    order_id: str
    kind: str
    role: str
    state: str
    lines: list[ReturnedLine]
    reason: str
    quoted_minor: int
    deduction_minor: int
    deduction_reasons: str
    refund_minor: int
    currency: str
    return_shipping_paid_by: str
    requested_at: Moment
    due_at: Moment | None
    if_nobody_acts: str | None
    allowed_actions: list[str]
    timeline: list[ReturnEntry]
    carrier: str | None = None
    tracking_number: str | None = None
    label_url: str | None = None
    restocked: bool = False
    outcome: str | None = None
    refund_id: str | None = None
    returned_at: Moment | None = None
    returned_by: str | None = None  # on whose word: "carrier", "seller" or "operator"
    answer: str = ""  # the seller's, or the marketplace's
    reduction_minor: int = 0  # of the price
    claim: ClaimView | None = None
    replacement: ParcelView | None = None
    proposal_id: str | None = None  # a large decision that a second person must approve


class OrderReturns(msgspec.Struct):
    """All returns of an order, the oldest first."""

    items: list[OrderReturn]


def quote_to_wire(quote: Quote, locale: str) -> ReturnQuote:
    """Show what a return comes to."""
    earlier = [ReturnDeduction("refunded_before", quote.earlier_minor)] if quote.earlier_minor else []
    return ReturnQuote(
        quote.order_id,
        quote.kind,
        quote.currency,
        [QuotedLine.of(each) for each in quote.lines],
        earlier,
        quote.refund_minor,
        quote.return_cost,
        to_text(quote.send_by) if quote.send_by else None,
        to_text(quote.refund_by),
        [text for text in (silence_of(state, locale) for state in _path(quote.first_state)) if text],
    )


def return_to_wire(view: ReturnView, locale: str) -> OrderReturn:
    """Show a return."""
    made = view.made
    return OrderReturn(
        return_id=made.return_id,
        order_id=made.order_id,
        kind=made.kind,
        role=view.role,
        state=made.state,
        lines=[ReturnedLine(line.listing_id, line.quantity, line.amount_minor) for line in made.lines],
        reason=made.reason,
        quoted_minor=made.quoted_minor,
        deduction_minor=made.deduction_minor,
        deduction_reasons=made.deduction_reasons,
        refund_minor=made.refund_minor,
        currency=made.currency,
        return_shipping_paid_by=made.return_cost,
        requested_at=to_text(made.requested_at),
        due_at=to_text(made.due_at) if made.due_at else None,
        if_nobody_acts=silence_of(made.state, locale),
        allowed_actions=allowed_actions(made.state, view.role),
        timeline=[ReturnEntry(to_text(each.at), each.name, each.actor, each.state) for each in made.log],
        carrier=made.carrier,
        tracking_number=made.tracking_number,
        label_url=made.label_url,
        restocked=made.restocked,
        outcome=made.outcome,
        refund_id=made.refund_id,
        returned_at=to_text(made.returned_at) if made.returned_at else None,
        returned_by=made.returned_by,
        answer=made.answer,
        reduction_minor=made.reduction_minor,
        claim=_claim(made.lack) if made.lack else None,
        replacement=_parcel(made.replacement) if made.replacement else None,
        proposal_id=made.proposal_id or None,
    )


def returns_to_wire(views: list[ReturnView], locale: str) -> OrderReturns:
    """Show an order's returns."""
    return OrderReturns([return_to_wire(each, locale) for each in views])


def _claim(lack: Lack) -> ClaimView:
    return ClaimView(
        lack.wanted,
        lack.ground,
        lack.wanted_minor,
        lack.offered,
        lack.offered_minor,
        lack.rule_id,
        to_text(lack.presumed_until) if lack.presumed_until else None,
        to_text(lack.liable_until) if lack.liable_until else None,
        list(lack.evidence),
    )


def _parcel(parcel: Parcel) -> ParcelView:
    arrived_at = to_text(parcel.arrived_at) if parcel.arrived_at else None
    return ParcelView(parcel.carrier, parcel.tracking_number, to_text(parcel.sent_at), arrived_at, parcel.arrived_by)


def _path(first_state: str) -> tuple[str, ...]:
    return ("approved", "awaiting_receipt") if first_state == "approved" else (first_state,)


def silence_of(state: str, locale: str) -> str | None:
    """Say what silence leads to in a state."""
    wait = STATES[state]
    return (wait.es if locale == "es" else wait.en) if wait else None
