"""What may be returned, what is refunded for it, and until when: shown before anything is pressed, then done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from marketplace.catalog.promises import SELLER_PAYS, WITHDRAWAL_DAYS
from marketplace.kit.periods import last_moment, last_moment_of
from marketplace.orders.model import GOODS, Line, Order
from marketplace.orders.process import Kind
from marketplace.orders.rules import process_of
from marketplace.returns.conformity import Guarantee, guarantee_for, months_after, why_no_claim
from marketplace.returns.errors import AlreadyReturned, ClaimNotAllowed, ReturnLinesInvalid, ReturnNotAllowed
from marketplace.returns.model import Head, ReturnKind, ReturnLine, Wanted
from marketplace.returns.process import APPROVED, AWAITING, SEND_DAYS, refund_days
from marketplace.returns.process_claims import CLAIM_ANSWER_DAYS, CLAIMED, CLAIMED_LATE, OFFER_DAYS
from marketplace.returns.process_swaps import (
    ARRIVAL_DAYS,
    ASKED,
    EXCHANGE_ANSWER_DAYS,
    MISSING_DAYS,
    PROOF_DAYS,
    REPLACE_DAYS,
    SWAP_RECEIPT_DAYS,
    SWAP_SEND_DAYS,
)

_TO_REPLACE_DAYS = SWAP_RECEIPT_DAYS + MISSING_DAYS + REPLACE_DAYS  # at the latest
TRADER = "trader"
UNINFORMED_MONTHS = 12  # Directive 2011/83/EU, article 10(1)
IN_TIME = datetime.min.replace(tzinfo=UTC)  # told with the contract
OPENABLE = frozenset({"delivered", "return_open", "held"})

# The clause of Directive 2011/83/EU, article 16, behind each exception of catalog/promises.py.
CLAUSES: Mapping[str, str] = {
    "made_to_order": "16(c)",
    "perishable": "16(d)",
    "sealed_for_hygiene": "16(e)",
    "sealed_recording": "16(i)",
    "newspaper": "16(j)",
    "performed_with_consent": "16(a)",
    "dated_leisure": "16(l)",
    "begun_with_consent": "16(m)",
}


@dataclass(frozen=True, slots=True)
class LineQuote:
    """One line of a quote."""

    line: ReturnLine
    kind: str
    return_cost: str
    until: datetime  # when the right to give it back ends


@dataclass(frozen=True, slots=True)
class Quote:
    """What a return would come to."""

    order_id: str
    kind: str
    lines: tuple[LineQuote, ...]
    goods_minor: int
    earlier_minor: int  # taken off, as that much was given back before or is quoted elsewhere
    refund_minor: int
    currency: str
    return_cost: str
    first_state: str
    send_by: datetime | None
    refund_by: datetime
    answer_by: datetime | None = None  # of the seller, to an exchange or a claim
    replaced_by: datetime | None = None  # when what is exchanged or mended has been sent at the latest
    guarantee: Guarantee | None = None  # of a claim
    liable_until: datetime | None = None
    presumed_until: datetime | None = None
    in_stock: bool | None = None  # of an exchange: None where it was not looked at

    @property
    def return_lines(self) -> tuple[ReturnLine, ...]:
        return tuple(each.line for each in self.lines)


def left_minor(order: Order) -> int:
    """Return what of an order's money can still be given back."""
    over = process_of(order).states[order.state].kind is Kind.END
    return order.seller_left_minor if over else order.left_minor


def is_openable(order: Order) -> bool:
    """Say whether a return can begin now: it arrived, and nobody else decides about its money."""
    if order.delivered_at is None:
        return False
    over = process_of(order).states[order.state].kind is Kind.END
    return order.state in OPENABLE or (over and order.award is not None and order.seller_left_minor > 0)


def withdrawal_until(order: Order, line: Line, informed_at: datetime | None = IN_TIME) -> datetime | None:
    """Return when the law's right to withdraw ends; None where there is none, or it has not begun.

    Goods count from their delivery, anything else from the contract (Directive 2011/83/EU, article 9(2)). Who was not
    told of the right on a durable medium has twelve months more, or fourteen days from being told (article 10). Days
    count whole, and the last one is a working day (its recital 41; kit/periods.py).
    """
    begins = order.delivered_at if order.fulfilment == GOODS else order.placed_at
    if begins is None or order.seller_kind != TRADER or line.no_withdrawal:
        return None
    usual = last_moment(begins, WITHDRAWAL_DAYS)
    # The last moment of a day is on the same day in UTC.
    extended = last_moment_of(months_after(usual, UNINFORMED_MONTHS).date())
    if informed_at is None:
        return extended
    return max(usual, min(extended, last_moment(max(informed_at, order.placed_at), WITHDRAWAL_DAYS)))


def returns_until(order: Order, line: Line, informed_at: datetime | None = IN_TIME) -> datetime | None:
    """Return when the right to give a line back ends, by law or by the listing's terms; None where there is none."""
    lawful = withdrawal_until(order, line, informed_at)
    begins = order.delivered_at if order.fulfilment == GOODS else order.placed_at
    if begins is None or not line.return_days:
        return lawful
    promised = last_moment(begins, line.return_days)
    return max(promised, lawful) if lawful else promised


def ground(order: Order, line: Line, at: datetime, informed_at: datetime | None = IN_TIME) -> str:
    """Say whether giving a line back at `at` is the law's right or the listing's favour."""
    until = withdrawal_until(order, line, informed_at)
    return ReturnKind.WITHDRAWAL if until is not None and at <= until else ReturnKind.RETURN


def why_not(order: Order, line: Line, at: datetime, informed_at: datetime | None = IN_TIME) -> str | None:
    """Say why a line cannot be given back at `at`; None when it can."""
    until = returns_until(order, line, informed_at)
    if until is not None and at <= until:
        return None
    if until is None:
        return line.no_withdrawal or ("not_offered" if order.delivered_at else "not_delivered")
    return "too_late"


def quote(
    order: Order,
    head: Head,
    wanted: tuple[Wanted, ...],
    at: datetime,
    now: datetime,
    informed_at: datetime | None = IN_TIME,
) -> Quote:
    """Calculate a return that was declared at `at`; `informed_at` is when the buyer was told of their right.

    Raises: ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned.
    """
    lines = tuple(_line(order, head, each, place, at, informed_at) for place, each in enumerate(wanted))
    goods_minor, refund_minor = _amounts(order, head, wanted, lines)
    travels = order.fulfilment == GOODS
    all_lawful = all(each.kind == ReturnKind.WITHDRAWAL for each in lines)
    kind = ReturnKind.WITHDRAWAL if all_lawful else ReturnKind.RETURN
    return Quote(
        order.order_id,
        kind,
        lines,
        goods_minor,
        goods_minor - refund_minor,
        refund_minor,
        order.currency,
        # One parcel: the seller pays for it when any of its lines says so.
        next((each.return_cost for each in lines if each.return_cost == SELLER_PAYS), lines[0].return_cost),
        APPROVED if travels else AWAITING,
        now + timedelta(days=SEND_DAYS) if travels else None,
        now + timedelta(days=refund_days(kind, travels=travels)),
    )


def quote_exchange(
    order: Order, head: Head, wanted: tuple[Wanted, ...], now: datetime, informed_at: datetime | None = IN_TIME
) -> Quote:
    """Calculate an exchange: the right to it is the right to give back, and so is what becomes of it if it fails.

    Raises: as `quote`; ReturnNotAllowed for what does not travel.
    """
    if order.fulfilment != GOODS:
        raise ReturnNotAllowed(reason="not_goods")
    priced, answered = quote(order, head, wanted, now, now, informed_at), EXCHANGE_ANSWER_DAYS
    sent = answered + SWAP_SEND_DAYS
    return replace(
        priced,
        kind=ReturnKind.EXCHANGE,
        first_state=ASKED,
        answer_by=now + timedelta(days=answered),
        send_by=now + timedelta(days=sent),
        replaced_by=now + timedelta(days=sent + _TO_REPLACE_DAYS),
        refund_by=now + timedelta(days=sent + _TO_REPLACE_DAYS + ARRIVAL_DAYS + PROOF_DAYS),
    )


def quote_claim(order: Order, head: Head, wanted: Wanted, country: str, now: datetime) -> Quote:
    """Calculate a claim: the most that can come back for it, and by when.

    Raises: ReturnLinesInvalid; ClaimNotAllowed; AlreadyReturned.
    """
    line = _bought(order, head, wanted, 0)
    rule = guarantee_for(country, line.category, order.placed_at.date())
    why = why_no_claim(order, rule, now)
    if why or order.delivered_at is None:
        raise ClaimNotAllowed(reason=why or "not_delivered", listing_id=line.listing_id)
    liable_until = months_after(order.delivered_at, rule.liable_months)
    presumed_until = months_after(order.delivered_at, rule.presumed_months)
    part = ReturnLine(line.listing_id, wanted.quantity, _price(head, line, wanted.quantity))
    lines = (LineQuote(part, ReturnKind.CLAIM, SELLER_PAYS, liable_until),)
    goods_minor, refund_minor = _amounts(order, head, (wanted,), lines)
    agreed = CLAIM_ANSWER_DAYS + OFFER_DAYS
    sent = agreed + SWAP_SEND_DAYS
    return Quote(
        order.order_id,
        ReturnKind.CLAIM,
        lines,
        goods_minor,
        goods_minor - refund_minor,
        refund_minor,
        order.currency,
        SELLER_PAYS,  # Directive (EU) 2019/771, article 14(1)(a) and 16(3)(a)
        CLAIMED if now <= presumed_until else CLAIMED_LATE,
        now + timedelta(days=sent),
        now + timedelta(days=sent + _TO_REPLACE_DAYS + ARRIVAL_DAYS + PROOF_DAYS),
        now + timedelta(days=CLAIM_ANSWER_DAYS),
        now + timedelta(days=sent + _TO_REPLACE_DAYS),
        rule,
        liable_until,
        presumed_until,
    )


def _amounts(order: Order, head: Head, wanted: tuple[Wanted, ...], lines: tuple[LineQuote, ...]) -> tuple[int, int]:
    """Return what the goods cost, and what of it can be given back."""
    if not lines or len({each.listing_id for each in wanted}) != len(wanted):
        raise ReturnLinesInvalid(fields={"lines": "one_line_a_listing"})
    goods_minor = sum(each.line.amount_minor for each in lines)
    refund_minor = min(goods_minor, max(0, left_minor(order) - head.open_minor))
    if not refund_minor:
        raise ReturnNotAllowed(reason="nothing_left")
    return goods_minor, refund_minor


def _line(
    order: Order, head: Head, wanted: Wanted, place: int, at: datetime, informed_at: datetime | None
) -> LineQuote:
    line = _bought(order, head, wanted, place)
    reason, until = why_not(order, line, at, informed_at), returns_until(order, line, informed_at)
    if reason or until is None:
        why = reason or "not_offered"
        clause = {"clause": CLAUSES[why]} if why in CLAUSES else {}
        raise ReturnNotAllowed(reason=why, listing_id=line.listing_id, **clause)  # type: ignore[arg-type]
    part = ReturnLine(line.listing_id, wanted.quantity, _price(head, line, wanted.quantity))
    return LineQuote(part, ground(order, line, at, informed_at), line.return_cost, until)


def _bought(order: Order, head: Head, wanted: Wanted, place: int) -> Line:
    line = next((each for each in order.lines if each.listing_id == wanted.listing_id), None)
    if line is None or not 1 <= wanted.quantity <= line.quantity:
        raise ReturnLinesInvalid(fields={f"lines[{place}]": "not_in_the_order"})
    if head.taken.get(line.listing_id, 0) + wanted.quantity > line.quantity:
        raise AlreadyReturned(listing_id=line.listing_id, left=line.quantity - head.taken.get(line.listing_id, 0))
    return line


def _price(head: Head, line: Line, quantity: int) -> int:
    """Return what some pieces cost: with the last ones goes what their price was reduced by before."""
    there = line.quantity - head.taken.get(line.listing_id, 0)
    return max(0, min(quantity * line.unit_minor, there * line.unit_minor - head.reduced.get(line.listing_id, 0)))


__all__ = [
    "Quote",
    "Wanted",
    "ground",
    "is_openable",
    "left_minor",
    "quote",
    "quote_claim",
    "quote_exchange",
    "returns_until",
    "why_not",
]
