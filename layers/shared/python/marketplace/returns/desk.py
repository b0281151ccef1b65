"""What every part of the returns area does: find the return, know who asks, move it with what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marketplace.decisions.ports import Recording
from marketplace.disputes.ports import Approvals
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, DomainError, IdempotencyKeyReused
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER, Order, OrderMissing, OwnCase, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders, Stock
from marketplace.orders.rules import guards, process_of
from marketplace.outbox.ports import Outbox
from marketplace.returns.clock import ReturnClock
from marketplace.returns.errors import PaidByBank, ReturnMissing, TooManyReturns
from marketplace.returns.model import RETURNS_MAX, WITHDRAWN_MAX, Lack, Return, ReturnKind, Step
from marketplace.returns.ports import DisputeDesk, InformedAt, Parcels, ReturnRows
from marketplace.returns.process import due_at
from marketplace.returns.rules import Quote, is_openable
from marketplace.returns.steps import Steps, opened_head, told
from marketplace.shipping.model import ReturnsParcel, Tracking
from marketplace.staff.acts import StaffActs
from marketplace.staff.ports import IsMember

Opening = Callable[[Order, str], tuple[Return, list[Write]]]
_FREEZES = frozenset({"delivered", "held"})


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return as one of its parties, or staff, sees it."""

    made: Return
    role: str


class Desk:
    """The parts that all acts about a return share."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        rows: ReturnRows,
        orders: Orders,
        stock: Stock,
        mover: Mover,
        steps: Steps,
        going_on: ReturnClock,
        outbox: Outbox,
        acts: StaffActs,
        is_member: IsMember,
        parcels: Parcels,
        disputes: Callable[[], DisputeDesk],
        country: str,
        informed_at: InformedAt,
        approvals: Approvals,
        decisions: Recording,
    ) -> None:
        """Take the ports; `disputes` is asked for when it is needed, as few need it.

        `country` is the one whose law the marketplace answers to, "" for the least that the Union asks.
        """
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._orders = orders
        self._stock = stock
        self._mover = mover
        self._steps = steps
        self._going_on = going_on
        self._outbox = outbox
        self._acts = acts
        self._is_member = is_member
        self._parcels = parcels
        self._disputes = disputes
        self._country = country
        self._informed_at = informed_at
        self._approvals = approvals
        self._decisions = decisions

    def _asked(self, order_id: str, buyer_id: str, attempt: Idempotency, plan: Opening) -> ReturnView:
        """Open what the buyer asks for; the same attempt again returns the same one."""
        order = self._bought(order_id, buyer_id)
        return_id = derived_id("rtn", buyer_id, order_id, attempt.key)
        known = self._known(return_id, attempt)
        if known:
            return known
        made, writes = plan(order, return_id)
        try:
            self._tx.commit(writes)
        except Conflict:
            known = self._known(return_id, attempt)
            if known is None:
                raise
            return known  # the same attempt, twice at once
        return ReturnView(made, BUYER)

    def _open(
        self,
        order: Order,
        priced: Quote,
        return_id: str,
        reason: str,
        declared_at: datetime,
        fingerprint: str,
        lack: Lack | None = None,
    ) -> tuple[Return, list[Write]]:
        """Return what was priced as a new return, and its writes; they freeze the order while it runs."""
        head, now = self._rows.head(order.order_id), self._clock.now()
        if len(head.return_ids) >= (WITHDRAWN_MAX if priced.kind == ReturnKind.WITHDRAWAL else RETURNS_MAX):
            raise TooManyReturns
        made = Return(
            return_id=return_id,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            kind=priced.kind,
            lines=priced.return_lines,
            quoted_minor=priced.refund_minor,
            currency=order.currency,
            return_cost=priced.return_cost,
            reason=reason,
            state=priced.first_state,
            step=0,
            requested_at=declared_at,
            entered_at=now,
            due_at=due_at(priced.kind, priced.first_state, declared_at, now),
            log=(Step("open", priced.first_state, BUYER, now),),
            fingerprint=fingerprint,
            lack=lack,
        )
        writes = [self._rows.open(made), self._rows.keep(head, opened_head(head, made))]
        return made, [*writes, *self._freeze(order, made), self._outbox.publish(told(made, now))]

    def of_order(self, order_id: str, account_id: str, *, staff: bool = False, by: str = "") -> list[ReturnView]:
        """Return an order's returns to its parties and to staff, the oldest first.

        Raises: OrderMissing for anybody else.
        """
        order = self._orders.read(order_id)
        role = order.party(account_id) if order else None
        if order is None or (role is None and not staff) or (by and role != SELLER):
            raise OrderMissing
        if role is None and self._is_member(order.seller_id, account_id):
            raise OrderMissing  # staff of the seller's team see the seller's side, as the team does
        return [
            ReturnView(each, role or OPERATOR) for each in self._rows.read_many(self._rows.head(order_id).return_ids)
        ]

    def view(self, return_id: str, account_id: str, *, staff: bool = False, by: str = "") -> ReturnView:
        """Return one return.

        Raises: ReturnMissing for anybody but its parties and staff.
        """
        found = self._rows.read(return_id)
        roles = {found.buyer_id: BUYER, found.seller_id: SELLER} if found else {}
        role = roles.get(account_id)
        if found is None or (role is None and not staff) or (by and role != SELLER):
            raise ReturnMissing
        if role is None and self._is_member(found.seller_id, account_id):
            raise ReturnMissing
        return ReturnView(found, role or OPERATOR)

    def _move(
        self, view: ReturnView, name: str, *, by: str = "", also: list[Write] | None = None, **changes: Any
    ) -> ReturnView:
        after, writes = self._steps.plan(view.made, name, view.role, by=by, **changes)
        self._tx.commit([*writes, *(also or [])])
        if after.is_over:
            self._let_go_on(after.order_id)
        return replace(view, made=after)

    def _case(self, return_id: str, operator_id: str) -> ReturnView:
        """Return a return to somebody who decides about it.

        Raises: ReturnMissing; OwnCase for its parties and the seller's team.
        """
        found = self._rows.read(return_id)
        if found is None:
            raise ReturnMissing
        if operator_id in {found.buyer_id, found.seller_id} or self._is_member(found.seller_id, operator_id):
            raise OwnCase
        return ReturnView(found, OPERATOR)

    def _parcel(self, order_id: str, carrier: str, tracking_number: str, *, goes_back: bool) -> list[Write]:
        """Return the writes by which a parcel speaks for an order's returns, one way; several may lie in one.

        Raises: TrackingInvalid; refused with TrackingNumberUsed.
        """
        tracking, subject = Tracking.of(carrier, tracking_number), ReturnsParcel(order_id, goes_back).subject
        if self._parcels.order_of(tracking) == subject:
            return []
        return [self._parcels.claim(tracking, subject, self._clock.now())]

    def _let_go_on(self, order_id: str) -> None:
        """Let the order go on at once; should this fail, the sweep does it."""
        try:
            self._going_on.go_on(order_id)
        except DomainError:
            return

    def _freeze(self, order: Order, made: Return) -> list[Write]:
        """Return the writes that keep the order's money still; none where its end does that already."""
        if order.state not in _FREEZES or process_of(order).named(order.state, "open_return", guards(order)) is None:
            return []
        return self._mover.plan(order, "open_return", BUYER, facts={"return_id": made.return_id}).writes

    def _as(self, role: str, return_id: str, account_id: str, *, by: str = "") -> ReturnView:
        view = self.view(return_id, account_id, by=by)
        if view.role != role:
            raise ReturnMissing
        return view

    def _bought(self, order_id: str, buyer_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise OrderMissing
        return order

    def _known(self, return_id: str, attempt: Idempotency) -> ReturnView | None:
        known = self._rows.read(return_id)
        if known is None:
            return None
        if known.fingerprint != attempt.fingerprint:
            raise IdempotencyKeyReused
        return ReturnView(known, BUYER)


def check_openable(order: Order) -> None:
    """Raise PaidByBank where a bank gave back all there was, TransitionRefused where nothing else can be given back."""
    if not is_openable(order):
        if order.state == "lost_to_chargeback" or order.lost_after_minor:
            raise PaidByBank
        raise TransitionRefused(state=order.state, transition="open_return")
