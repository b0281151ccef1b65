"""A return that both sides of a dispute agreed on: what they settled for is refunded once the goods are back.

It is a return like any other from there on: the buyer sends in time or the agreement comes to nothing, the seller's
silence refunds, a deduction can be contested. Returns that were open before end with it: one agreement counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from marketplace.catalog.promises import SELLER_PAYS
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.orders.model import GOODS, SYSTEM, Order
from marketplace.outbox.ports import Outbox
from marketplace.returns.errors import NothingToSendBack
from marketplace.returns.model import Head, Return, ReturnKind, ReturnLine, Step
from marketplace.returns.ports import ReturnRows
from marketplace.returns.process import APPROVED, Stocked, Transition, deadline, named
from marketplace.returns.steps import opened_head, told


class Restocking(Protocol):
    """What is on sale, as agreed returns see it."""

    def restock(self, listing_id: str, quantity: int) -> Write: ...


class AgreedReturns:
    """Opens returns that a settlement asks for."""

    def __init__(self, *, clock: Clock, rows: ReturnRows, stock: Restocking, outbox: Outbox) -> None:
        self._clock = clock
        self._rows = rows
        self._stock = stock
        self._outbox = outbox

    def check(self, order: Order) -> None:
        """Refuse a return of what does not travel, or of what is back already.

        Raises: NothingToSendBack.
        """
        _lines(order, self._settling(order.order_id)[1].taken)

    def plan(self, order: Order, refund_minor: int, return_id: str, by: str) -> list[Write]:
        """Return the writes that open the return; whoever agreed commits them with the order's move to `return_open`.

        Raises: NothingToSendBack.
        """
        now = self._clock.now()
        head, left, ending = self._settling(order.order_id)
        writes = self._freed(ending) + [write for each, way in ending for write in self._end(each, way, now)]
        made = Return(
            return_id=return_id,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            kind=ReturnKind.AGREED,
            lines=_lines(order, left.taken),
            quoted_minor=refund_minor,
            currency=order.currency,
            return_cost=SELLER_PAYS,
            reason="",
            state=APPROVED,
            step=0,
            requested_at=now,
            entered_at=now,
            due_at=deadline(APPROVED, now),
            log=(Step("agree", APPROVED, by, now),),
        )
        kept = replace(opened_head(left, made), revision=head.revision + 1)
        opened = [self._rows.open(made), self._rows.keep(head, kept), self._outbox.publish(told(made, now))]
        return [*opened, *writes]

    def beside(self, order: Order) -> tuple[Order, list[Write]]:
        """Return the order with whether something of it is being returned, and the writes that hold it to that."""
        head = self._rows.head(order.order_id)
        unmoved = [self._rows.keep(head, replace(head, revision=head.revision + 1))] if head.revision else []
        return replace(order, returning=head.open_count > 0), unmoved

    def _settling(self, order_id: str) -> tuple[Head, Head, list[tuple[Return, Transition]]]:
        """Return what an order's returns took, what they still take once this settlement has ended them, and which."""
        head = self._rows.head(order_id)
        before = [each for each in self._rows.read_many(head.return_ids) if not each.is_over]
        ending = [(each, way) for each in before if (way := named(each.state, "supersede", SYSTEM))]
        left = head
        for each, _ in ending:
            left = _without(left, each)
        return head, left, ending

    def _end(self, before: Return, way: Transition, now: datetime) -> list[Write]:
        after = replace(
            before,
            state=way.target,
            step=before.step + 1,
            entered_at=now,
            due_at=None,
            outcome=str(way.outcome),
            log=(*before.log, Step(way.name, way.target, SYSTEM, now)),
            reserved=before.reserved and not _frees(before, way),
        )
        return [self._rows.move(before, after), self._outbox.publish(told(after, now))]

    def _freed(self, ending: Sequence[tuple[Return, Transition]]) -> list[Write]:
        """Return the writes that put on sale again what was set aside to replace what comes back."""
        counts: dict[str, int] = {}
        for line in (line for each, way in ending if _frees(each, way) for line in each.lines):
            counts[line.listing_id] = counts.get(line.listing_id, 0) + line.quantity
        return [self._stock.restock(listing_id, count) for listing_id, count in counts.items()]


def _lines(order: Order, taken: Mapping[str, int]) -> tuple[ReturnLine, ...]:
    """Return every piece of the order that is not back yet: the agreement is about all of them."""
    if order.fulfilment != GOODS:
        raise NothingToSendBack
    left = ((line, line.quantity - taken.get(line.listing_id, 0)) for line in order.lines)
    lines = tuple(ReturnLine(line.listing_id, count, count * line.unit_minor) for line, count in left if count > 0)
    if not lines:
        raise NothingToSendBack
    return lines


def _frees(before: Return, way: Transition) -> bool:
    return before.reserved and way.stock is Stocked.FREE


def _without(head: Head, ended: Return) -> Head:
    taken = dict(head.taken)
    for line in ended.lines:
        taken[line.listing_id] = taken.get(line.listing_id, 0) - line.quantity
    return replace(
        head,
        open_count=head.open_count - 1,
        open_minor=head.open_minor - ended.quoted_minor,
        taken={listing_id: count for listing_id, count in taken.items() if count},
    )
