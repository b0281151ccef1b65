"""What buyers, sellers and moderators do with returns. Opening one freezes the order in the same transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, DomainError, IdempotencyKeyReused
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER, Order, OrderMissing, OwnCase, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders, Stock
from marketplace.orders.rules import process_of
from marketplace.outbox.ports import Outbox
from marketplace.returns.clock import ReturnClock
from marketplace.returns.errors import DeductionInvalid, ReturnMissing, ReturnRefused, TooManyReturns
from marketplace.returns.model import RETURNS_MAX, Return, Step
from marketplace.returns.ports import ReturnRows
from marketplace.returns.process import APPROVED, deadline
from marketplace.returns.rules import Quote, Wanted, is_openable, quote
from marketplace.returns.steps import Steps, opened_head, told
from marketplace.staff.acts import StaffActs
from marketplace.staff.ports import IsMember


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return as one of its parties, or staff, sees it."""

    made: Return
    role: str


class Returns:
    """Takes returns in and moves them for people."""

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
    ) -> None:
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

    def quote(self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...]) -> Quote:
        """Say what a return would come to, by when, and who bears what; nothing happens.

        Raises: OrderMissing; TransitionRefused; ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned.
        """
        order, now = self._bought(order_id, buyer_id), self._clock.now()
        _check_openable(order)
        return quote(order, self._rows.head(order_id), wanted, now, now)

    def ask(
        self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...], reason: str, attempt: Idempotency
    ) -> ReturnView:
        """Open a return as the buyer; the same attempt again returns the same one.

        Raises: as `quote`; IdempotencyKeyReused; TooManyReturns; ReturnsMoved.
        """
        order = self._bought(order_id, buyer_id)
        return_id = derived_id("rtn", buyer_id, order_id, attempt.key)
        known = self._known(return_id, attempt)
        if known:
            return known
        _made, writes = self.plan(order, wanted, reason, return_id, self._clock.now(), attempt.fingerprint)
        try:
            self._tx.commit(writes)
        except Conflict:
            known = self._known(return_id, attempt)
            if known is None:
                raise
            return known  # the same attempt, twice at once
        return ReturnView(_made, BUYER)

    def plan(
        self,
        order: Order,
        wanted: tuple[Wanted, ...],
        reason: str,
        return_id: str,
        declared_at: datetime,
        fingerprint: str = "",
    ) -> tuple[Return, list[Write]]:
        """Return a new return, declared at `declared_at`, and its writes; they freeze the order while it runs.

        Raises: TransitionRefused; ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned; TooManyReturns.
        """
        _check_openable(order)
        head, now = self._rows.head(order.order_id), self._clock.now()
        if len(head.return_ids) >= RETURNS_MAX:
            raise TooManyReturns
        priced = quote(order, head, wanted, declared_at, now)
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
            due_at=deadline(priced.first_state, now),
            log=(Step("open", priced.first_state, BUYER, now),),
            fingerprint=fingerprint,
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
        return ReturnView(found, role or OPERATOR)

    def send(self, return_id: str, buyer_id: str, carrier: str, tracking_number: str) -> ReturnView:
        """Note that the buyer sent the goods back.

        Raises: ReturnMissing, ReturnRefused.
        """
        return self._move(
            self._as(BUYER, return_id, buyer_id), "send", carrier=carrier, tracking_number=tracking_number
        )

    def receive(
        self,
        return_id: str,
        seller_id: str,
        *,
        restock: bool,
        deduction_minor: int = 0,
        reasons: str = "",
        by: str = "",
    ) -> ReturnView:
        """Note that the goods are back: refund them, or propose a deduction for what they lost in value.

        Restocking puts the pieces on sale again, in the same transaction. Received twice is received once.

        Raises: ReturnMissing, ReturnRefused, DeductionInvalid; what a refund raises.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        made = view.made
        _check_deduction(made, deduction_minor, reasons)
        also = [self._stock.restock(line.listing_id, line.quantity) for line in made.lines] if restock else []
        changes: dict[str, Any] = {"restocked": restock}
        if not deduction_minor:
            return self._move(view, "receive", by=by, also=also, **changes)
        deducted: dict[str, Any] = {"deduction_minor": deduction_minor, "deduction_reasons": reasons}
        return self._move(view, "deduct", by=by, also=also, **changes, **deducted)

    def answer_deduction(self, return_id: str, buyer_id: str, *, accept: bool) -> ReturnView:
        """Take a deduction, or ask the marketplace to look at it, as the buyer.

        Raises: ReturnMissing, ReturnRefused; what a refund raises.
        """
        return self._move(self._as(BUYER, return_id, buyer_id), "accept_deduction" if accept else "contest")

    def decide(self, return_id: str, operator_id: str, deduction_minor: int, reasons: str) -> ReturnView:
        """Decide a contested deduction as a moderator: the rest is refunded.

        Raises: ReturnMissing, OwnCase, ReturnRefused, DeductionInvalid; what a refund raises.
        """
        view = self.view(return_id, operator_id, staff=True)
        made = view.made
        if view.role != OPERATOR or self._is_member(made.seller_id, operator_id):
            raise OwnCase
        _check_deduction(made, deduction_minor, reasons)
        act = self._acts.note(operator_id, "return.decided", return_id, {"deduction_minor": deduction_minor}, reasons)
        deducted: dict[str, Any] = {"deduction_minor": deduction_minor, "deduction_reasons": reasons}
        return self._move(view, "decide", also=[act], **deducted)

    def cancel(self, return_id: str, buyer_id: str) -> ReturnView:
        """Keep the goods after all, as the buyer, before they are sent.

        Raises: ReturnMissing, ReturnRefused.
        """
        return self._move(self._as(BUYER, return_id, buyer_id), "cancel")

    def label(self, return_id: str, seller_id: str, label_url: str, *, by: str = "") -> ReturnView:
        """Give the buyer a label to send with, as the seller.

        Raises: ReturnMissing, ReturnRefused.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        if view.made.state != APPROVED:
            raise ReturnRefused(state=view.made.state, transition="label")
        after = replace(view.made, label_url=label_url, step=view.made.step + 1)
        self._tx.commit([self._rows.move(view.made, after)])
        return replace(view, made=after)

    def _move(
        self, view: ReturnView, name: str, *, by: str = "", also: list[Write] | None = None, **changes: Any
    ) -> ReturnView:
        after, writes = self._steps.plan(view.made, name, view.role, by=by, **changes)
        self._tx.commit([*writes, *(also or [])])
        if after.is_over:
            self._let_go_on(after.order_id)
        return replace(view, made=after)

    def _let_go_on(self, order_id: str) -> None:
        """Let the order go on at once; should this fail, the sweep does it."""
        try:
            self._going_on.go_on(order_id)
        except DomainError:
            return

    def _freeze(self, order: Order, made: Return) -> list[Write]:
        """Return the writes that keep the order's money still; none where a hold or its end does that already."""
        if order.state != "delivered" or process_of(order).named(order.state, "open_return") is None:
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


def _check_openable(order: Order) -> None:
    if not is_openable(order):
        raise TransitionRefused(state=order.state, transition="open_return")


def _check_deduction(made: Return, deduction_minor: int, reasons: str) -> None:
    if not 0 <= deduction_minor <= made.quoted_minor:
        raise DeductionInvalid(fields={"deduction_minor": f"0_to_{made.quoted_minor}"})
    if deduction_minor and not reasons.strip():
        raise DeductionInvalid(fields={"reasons": "required"})
