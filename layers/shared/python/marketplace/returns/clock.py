"""Time for returns: what silence leads to, and letting an order go on when its last return has ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.decisions.ports import Recording
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
from marketplace.returns.process import STATES, deadline
from marketplace.returns.process_claims import REFUSED
from marketplace.returns.receipts import lapsed
from marketplace.returns.rules import OPENABLE
from marketplace.returns.steps import Steps

POSTPONED = timedelta(hours=1)  # what cannot be refunded now is tried again
ATTEMPTS_MAX = 3  # at one deadline, while others change the same order


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
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._orders = orders
        self._mover = mover
        self._steps = steps
        self._screenings = screenings
        self._decisions = decisions

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

    def end_overdue(self, order_id: str) -> bool:
        """Do what is overdue for an order's returns, and say whether it needs nobody: it goes on, now or by itself.

        Whichever clock comes first after an outage, a return ends as its own deadline says; what a seller refused ends
        with them. What time itself moved on has the days of where it is now: its order waits, as it had without the
        outage. What is still to be given back, or asked, by anybody else is for a person to look at.

        Raises: Unavailable.
        """
        for each in self._rows.read_many(self._rows.head(order_id).return_ids):
            if not each.is_over:
                self._obey(each)
        head, now = self._rows.head(order_id), self._clock.now()
        running = [each for each in self._rows.read_many(head.return_ids) if not each.is_over]
        if any(_has_its_days(each, now) for each in running):
            return True
        if any(each.state != REFUSED for each in running):
            return False
        try:
            for each in running:
                after, writes = self._steps.plan(each, "refusal_stands", SYSTEM)
                self._tx.commit([*writes, *lapsed(self._decisions, each, after)])
            return self.go_on(order_id) or self._soon_goes_on(order_id)
        except Unavailable:
            raise
        except DomainError:
            return False  # somebody was faster, a bank asks, or it cannot end by itself: a person looks

    def _soon_goes_on(self, order_id: str) -> bool:
        """Say whether only time, or the fraud rules, are still to come before an order whose returns ended goes on."""
        head = self._rows.head(order_id)
        if head.open_count or head.due_at is None:
            return False
        return self._clock.now() < head.due_at or not self._screenings.is_screened(order_id)

    def _obey(self, found: Return) -> bool:
        """Do what is overdue for a return; what cannot be done now is looked at again later.

        Another return of the order, ended at the same moment, is no reason to wait: see ATTEMPTS_MAX.

        Raises: Unavailable.
        """
        for _attempt in range(ATTEMPTS_MAX):
            try:
                return self._done(found)
            except Conflict:
                seen = self._rows.read(found.return_id)
                if seen is None or seen.step != found.step:
                    return False  # somebody moved it first
            except Unavailable:
                raise
            except DomainError:
                break  # refused for good, as a refund of more than is left: it must not come first at every run
        return self._postponed(found)

    def _done(self, found: Return) -> bool:
        wait = STATES[found.state]
        if wait is None or found.due_at is None or self._clock.now() < found.due_at:
            return False
        order = self._orders.read(found.order_id)
        elsewhere = order if order and _decided_elsewhere(order) else None
        name = "supersede" if elsewhere else wait.transition
        after, writes = self._steps.plan(found, name, SYSTEM, **_AS_PUBLISHED.get(name, {}))
        # A claim that is taken back meanwhile leaves the return as it stands, and its money to be given back.
        still = [self._orders.unmoved(elsewhere)] if elsewhere else []
        self._tx.commit([*writes, *still, *lapsed(self._decisions, found, after)])
        if after.is_over:
            self.go_on(found.order_id)
        return True

    def _postponed(self, found: Return) -> bool:
        """Look again later: its money cannot move now."""
        later = replace(found, due_at=self._clock.now() + POSTPONED)
        try:
            self._tx.commit([self._rows.move(found, later)])
        except Conflict:
            return False
        return False


# What silence does beside moving a return: nobody judged the contested deduction, so nothing is deducted.
_AS_PUBLISHED: Mapping[str, Mapping[str, Any]] = {"review_overdue": {"deduction_minor": 0, "deduction_reasons": ""}}


def _has_its_days(running: Return, now: datetime) -> bool:
    """Say whether time has moved a return on, and where it is now lasts; postponing adds nothing to that.

    No table leads back to a state, so this ends.
    """
    if running.due_at is None or not any(each.actor == SYSTEM for each in running.log):
        return False
    usual = deadline(running.state, running.entered_at)
    return now < running.due_at and usual is not None and now < usual


def _decided_elsewhere(order: Order) -> bool:
    """Say whether a dispute or a bank decides about the money of a running order."""
    waits = process_of(order).states[order.state].kind is Kind.WAITING
    return waits and order.state not in OPENABLE
