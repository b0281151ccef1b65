"""Exchanges and claims under the legal guarantee as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.files import Download
from marketplace.orders.model import QUANTITY_MAX
from marketplace.returns.conformity import GROUNDS, GUARANTEES, guarantee_for
from marketplace.returns.guarantee import Answer, Claimed
from marketplace.returns.model import REASON_LENGTH_MAX, Remedy, Wanted
from marketplace.returns.process_claims import OFFERED, REFUSED
from marketplace.returns.process_swaps import ASKED
from marketplace.returns.process_swaps import STATES as SWAP_STATES
from marketplace.returns.rules import Quote
from marketplace.returns.wire import Identifier, Lines, Minor, Moment, QuotedLine, Reason, silence_of

REMEDIES = tuple(str(each) for each in Remedy)
RemedyName = Literal["repair", "replace", "price_reduction", "terminate"]
Words = Annotated[str, msgspec.Meta(max_length=REASON_LENGTH_MAX)]
DisputeReason = Literal["not_received", "not_as_described", "damaged", "counterfeit", "incomplete", "other"]
GroundName = Literal["", "not_remedied", "again", "serious", "declared"]


class NewExchange(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a buyer wants the same of again."""

    lines: Lines
    reason: Words = ""


class ExchangeAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whether the seller agrees; agreeing reserves the pieces to send, and what is not agreed to is a return."""

    accept: bool
    reasons: Words = ""


class Arrival(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a moderator found: whether what was sent for the goods arrived, and what shows it."""

    arrived: bool
    reasons: Reason


class Missing(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a seller says to a parcel that the buyer calls sent back, and that did not come."""

    reasons: Reason


class CameBack(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a moderator found: whether the goods came back to the seller, and what shows it."""

    arrived: bool
    reasons: Reason


class ClaimedLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which pieces a claim is about."""

    listing_id: Identifier
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1

    def wanted(self) -> Wanted:
        return Wanted(self.listing_id, self.quantity)


class NewClaim(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What lacks, and what makes up for it. A lower price or the end of the contract needs a `ground`.

    Files go along that were uploaded to POST /orders/{order_id}/claims/evidence before.
    """

    line: ClaimedLine
    lack: Reason
    remedy: RemedyName
    ground: GroundName = ""
    amount_minor: Minor = 0  # of a price reduction

    def said(self) -> Claimed:
        return Claimed(self.lack, self.remedy, self.ground, self.amount_minor)


class ClaimAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The seller's answer: give what was asked for, offer something else, or refuse; the last two need reasons."""

    answer: Literal["accept", "offer", "refuse"]
    remedy: RemedyName | None = None  # that is offered
    amount_minor: Minor = 0
    reasons: Words = ""

    def said(self) -> Answer:
        return Answer(self.answer, self.remedy or "", self.amount_minor, self.reasons)


class OfferAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whether the buyer takes the offered remedy."""

    accept: bool


class Escalation(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Why a refused claim is to be decided; `reason` is one of GET /claims/policy and counts while the order runs."""

    reason: DisputeReason = "not_as_described"
    statement: Reason


class ClaimRuling(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a moderator decides, and why."""

    decision: Literal["rejection", "reduction", "termination"]
    amount_minor: Minor = 0  # of a reduction
    reasons: Reason


class AftersalesQuote(msgspec.Struct):
    """How an exchange or a claim would go. Amounts are in the currency's minor unit; every date is the latest one."""

    order_id: str
    kind: str
    currency: str
    lines: list[QuotedLine]
    refund_minor: int  # what comes back when it ends in money
    return_shipping_paid_by: str  # "buyer" or "seller"
    answer_by: Moment | None
    send_by: Moment | None
    replaced_by: Moment | None  # sent by then
    refund_by: Moment
    in_stock: bool | None  # of an exchange: without stock it becomes a return
    remedies: list[str]  # of a claim
    presumed_until: Moment | None  # until then the seller must show that nothing lacked
    liable_until: Moment | None
    source: str | None  # of the rule
    if_nobody_acts: list[str]


class Guarantee(msgspec.Struct):
    """One published rule of the legal guarantee."""

    rule_id: str
    since: str
    country: str  # "*" for any other
    category: str  # "*" for any other
    liable_months: int
    presumed_months: int
    source: str


class Ground(msgspec.Struct):
    """Why a lower price or the end of the contract may come first."""

    code: str
    explanation: str


class GuaranteePolicy(msgspec.Struct):
    """The legal guarantee as it counts here."""

    in_force: str  # a rule's id, for any category
    rules: list[Guarantee]
    remedies: list[str]
    grounds: list[Ground]


class ClaimFile(msgspec.Struct):
    """Where a file of a claim can be read for a while."""

    url: str
    expires_in_seconds: int


def aftersales_quote_to_wire(quote: Quote, locale: str) -> AftersalesQuote:
    """Show how an exchange or a claim would go."""
    claim = quote.first_state != ASKED
    path = [quote.first_state, *([OFFERED, REFUSED] if claim else []), *(each for each in SWAP_STATES if each != ASKED)]
    return AftersalesQuote(
        order_id=quote.order_id,
        kind=quote.kind,
        currency=quote.currency,
        lines=[QuotedLine.of(each) for each in quote.lines],
        refund_minor=quote.refund_minor,
        return_shipping_paid_by=quote.return_cost,
        answer_by=_moment(quote.answer_by),
        send_by=_moment(quote.send_by),
        replaced_by=_moment(quote.replaced_by),
        refund_by=to_text(quote.refund_by),
        in_stock=quote.in_stock,
        remedies=list(REMEDIES) if claim else [],
        presumed_until=_moment(quote.presumed_until),
        liable_until=_moment(quote.liable_until),
        source=quote.guarantee.source if quote.guarantee else None,
        if_nobody_acts=[text for text in (silence_of(state, locale) for state in path) if text],
    )


def _moment(at: datetime | None) -> str | None:
    return to_text(at) if at else None


def guarantee_to_wire(country: str, on: date, locale: str) -> GuaranteePolicy:
    """Show every rule, and which one counts on a day."""
    found = guarantee_for(country, "", on)
    rules = [
        Guarantee(
            each.rule_id,
            each.since.isoformat(),
            each.country,
            each.category,
            each.liable_months,
            each.presumed_months,
            each.source,
        )
        for each in GUARANTEES
    ]
    grounds = [Ground(code, words[locale == "es"]) for code, words in GROUNDS.items()]
    return GuaranteePolicy(found.rule_id, rules, list(REMEDIES), grounds)


def file_to_wire(found: Download) -> ClaimFile:
    """Show where a file is."""
    return ClaimFile(found.url, found.expires_in_seconds)
