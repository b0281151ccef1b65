"""Time for orders: the execution that waits with each order, and what happens when a wait ends."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from marketplace.decisions.model import CLOCK, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.asl import MARGIN_SECONDS, WAIT_SECONDS_MAX, usual_next
from marketplace.orders.model import SYSTEM, Order, OrderMissing
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.process import Effect, Guard, Kind
from marketplace.orders.rules import due_transition, guards, process_of

PARKED = "parked"
GOING_ON_SECONDS = 3_600  # between two looks at an order that soon goes on by itself, and is told when it does
RECEIPTS_SINCE = 2  # the version of the process under which a deadline's refund leaves a decision to read


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order's execution should be, and for how many seconds it waits there."""

    at: str
    seconds: int


class Executions(Protocol):
    """The workflow service, as orders see it."""

    def start(self, name: str, order_id: str, seconds: int) -> None:
        """Begin an order's execution, its first wait lasting `seconds`; a name begins once, and again is no error."""

    def go_on(self, token: str, seconds: int) -> None:
        """End a wait the usual way, the next lasting `seconds`; a token that is spent or timed out is no error."""

    def look_again(self, token: str) -> None:
        """End a wait because the order took another way; a spent token is no error."""


class Tokens(Protocol):
    """Where the newest wait's token is kept."""

    def remember_token(self, order_id: str, waiting_in: str, token: str) -> None: ...

    def token_of(self, order_id: str) -> tuple[str, str] | None: ...


class Settler(Protocol):
    """Whatever finishes an order that is settling."""

    def settle(self, order_id: str) -> Order: ...


class Cases(Protocol):
    """Open disputes, as the clock sees them."""

    def lapse(self, order: Order) -> list[Write]:
        """Return the writes that close an order's dispute which nobody decided in time."""

    def appeal_lapsed(self, order: Order) -> list[Write]:
        """Return the writes that close an order's appeal which nobody decided in time."""

    def open_case(self, order: Order, reason: str) -> tuple[str, list[Write]]:
        """Return the id of the case in which an operator decides about an order, and the writes that open it."""

    def reopen_after_chargeback(self, order: Order) -> tuple[str, list[Write]]:
        """Return the id of the case in which an operator divides what is left, and the writes that open it."""


class Losses(Protocol):
    """Chargebacks, as the clock sees them."""

    def at_bank(self, order: Order) -> Order:
        """Return the order with all that banks hold of it, over every open case."""

    def presume_lost(self, order: Order) -> list[Write]:
        """Return the writes that book an order's unanswered chargeback as lost."""


class OpenReturns(Protocol):
    """Returns and claims, as the clock sees them."""

    def end_overdue(self, order_id: str) -> bool:
        """Do what is overdue for an order's returns, and say whether it goes on without anybody."""


class OrderClock:
    """Starts, nudges and obeys the executions; safe to be told anything twice, late or out of order."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: Orders,
        tokens: Tokens,
        mover: Mover,
        executions: Executions,
        settlement: Settler,
        cases: Cases,
        losses: Losses,
        returns: Callable[[], OpenReturns],
        decisions: Recording,
    ) -> None:
        """Take the ports; `returns` are asked for when one has lasted too long, which few do."""
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._tokens = tokens
        self._mover = mover
        self._executions = executions
        self._settlement = settlement
        self._cases = cases
        self._losses = losses
        self._returns = returns
        self._decisions = decisions

    def order_moved(
        self, order_id: str, came_from: str, went_to: str, *, version: int, due_at: datetime | None
    ) -> None:
        """Tell the execution that its order moved: start it when the order was paid, wake it otherwise.

        `due_at` is the order's deadline in the state that it went to.
        """
        seconds = self._seconds_until(due_at)
        if went_to == "paid":
            return self._executions.start(f"{order_id}-v{version}", order_id, seconds)
        kept = self._tokens.token_of(order_id)
        if kept is None or kept[0] != came_from:
            return None  # the execution has not come to this wait yet; it will look when it does
        if usual_next(came_from) == went_to:
            return self._executions.go_on(kept[1], seconds)
        return self._executions.look_again(kept[1])

    def wait(self, order_id: str, waiting_in: str, token: str) -> None:
        """Keep the token of a wait that begins, and end it at once when the order has already moved on."""
        self._tokens.remember_token(order_id, waiting_in, token)
        order = self._read(order_id)  # after the token is kept: a move in between finds it
        if order.state != waiting_in:
            self._executions.look_again(token)

    def tick(self, order_id: str) -> Place:
        """Apply the order's timer when it is due, and return where its execution should be."""
        order = self._obey(self._read(order_id))
        due = due_transition(order, self._clock.now())
        if due is not None and due.name == "return_overdue":
            return Place(order.state, GOING_ON_SECONDS)
        return self._place(order)

    def settle(self, order_id: str) -> Place:
        """Pay out what is left of a settling order, and return where its execution should be.

        Raises: Unavailable when a leg stays open and must be tried again.
        """
        order = self._settlement.settle(order_id)
        if process_of(order).states[order.state].kind is Kind.WORKING:
            return Place(PARKED, 1)  # a person must decide: the execution has nothing left to wait for
        return self._place(order)

    def catch_up(self, order_id: str) -> Order:
        """Do what is overdue for an order, execution or not: the sweep's way in."""
        order = self._read(order_id)
        order = self._obey(order)
        working = process_of(order).states[order.state].kind is Kind.WORKING
        return self._settlement.settle(order_id) if working else order

    def _obey(self, order: Order) -> Order:
        if process_of(order).states[order.state].clocked_by == "sweep":
            return order  # unpaid: it ends with its payment, once Stripe can no longer take the buyer's money
        due = due_transition(order, self._clock.now())
        if due is None:
            return order
        if due.name == "return_overdue" and self._returns().end_overdue(order.order_id):
            return self._read(order.order_id)
        return self._apply(order, due.name)

    def _apply(self, order: Order, name: str) -> Order:
        order = self._losses.at_bank(order) if name == "chargeback_overdue" else order
        also, changes = self._consequences(order, name)
        step = self._mover.plan(order, name, SYSTEM, **changes)
        try:
            self._tx.commit([*step.writes, *also])
        except Conflict:
            # Somebody moved it first, and their move stands; or changed its case, and the next look finds that.
            return self._read(order.order_id)
        return step.after

    def _consequences(self, order: Order, name: str) -> tuple[list[Write], dict[str, Any]]:
        """Return what silence does beside moving the order, and what it changes of it."""
        if name == "decision_overdue":
            return self._cases.lapse(order), {}
        if name == "appeal_overdue":
            return self._cases.appeal_lapsed(order), {}
        if name == "return_overdue":
            case_id, opened = self._cases.open_case(order, "return_unfinished")
            return opened, {"dispute_id": case_id}
        if name != "chargeback_overdue":
            return self._receipt(order, name), {}
        lost = self._losses.presume_lost(order)
        if Guard.IN_PART not in guards(order):
            return [*lost, *self._cases.lapse(order)], {}
        case_id, opened = self._cases.reopen_after_chargeback(order)
        return [*lost, *opened], {"dispute_id": case_id}

    def _receipt(self, order: Order, name: str) -> list[Write]:
        """Return what tells both sides that everything goes back because nobody acted."""
        ends = process_of(order).named(order.state, name, guards(order))
        if ends is None or Effect.AWARD_BUYER not in ends.effects or order.process_version < RECEIPTS_SINCE:
            return []
        return self._decisions.record(
            kind="order.lapsed",
            subject=order.order_id,
            concerns=[order.buyer_id, order.seller_id],
            by=CLOCK,
            automated=True,
            amounts=Amounts(order.currency, order.left_minor),
        )

    def _place(self, order: Order) -> Place:
        return Place(order.state, self._seconds_until(order.due_at))

    def _seconds_until(self, due_at: datetime | None) -> int:
        """Return how long a wait lasts that ends just after a deadline; at least a second, as the workflow asks."""
        if due_at is None:
            return 1
        left = math.ceil((due_at - self._clock.now()).total_seconds())
        return min(max(left, 0) + MARGIN_SECONDS, WAIT_SECONDS_MAX)

    def _read(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order
