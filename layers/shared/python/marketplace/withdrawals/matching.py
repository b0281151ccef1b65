"""Match statements of withdrawal with orders, and do what they declare; the sweep's part, never the asker's.

A statement counts for an order only when its address is the one of the buyer's account, and what came of it is mailed
to that account's own address. Anybody else reads in a mail that no order was found, which says nothing about orders.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict, DomainError, Unavailable
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.process import Kind
from marketplace.orders.references import parse_reference, reference_of
from marketplace.orders.rules import process_of
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.returns.model import Head, ReturnKind
from marketplace.returns.ports import InformedAt, ReturnRows
from marketplace.returns.rules import Wanted, is_openable, why_not
from marketplace.withdrawals.model import (
    ACCEPTED,
    RECEIVED,
    REFUSED,
    UNMATCHED,
    WAITING,
    Piece,
    Withdrawal,
    summed,
)
from marketplace.withdrawals.ports import IsAddressOf, Opening, OrdersOf, Withdrawals
from marketplace.withdrawals.service import WithdrawalService

_SWAPPED = frozenset({ReturnKind.EXCHANGE, ReturnKind.CLAIM})
AGAIN = timedelta(hours=6)  # an order on its way, or in a dispute, is looked at again
PAYING_AGAIN = timedelta(minutes=15)  # an order that is being paid, before its seller can send anything
POSTPONED = timedelta(minutes=10)  # what could not be looked at goes behind the others, so that none of them starves
_ONCE = frozenset({"accepted", "cancelled", "unpaid"})  # what becomes of an order once at most, and so floods nobody


class Matching:
    """Looks at statements that wait; safe to be run twice, late, or by two at once."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        rows: Withdrawals,
        heads: ReturnRows,
        service: WithdrawalService,
        orders: Orders,
        returns: Opening,
        mover: Mover,
        outbox: Outbox,
        is_address_of: IsAddressOf,
        orders_of: OrdersOf,
        informed_at: InformedAt,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._heads = heads
        self._service = service
        self._orders = orders
        self._returns = returns
        self._mover = mover
        self._outbox = outbox
        self._is_address_of = is_address_of
        self._orders_of = orders_of
        self._informed_at = informed_at

    def run(self, limit: int) -> int:
        """Look at what is due, at most `limit`, and return how much was; what fails is due again."""
        return sum(self._tried(name) for name in self._rows.due(self._clock.now(), limit))

    def _tried(self, withdrawal_id: str) -> bool:
        try:
            return self._look(withdrawal_id)
        except DomainError:
            self._postpone(withdrawal_id)
            return False

    def _postpone(self, withdrawal_id: str) -> None:
        """Put a statement that failed behind the others; where that fails as well, it is due still."""
        with suppress(DomainError):
            found = self._rows.read(withdrawal_id)
            if found and found.is_open and found.due_at:
                after = replace(found, revision=found.revision + 1, due_at=self._clock.now() + POSTPONED)
                self._tx.commit([self._rows.change(found, after)])

    def _look(self, withdrawal_id: str) -> bool:
        found, now = self._rows.read(withdrawal_id), self._clock.now()
        if found is None or not found.is_open or found.due_at is None or now < found.due_at:
            return False
        order = self._matched(found)
        if order is None:
            writes = self._closed(found, UNMATCHED, now)
            if not found.is_quiet:
                writes.append(self._outbox.publish(event("withdrawal.unmatched", withdrawal_id, now, **_facts(found))))
        else:
            writes = [*self._of(order, found, now), self._rows.name(order.order_id)]
        try:
            self._tx.commit(writes)
        except Unavailable:
            raise
        except Conflict:
            return False  # the order moved, or another run was faster: it is due still
        return True

    def _matched(self, found: Withdrawal) -> Order | None:
        """Find the order by the number on its receipt, or by its whole id, and only with its buyer's own address."""
        email, short = self._service.opened(found).email, parse_reference(found.reference)
        named = [each for each in self._orders_of(email) if reference_of(each) == short] if short else []
        order_id = named[0] if named else found.reference
        order = self._orders.read(order_id) if order_id.startswith("ord_") else None
        return order if order and self._is_address_of(order.buyer_id, email) else None

    def _of(self, order: Order, found: Withdrawal, now: datetime) -> list[Write]:
        if is_openable(order):
            return self._returned(order, found, now)
        pieces = {each.listing_id: each.quantity for each in summed(found.lines)}
        if order.state == "paid" and (not pieces or pieces == _bought(order)):
            return self._cancelled(order, found, now)
        if process_of(order).states[order.state].kind is not Kind.END:
            return self._waiting(order, found, now)
        if order.state == "cancelled":  # never paid: neither side is bound any more
            closed = self._closed(found, ACCEPTED, now, order_id=order.order_id)
            return [*closed, *self._news("unpaid", order, found, now)]
        return self._refused(order, found, dict.fromkeys(_bought(order), "nothing_left"), now)

    def _returned(self, order: Order, found: Withdrawal, now: datetime) -> list[Write]:
        """Open a return for the lines that the law or the listing lets go, and say why not for the others."""
        head = self._heads.head(order.order_id)
        possible, refusals = _sorted(order, found, head, self._informed_at(order))
        if not possible and self._is_swapped(head):
            return self._waiting(order, found, now)
        if not possible:
            return self._refused(order, found, refusals, now)
        return_id = derived_id("rtn", found.withdrawal_id)
        try:
            made, opened = self._returns.plan(order, possible, "withdrawal", return_id, found.received_at)
        except Conflict:
            return self._refused(order, found, dict.fromkeys(_bought(order), "nothing_left"), now)
        after = {"order_id": order.order_id, "return_id": made.return_id, "refusals": refusals or None}
        told = self._news("accepted", order, found, now, refund_minor=made.quoted_minor)
        told += self._why_not(order, found, refusals, now)
        return [*opened, *self._closed(found, ACCEPTED, now, **after), *told]

    def _is_swapped(self, head: Head) -> bool:
        """Say whether pieces are being exchanged or mended: the right waits for how that ends, and is not lost."""
        found = self._heads.read_many(head.return_ids) if head.open_count else []
        return any(not each.is_over and each.kind in _SWAPPED for each in found)

    def _cancelled(self, order: Order, found: Withdrawal, now: datetime) -> list[Write]:
        step = self._mover.plan(order, "cancel", BUYER, facts={"reason": "withdrawal"})
        closed = self._closed(found, ACCEPTED, now, order_id=order.order_id)
        return [*step.writes, *closed, *self._news("cancelled", order, found, now)]

    def _waiting(self, order: Order, found: Withdrawal, now: datetime) -> list[Write]:
        due_at = now + (PAYING_AGAIN if order.state == "awaiting_payment" else AGAIN)
        after = replace(found, state=WAITING, order_id=order.order_id, revision=found.revision + 1, due_at=due_at)
        told = self._news("waiting", order, found, now) if found.state == RECEIVED else []
        return [self._rows.change(found, after), *told]

    def _refused(self, order: Order, found: Withdrawal, refusals: dict[str, str], now: datetime) -> list[Write]:
        told = self._why_not(order, found, refusals, now)
        return [*self._closed(found, REFUSED, now, order_id=order.order_id, refusals=refusals), *told]

    def _why_not(self, order: Order, found: Withdrawal, refusals: dict[str, str], now: datetime) -> list[Write]:
        reasons = sorted(set(refusals.values()))
        return [write for why in reasons for write in self._news(f"refused_{why}", order, found, now)]

    def _closed(self, found: Withdrawal, state: str, _now: datetime, **changes: object) -> list[Write]:
        after = replace(found, state=state, revision=found.revision + 1, due_at=None, **changes)  # type: ignore[arg-type]
        return [self._rows.change(found, after)]

    def _news(self, what: str, order: Order, found: Withdrawal, now: datetime, **more: int) -> list[Write]:
        if found.is_quiet and what not in _ONCE:
            return []
        facts: dict[str, str | int] = {
            "order_id": order.order_id,
            "buyer_id": order.buyer_id,
            "currency": order.currency,
            **_facts(found),
        }
        news = event(f"withdrawal.{what}", found.withdrawal_id, now, **facts, **more)  # type: ignore[arg-type]
        return [self._outbox.publish(news)]


def _facts(found: Withdrawal) -> dict[str, str]:
    return {"received_at": to_text(found.received_at)}


def _bought(order: Order) -> dict[str, int]:
    return {line.listing_id: line.quantity for line in order.lines}


def _sorted(
    order: Order, found: Withdrawal, head: Head, informed_at: datetime | None
) -> tuple[tuple[Wanted, ...], dict[str, str]]:
    """Divide what was declared into what can be given back and, by listing, why not."""
    wanted = summed(found.lines) or tuple(Piece(line.listing_id, line.quantity) for line in order.lines)
    lines = {line.listing_id: line for line in order.lines}
    possible, refusals = [], {}
    for each in wanted:
        line = lines.get(each.listing_id)
        left = line.quantity - head.taken.get(each.listing_id, 0) if line else 0
        quantity = min(each.quantity, left)
        why = why_not(order, line, found.received_at, informed_at) if line else "nothing_left"
        if quantity < 1 or why:
            refusals[each.listing_id] = why or "nothing_left"
        else:
            possible.append(Wanted(each.listing_id, quantity))
    return tuple(possible), refusals
