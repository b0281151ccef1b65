"""Time for returns: what silence leads to, and letting an order go on when its last return has ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, DomainError, Unavailable
from marketplace.kit.writes import Transactions
from marketplace.orders.model import SYSTEM, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders, Screenings
from marketplace.orders.process import Kind
from marketplace.orders.rules import process_of
from marketplace.returns.model import Return
from marketplace.returns.ports import ReturnRows
from marketplace.returns.process import STATES
from marketplace.returns.process_claims import REFUSED
from marketplace.returns.rules import OPENABLE
from marketplace.returns.steps import Steps

POSTPONED = timedelta(hours=1)  # what cannot be refunded now is tried again


class ReturnClock:
    """Does what is overdue; safe to be told anything twice, late or out of order."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        rows: ReturnRows,
        orders: Orders,
        mover: Mover,
        steps: Steps,
        screenings: Screenings,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._orders = orders
        self._mover = mover
        self._steps = steps
        self._screenings = screenings

    def run(self, limit: int) -> int:
        """Do what is due, at most `limit`, and return how much was done; what fails is due again."""
        return sum(self._tried(name) for name in self._rows.due(self._clock.now(), limit))

    def _tried(self, name: str) -> bool:
        try:
            found = self._rows.read(name)
            return self._obey(found) if found else self.go_on(name)
        except DomainError:
            return False

    def go_on(self, order_id: str) -> bool:
        """Let an order whose last return has ended go on; not before the fraud rules have judged it.

        Raises: Unavailable.
        """
        head, now = self._rows.head(order_id), self._clock.now()
        if head.open_count or head.due_at is None or now < head.due_at:
            return False
        order = self._orders.read(order_id)
        writes = [self._rows.keep(head, replace(head, due_at=None, revision=head.revision + 1))]
        if order and order.state == "return_open":
            if not self._screenings.is_screened(order_id):
                return False
            writes += self._mover.plan(order, "returns_done", SYSTEM).writes
        try:
            self._tx.commit(writes)
        except Conflict:
            return False  # another return, a dispute or another run was faster
        return True

    def end_refused(self, order_id: str) -> bool:
        """End the claims that a seller refused where nothing else of the order is open, and let it go on.

        Say whether it does: what is still to be given back, or asked, is for a person to look at.
        """
        head = self._rows.head(order_id)
        running = [each for each in self._rows.read_many(head.return_ids) if not each.is_over]
        if any(each.state != REFUSED for each in running):
            return False
        try:
            for each in running:
                self._tx.commit(self._steps.plan(each, "refusal_stands", SYSTEM)[1])
            return self.go_on(order_id)
        except Conflict:
            return False  # somebody was faster, or a bank asks

    def _obey(self, found: Return) -> bool:
        wait = STATES[found.state]
        if wait is None or found.due_at is None or self._clock.now() < found.due_at:
            return False
        order = self._orders.read(found.order_id)
        name = "supersede" if order and _decided_elsewhere(order) else wait.transition
        try:
            after, writes = self._steps.plan(found, name, SYSTEM, **_AS_PUBLISHED.get(name, {}))
            self._tx.commit(writes)
        except Unavailable:
            raise
        except Conflict:
            return self._postponed(found)
        if after.is_over:
            self.go_on(found.order_id)
        return True

    def _postponed(self, found: Return) -> bool:
        """Look again later: somebody moved it first, or its money cannot move now."""
        later = replace(found, due_at=self._clock.now() + POSTPONED)
        try:
            self._tx.commit([self._rows.move(found, later)])
        except Conflict:
            return False
        return False


# What silence does beside moving a return: nobody judged the contested deduction, so nothing is deducted.
_AS_PUBLISHED: Mapping[str, Mapping[str, Any]] = {"review_overdue": {"deduction_minor": 0, "deduction_reasons": ""}}


def _decided_elsewhere(order: Order) -> bool:
    """Say whether a dispute or a bank decides about the money of a running order."""
    waits = process_of(order).states[order.state].kind is Kind.WAITING
    return waits and order.state not in OPENABLE
