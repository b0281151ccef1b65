"""Move a return along: the one place that turns a transition into writes, with the money that it gives back."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Write
from marketplace.orders.model import SELLER, SYSTEM, Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.orders.timers import Timers
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payments.refund_model import Cause, RefundLine
from marketplace.returns.errors import ReturnRefused
from marketplace.returns.model import Head, Outcome, Return, Step
from marketplace.returns.ports import RefundDesk, ReturnRows
from marketplace.returns.process import Does, Transition, deadline, named
from marketplace.returns.rules import left_minor

_KEEPS = frozenset({Outcome.REFUNDED, Outcome.NOTHING_LEFT})  # the pieces are back for good


class Steps:
    """Plans steps; whoever asked commits them, together with what else belongs to the same fact."""

    def __init__(
        self,
        *,
        clock: Clock,
        timers: Timers,
        rows: ReturnRows,
        orders: Orders,
        refunds: RefundDesk,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._timers = timers
        self._rows = rows
        self._orders = orders
        self._refunds = refunds
        self._outbox = outbox

    def plan(
        self, before: Return, name: str, actor: str, *, by: str = "", **changes: Any
    ) -> tuple[Return, list[Write]]:
        """Plan the step that `name` means for this return now.

        Raises: ReturnRefused; and, where money goes back, what a refund raises.
        """
        transition = named(before.state, name, actor)
        if transition is None:
            raise ReturnRefused(state=before.state, transition=name)
        now = self._clock.now()
        moved = replace(
            before,
            state=transition.target,
            step=before.step + 1,
            entered_at=now,
            due_at=deadline(transition.target, now),
            log=(*before.log, Step(name, transition.target, actor, now, by)),
            **changes,
        )
        if transition.outcome is None:
            return moved, [self._rows.move(before, moved), self._outbox.publish(told(moved, now))]
        return self._end(before, moved, transition, now)

    def _end(self, before: Return, moved: Return, transition: Transition, now: datetime) -> tuple[Return, list[Write]]:
        order, head = self._order(before.order_id), self._rows.head(before.order_id)
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
        if amount_minor <= 0:
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
            cause=Cause.RETURNED,
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
        return replace(
            head,
            revision=head.revision + 1,
            open_count=head.open_count - 1,
            open_minor=head.open_minor - ended.quoted_minor,
            taken={listing_id: count for listing_id, count in taken.items() if count},
            due_at=self._goes_on_at(ended, order, now) if last else head.due_at,
        )

    def _goes_on_at(self, ended: Return, order: Order, now: datetime) -> datetime:
        """Say when the order goes on: a return that came to nothing leaves the buyer the whole inspection time."""
        if ended.outcome in _KEEPS or order.delivered_at is None:
            return now
        name = "inspection_private" if order.seller_kind == "private" else "inspection_trader"
        return max(now, order.delivered_at + self._timers.length(name))

    def _order(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order


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
