"""What buyers, sellers and operators do with an order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.orders.model import (
    BUYER,
    OPERATOR,
    SCREENING_RETRY_SECONDS,
    SELLER,
    Move,
    Order,
    OrderMissing,
    OwnCase,
    ScreeningPending,
)
from marketplace.orders.moves import Mover
from marketplace.orders.outlook import Outlook, outlook_of
from marketplace.orders.outlook_returns import RETURNING
from marketplace.orders.ports import OrderPages, Orders, Screenings, TrackingNumbers
from marketplace.orders.rules import Default, allowed, allowed_actions, guards, if_nobody_acts, process_of
from marketplace.orders.timers import Timers
from marketplace.returns.model import Return
from marketplace.shipping.model import Tracking
from marketplace.staff.acts import StaffActs
from marketplace.staff.ports import IsMember


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as one of its parties (or an operator) sees it."""

    order: Order
    role: str
    allowed_actions: list[str]
    silence: list[Default]  # what happens if nobody does anything
    moves: list[Move]
    outlook: Outlook


class OrderService:
    """Reads orders, and moves them for people."""

    def __init__(
        self,
        *,
        clock: Clock,
        timers: Timers,
        transactions: Transactions,
        orders: Orders,
        pages: OrderPages,
        mover: Mover,
        screenings: Screenings,
        acts: StaffActs,
        is_member: IsMember,
        tracking: TrackingNumbers,
        returns_of: Callable[[str], Sequence[Return]],
        country: str = "",
    ) -> None:
        """Take the ports; `country` is the one whose law the marketplace answers to, "" for the Union's least."""
        self._clock = clock
        self._timers = timers
        self._tx = transactions
        self._orders = orders
        self._pages = pages
        self._mover = mover
        self._screenings = screenings
        self._acts = acts
        self._is_member = is_member
        self._tracking = tracking
        self._returns_of = returns_of
        self._country = country

    def view(self, order_id: str, account_id: str, *, operator: bool = False, by: str = "") -> OrderView:
        """Return one order with its log, its deadlines and what the reader may do.

        `by` is the member of a team who acts for the seller `account_id`: what that account bought is none of theirs.

        Raises: OrderMissing for anybody but the parties and operators.
        """
        order, role = self._for(order_id, account_id, operator=operator, by=by)
        return self._view(order, role)

    def page(self, account_id: str, role: str, cursor: str | None, limit: int) -> Rows[Order]:
        """Return the account's orders in that role, the newest first."""
        of = self._pages.page_of_seller if role == SELLER else self._pages.page_of_buyer
        return of(account_id, cursor, limit)

    def ship(self, order_id: str, seller_id: str, carrier: str, tracking_number: str, *, by: str = "") -> OrderView:
        """Note that the seller handed the goods to a carrier; the tracking number is this order's from now on.

        Raises: OrderMissing, TransitionRefused, TrackingInvalid, TrackingNumberUsed.
        """
        order, role = self._for(order_id, seller_id, operator=False, by=by)
        facts = {"member_id": by} if by else {}
        step = self._mover.plan(order, "ship", role, facts=facts, carrier=carrier, tracking_number=tracking_number)
        claimed = self._tracking.claim(Tracking.of(carrier, tracking_number), order_id, self._clock.now())
        self._tx.commit([*step.writes, claimed])
        return self._view(step.after, role)

    def report_done(self, order_id: str, seller_id: str, note: str, *, by: str = "") -> OrderView:
        """Note that the seller says a service is done; the buyer is asked, and nothing is released by that alone.

        Raises: OrderMissing, TransitionRefused.
        """
        return self._move(order_id, seller_id, "report_done", by=by, note=note)

    def cancel(self, order_id: str, account_id: str, reason: str, *, by: str = "") -> OrderView:
        """Cancel before shipment, by either side: the buyer gets everything back.

        Raises: OrderMissing, TransitionRefused.
        """
        return self._move(order_id, account_id, "cancel", by=by, reason=reason)

    def confirm(self, order_id: str, buyer_id: str) -> OrderView:
        """Take the buyer's word that the goods arrived and are accepted: the release begins.

        Not before the fraud rules have judged the order: a buyer and a seller who are one could otherwise pay with a
        stolen card, ship and confirm within a second.

        Raises: OrderMissing, TransitionRefused, ScreeningPending.
        """
        order, role = self._for(order_id, buyer_id, operator=False)
        allowed(order, "confirm", role)
        if not self._screenings.is_screened(order_id):
            raise ScreeningPending(retry_after_seconds=SCREENING_RETRY_SECONDS)
        arrived = {} if order.delivered_at else {"delivered_at": self._clock.now(), "delivered_by": BUYER}
        return self._commit(order, role, "confirm", {}, **arrived)

    def attest_delivery(self, order_id: str, operator_id: str, evidence: str) -> OrderView:
        """Note that an operator saw proof of delivery; the inspection time begins.

        Raises: OrderMissing, OwnCase, TransitionRefused.
        """
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        if order.party(operator_id) or self._is_member(order.seller_id, operator_id):
            raise OwnCase
        facts = {"operator_id": operator_id, "evidence": evidence}
        now, act = self._clock.now(), self._acts.note(operator_id, "delivery.attested", order_id)
        step = self._mover.plan(
            order, "attest_delivery", OPERATOR, facts=facts, delivered_at=now, delivered_by=OPERATOR
        )
        self._tx.commit([*step.writes, act])
        return self._view(step.after, OPERATOR)

    def _move(self, order_id: str, account_id: str, name: str, *, by: str, **said: str) -> OrderView:
        order, role = self._for(order_id, account_id, operator=False, by=by)
        facts = {**said, "member_id": by}
        return self._commit(order, role, name, {fact: value for fact, value in facts.items() if value})

    def _commit(self, order: Order, role: str, name: str, facts: Mapping[str, str | int], **changes: Any) -> OrderView:
        step = self._mover.plan(order, name, role, facts=facts, **changes)
        self._tx.commit(step.writes)
        return self._view(step.after, role)

    def _for(self, order_id: str, account_id: str, *, operator: bool, by: str = "") -> tuple[Order, str]:
        order = self._orders.read(order_id)
        role = order.party(account_id) if order else None
        if order is None or (role is None and not operator) or (by and role != SELLER):
            raise OrderMissing
        if role is None and self._is_member(order.seller_id, account_id):
            raise OrderMissing  # staff of the seller's team see the seller's side, as the team does
        return order, role or OPERATOR

    def _view(self, order: Order, role: str) -> OrderView:
        process, facts = process_of(order), guards(order)
        silence = list(if_nobody_acts(process, order.state, order.terms, order.due_at, self._timers, facts))
        moves = self._orders.moves(order.order_id)
        returns = self._returns_of(order.order_id) if order.state == RETURNING else []
        outlook = outlook_of(order, self._timers, self._country, returns)
        if returns:
            silence = list(outlook.ending.path)  # the returns' own deadlines come first
        return OrderView(order, role, _possible(order, role), silence, moves, outlook)


def _possible(order: Order, role: str) -> list[str]:
    """Name what this side may do now; an order is disputed once, also where that was taken back or agreed on."""
    disputed = order.dispute_id is not None
    return [each for each in allowed_actions(order, role) if not (disputed and each == "open_dispute")]
