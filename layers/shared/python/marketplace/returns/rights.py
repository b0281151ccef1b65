"""What a buyer can do with what arrived, said before anything is pressed: what comes back, until when, who bears what.

Pure, and made of the rules that decide later (rules.py, conformity.py), so that what is shown is what happens
(tests/unit/returns/test_rights.py plays each against what was said). What earlier returns took is not looked at: where
there were any, the amounts are the most that can come back, and the quotes of each kind are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.catalog.promises import SELLER_PAYS
from marketplace.orders.model import GOODS, Line, Order
from marketplace.returns.conformity import TRADER, guarantee_for, months_after
from marketplace.returns.model import ReturnKind
from marketplace.returns.process import SEND_DAYS, refund_days
from marketplace.returns.process_claims import CLAIM_ANSWER_DAYS, OFFER_DAYS
from marketplace.returns.process_swaps import (
    ARRIVAL_DAYS,
    EXCHANGE_ANSWER_DAYS,
    PROOF_DAYS,
    REPLACE_DAYS,
    SWAP_RECEIPT_DAYS,
    SWAP_SEND_DAYS,
)
from marketplace.returns.rules import ground, left_minor, returns_until, why_not, withdrawal_until

_SWAP_DAYS = SWAP_SEND_DAYS + SWAP_RECEIPT_DAYS + REPLACE_DAYS  # until something was sent for the goods
_NEXT = timedelta(microseconds=1)
_PROOF_DAYS = ARRIVAL_DAYS + PROOF_DAYS  # until it counts as never arrived


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that the buyer can do. Days count from asking, and are the most, a contested deduction aside."""

    kind: str
    listing_ids: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    is_estimate: bool  # hangs on a delivery that has not happened
    refund_minor: int  # what comes back when it ends in money
    return_cost: str  # who pays for sending it back; "nobody" where nothing travels
    answer_days: int | None  # of the seller
    send_days: int | None  # of the buyer
    replace_days: int | None  # until something is sent for it
    refund_days: int


def rights_of(order: Order, country: str, arrives: datetime) -> tuple[Right, ...]:
    """Return what the buyer can do; `arrives` is when the goods came, or are to come.

    Nothing for an order that ended without anything left to give back.
    """
    seen = replace(order, delivered_at=order.delivered_at or arrives)
    return tuple(each for each in _all(seen, country, order.delivered_at is None) if each.refund_minor > 0)


def _all(order: Order, country: str, is_estimate: bool) -> Iterator[Right]:
    at = order.delivered_at or order.placed_at
    grounds = {line: ground(order, line, at) for line in order.lines if why_not(order, line, at) is None}
    lines = tuple(grounds)
    lawful = tuple(line for line in lines if grounds[line] == ReturnKind.WITHDRAWAL)
    if lawful:
        ends = min(filter(None, (withdrawal_until(order, line) for line in lawful)))
        yield replace(_back(ReturnKind.WITHDRAWAL, order, lawful, is_estimate), closes_at=ends)
    yield from _favours(order, lines, is_estimate)
    if lines and order.fulfilment == GOODS:
        exchange = replace(_back(ReturnKind.EXCHANGE, order, lines, is_estimate), answer_days=EXCHANGE_ANSWER_DAYS)
        swapped = EXCHANGE_ANSWER_DAYS + _SWAP_DAYS
        yield replace(
            exchange,
            send_days=EXCHANGE_ANSWER_DAYS + SWAP_SEND_DAYS,
            replace_days=swapped,
            refund_days=swapped + _PROOF_DAYS,
        )
    if order.seller_kind == TRADER and order.fulfilment == GOODS:
        yield _claim(order, country, is_estimate)


def _favours(order: Order, lines: tuple[Line, ...], is_estimate: bool) -> Iterator[Right]:
    """Return what the offer gives beyond the law: of other lines, or of the same ones for longer."""
    lawful = [until for line in lines if (until := withdrawal_until(order, line))]
    longer = tuple(line for line in lines if returns_until(order, line) != withdrawal_until(order, line))
    if longer:
        given = _back(ReturnKind.RETURN, order, longer, is_estimate)
        yield replace(given, opens_at=max(lawful) + _NEXT) if lawful else given


def _back(kind: str, order: Order, lines: tuple[Line, ...], is_estimate: bool) -> Right:
    travels = order.fulfilment == GOODS
    ends = [until for line in lines if (until := returns_until(order, line))]
    # One parcel: the seller pays for it when any of its lines says so.
    pays = next((line.return_cost for line in lines if line.return_cost == SELLER_PAYS), lines[0].return_cost)
    return Right(
        kind,
        tuple(line.listing_id for line in lines),
        order.delivered_at or order.placed_at,
        min(ends),
        is_estimate,
        min(sum(line.total_minor for line in lines), left_minor(order)),
        pays if travels else "nobody",
        None,
        SEND_DAYS if travels else None,
        None,
        refund_days(kind, travels=travels),
    )


def _claim(order: Order, country: str, is_estimate: bool) -> Right:
    begins = order.delivered_at or order.placed_at
    rules = [guarantee_for(country, line.category, order.placed_at.date()) for line in order.lines]
    agreed = CLAIM_ANSWER_DAYS + OFFER_DAYS
    return Right(
        ReturnKind.CLAIM,
        tuple(line.listing_id for line in order.lines),
        begins,
        months_after(begins, min(rule.liable_months for rule in rules)),
        is_estimate,
        min(sum(line.total_minor for line in order.lines), left_minor(order)),
        SELLER_PAYS,
        CLAIM_ANSWER_DAYS,
        agreed + SWAP_SEND_DAYS,
        agreed + _SWAP_DAYS,
        agreed + _SWAP_DAYS + _PROOF_DAYS,
    )
