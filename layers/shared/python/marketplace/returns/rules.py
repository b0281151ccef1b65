"""What may be returned, what is refunded for it, and until when: shown before anything is pressed, then done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.catalog.promises import SELLER_PAYS, WITHDRAWAL_DAYS
from marketplace.orders.model import GOODS, Line, Order
from marketplace.orders.process import Kind
from marketplace.orders.rules import process_of
from marketplace.returns.errors import AlreadyReturned, ReturnLinesInvalid, ReturnNotAllowed
from marketplace.returns.model import Head, ReturnKind, ReturnLine, Wanted
from marketplace.returns.process import APPROVED, AWAITING, RECEIPT_DAYS, SEND_DAYS

TRADER = "trader"
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


def returns_until(order: Order, line: Line) -> datetime | None:
    """Return when the right to give a line back ends; None where there is no such right, or it has not begun.

    Goods count from their delivery, anything else from the contract (Directive 2011/83/EU, article 9(2)).
    """
    begins = order.delivered_at if order.fulfilment == GOODS else order.placed_at
    if begins is None or not line.return_days:
        return None
    return begins + timedelta(days=line.return_days)


def ground(order: Order, line: Line, at: datetime) -> str:
    """Say whether giving a line back at `at` is the law's right or the listing's favour."""
    begins = (order.delivered_at if order.fulfilment == GOODS else order.placed_at) or at
    lawful = order.seller_kind == TRADER and not line.no_withdrawal
    in_time = at <= begins + timedelta(days=WITHDRAWAL_DAYS)
    return ReturnKind.WITHDRAWAL if lawful and in_time else ReturnKind.RETURN


def why_not(order: Order, line: Line, at: datetime) -> str | None:
    """Say why a line cannot be given back at `at`; None when it can."""
    until = returns_until(order, line)
    if until is not None and at <= until:
        return None
    if until is None:
        return line.no_withdrawal or ("not_offered" if order.delivered_at else "not_delivered")
    return "too_late"


def quote(order: Order, head: Head, wanted: tuple[Wanted, ...], at: datetime, now: datetime) -> Quote:
    """Calculate a return that was declared at `at`.

    Raises: ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned.
    """
    lines = tuple(_line(order, head, each, place, at) for place, each in enumerate(wanted))
    if not lines or len({each.listing_id for each in wanted}) != len(wanted):
        raise ReturnLinesInvalid(fields={"lines": "one_line_a_listing"})
    goods_minor = sum(each.line.amount_minor for each in lines)
    refund_minor = min(goods_minor, max(0, left_minor(order) - head.open_minor))
    if not refund_minor:
        raise ReturnNotAllowed(reason="nothing_left")
    travels = order.fulfilment == GOODS
    all_lawful = all(each.kind == ReturnKind.WITHDRAWAL for each in lines)
    return Quote(
        order.order_id,
        ReturnKind.WITHDRAWAL if all_lawful else ReturnKind.RETURN,
        lines,
        goods_minor,
        goods_minor - refund_minor,
        refund_minor,
        order.currency,
        # One parcel: the seller pays for it when any of its lines says so.
        next((each.return_cost for each in lines if each.return_cost == SELLER_PAYS), lines[0].return_cost),
        APPROVED if travels else AWAITING,
        now + timedelta(days=SEND_DAYS) if travels else None,
        now + timedelta(days=RECEIPT_DAYS + (SEND_DAYS if travels else 0)),
    )


def _line(order: Order, head: Head, wanted: Wanted, place: int, at: datetime) -> LineQuote:
    line = next((each for each in order.lines if each.listing_id == wanted.listing_id), None)
    if line is None or not 1 <= wanted.quantity <= line.quantity:
        raise ReturnLinesInvalid(fields={f"lines[{place}]": "not_in_the_order"})
    if head.taken.get(line.listing_id, 0) + wanted.quantity > line.quantity:
        raise AlreadyReturned(listing_id=line.listing_id, left=line.quantity - head.taken.get(line.listing_id, 0))
    reason, until = why_not(order, line, at), returns_until(order, line)
    if reason or until is None:
        why = reason or "not_offered"
        clause = {"clause": CLAUSES[why]} if why in CLAUSES else {}
        raise ReturnNotAllowed(reason=why, listing_id=line.listing_id, **clause)  # type: ignore[arg-type]
    part = ReturnLine(line.listing_id, wanted.quantity, wanted.quantity * line.unit_minor)
    return LineQuote(part, ground(order, line, at), line.return_cost, until)


__all__ = ["Quote", "Wanted", "ground", "is_openable", "left_minor", "quote", "returns_until", "why_not"]
