"""Move a return along: the one place that turns a transition into writes, with the money that it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.catalog.model import LIVE, Listing
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Write
from marketplace.orders.model import SELLER, SYSTEM, Order, OrderMissing
from marketplace.orders.ports import Orders, Stock
from marketplace.orders.rules import is_over
from marketplace.orders.timers import Timers
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payments.refund_model import Cause, RefundLine
from marketplace.returns.errors import ReplacementOutOfStock, ReturnRefused
from marketplace.returns.model import Head, Outcome, Return, ReturnKind, ReturnLine, Step
from marketplace.returns.overruled import is_overruled
from marketplace.returns.ports import RefundDesk, ReturnRows
from marketplace.returns.process import Does, Stocked, Transition, due_at, named
from marketplace.returns.rules import left_minor

_KEEPS = frozenset({Outcome.REFUNDED, Outcome.NOTHING_LEFT})  # the pieces are back for good
_SETTLED = _KEEPS | {Outcome.REDUCED}  # the buyer has had their money: nothing more to look at


class Steps:
    """Plans steps; whoever asked commits them, together with what else belongs to the same fact."""

    def __init__(
        self,
        *,
        clock: Clock,
        timers: Timers,
        rows: ReturnRows,
        orders: Orders,
        stock: Stock,
        refunds: RefundDesk,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._timers = timers
        self._rows = rows
        self._orders = orders
        self._stock = stock
        self._refunds = refunds
        self._outbox = outbox

    def plan(
        self, before: Return, name: str, actor: str, *, by: str = "", **changes: Any
    ) -> tuple[Return, list[Write]]:
        """Plan the step that `name` means for this return now.

        Raises: ReturnRefused; ReplacementOutOfStock; and, where money goes back, what a refund raises.
        """
        transition = named(before.state, name, actor)
        if transition is None:
            raise ReturnRefused(state=before.state, transition=name)
        # Read once: what decides whether a decision overruled the return is what its refund is a condition on.
        order = self._order(before.order_id) if transition.outcome is not None else None
        if order and transition.does is Does.REFUND and self._is_overruled(before, order):
            transition = named(before.state, "supersede", SYSTEM) or transition
        now = self._clock.now()
        reserved, moved_stock = self._moved_stock(before, transition)
        moved = replace(
            before,
            state=transition.target,
            step=before.step + 1,
            entered_at=now,
            due_at=_due_at(before, transition, now),
            log=(*before.log, Step(name, transition.target, actor, now, by)),
            reserved=reserved,
            **{"proposal_id": "", **changes},  # what was proposed for the state before is overtaken
        )
        if order is None:
            moves = [self._rows.move(before, moved), self._outbox.publish(told(moved, now))]
            return moved, [*moves, *moved_stock]
        after, writes = self._end(before, moved, transition, order, now)
        return after, [*writes, *moved_stock]

    def _is_overruled(self, before: Return, order: Order) -> bool:
        """Say whether a dispute's decision has divided the order's money meanwhile: then nothing follows from it."""
        return is_over(order) and is_overruled(before, order, self._orders.moves(before.order_id))

    def _moved_stock(self, before: Return, transition: Transition) -> tuple[bool, list[Write]]:
        """Return whether pieces are out of what is on sale for this return, and the writes that take or give them."""
        if transition.stock is Stocked.FREE and before.reserved:
            return False, [self._stock.restock(line.listing_id, line.quantity) for line in before.lines]
        if transition.stock is not Stocked.RESERVE:
            return before.reserved, []
        there = self._stock.read_many([line.listing_id for line in before.lines])
        if not in_stock(before.lines, there):
            raise ReplacementOutOfStock
        return True, [self._stock.reserve(there[line.listing_id], line.quantity) for line in before.lines]

    def _end(
        self, before: Return, moved: Return, transition: Transition, order: Order, now: datetime
    ) -> tuple[Return, list[Write]]:
        head = self._rows.head(before.order_id)
        after = replace(moved, outcome=str(transition.outcome))
        writes: list[Write] = []
        if transition.does is Does.REFUND:
            after, writes = self._refunded(after, order)
        kept = self._without(head, after, order, now)
        return after, [
            self._rows.move(before, after),
            self._rows.keep(head, kept),
            *writes,
            self._outbox.publish(told(after, now)),
        ]

    def _refunded(self, after: Return, order: Order) -> tuple[Return, list[Write]]:
        """Give back what was quoted, less the deduction: never more than is left when others gave back meanwhile."""
        amount_minor = min(after.payable_minor, left_minor(order))
        if amount_minor <= 0:  # a reduction is never nothing
            outcome = Outcome.NOTHING_LEFT if after.payable_minor else Outcome.REFUNDED
            return replace(after, outcome=str(outcome)), []
        refund_id = derived_id("ref", after.return_id)
        writes = self._refunds.request(
            order,
            amount_minor,
            reason=after.kind,
            actor=SELLER,
            refund_id=refund_id,
            requested_by=SYSTEM,
            cause=Cause.FAULT if after.kind == ReturnKind.CLAIM else Cause.RETURNED,
            lines=[RefundLine(line.listing_id, line.quantity) for line in after.lines],
        )
        return replace(after, refund_id=refund_id, refund_minor=amount_minor), writes

    def _without(self, head: Head, ended: Return, order: Order, now: datetime) -> Head:
        """Return the head after a return ended; the last one of an order lets it go on."""
        taken = dict(head.taken)
        if ended.outcome not in _KEEPS:
            for line in ended.lines:
                taken[line.listing_id] = taken.get(line.listing_id, 0) - line.quantity
        last = head.open_count == 1
        reduced = dict(head.reduced)
        if ended.outcome == Outcome.REDUCED:
            reduced[ended.lines[0].listing_id] = reduced.get(ended.lines[0].listing_id, 0) + ended.refund_minor
        rejected = dict(head.rejected)
        if ended.log[-1].name == "decide_rejection":
            listing_id = ended.lines[0].listing_id
            rejected[listing_id] = (*rejected.get(listing_id, ()), ended.return_id)
        return replace(
            head,
            reduced=reduced,
            rejected=rejected,
            revision=head.revision + 1,
            open_count=head.open_count - 1,
            open_minor=head.open_minor - ended.quoted_minor,
            taken={listing_id: count for listing_id, count in taken.items() if count},
            due_at=self._goes_on_at(ended, order, now) if last else head.due_at,
        )

    def _goes_on_at(self, ended: Return, order: Order, now: datetime) -> datetime:
        """Say when the order goes on: a return that came to nothing leaves the buyer the whole inspection time.

        What came for the returned goods can be looked at for as long as those could.
        """
        if ended.outcome in _SETTLED or order.delivered_at is None:
            return now
        name = "inspection_private" if order.seller_kind == "private" else "inspection_trader"
        begins = now if ended.outcome == Outcome.REPLACED else order.delivered_at
        return max(now, begins + self._timers.length(name))

    def _order(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order


def in_stock(lines: Sequence[ReturnLine], there: Mapping[str, Listing]) -> bool:
    """Say whether what is on sale replaces these pieces."""
    found = [(line, there.get(line.listing_id)) for line in lines]
    return all(each and each.state == LIVE and each.stock >= line.quantity for line, each in found)


def _due_at(before: Return, transition: Transition, now: datetime) -> datetime | None:
    due = due_at(before.kind, transition.target, before.requested_at, now)
    return min(due, before.due_at) if transition.hastens and due and before.due_at else due


def told(after: Return, now: datetime) -> Event:
    """Make the news of a return's present state."""
    due = {"due_at": to_text(after.due_at)} if after.due_at else {}
    return event(
        f"return.{after.outcome or after.state}",
        after.return_id,
        now,
        once=str(after.step),
        order_id=after.order_id,
        buyer_id=after.buyer_id,
        seller_id=after.seller_id,
        refund_minor=after.refund_minor if after.is_over else after.payable_minor,
        currency=after.currency,
        **due,
    )


def opened_head(head: Head, made: Return) -> Head:
    """Return the head with one more open return."""
    taken = dict(head.taken)
    for line in made.lines:
        taken[line.listing_id] = taken.get(line.listing_id, 0) + line.quantity
    return replace(
        head,
        revision=head.revision + 1,
        open_count=head.open_count + 1,
        open_minor=head.open_minor + made.quoted_minor,
        taken=taken,
        return_ids=(*head.return_ids, made.return_id),
        due_at=None,
    )
