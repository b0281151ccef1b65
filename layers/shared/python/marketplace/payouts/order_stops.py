"""A stop of one order: what of its money the seller's balance has already waits too, as a hold of that amount.

What was not transferred yet has the stop as a condition of its transfer; see leave.py. One switch, and one hold that
comes and goes in the switch's own transactions.
"""

from datetime import datetime
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.ledger.model import seller_account
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payments.model import IntentState, transfer_intent_id
from marketplace.payments.ports import Payments
from marketplace.payouts.model import Cause, Hold
from marketplace.payouts.ports import Holds

_AT_THE_SELLER_S = frozenset({"transfer", "transfer_reversal"})  # bookings between the platform and their account


class Leaves(Protocol):
    """Conditions on intents; see payments/leave_store.py."""

    def not_let_go(self, intent_id: str) -> Write: ...


class OrderStops:
    """Holds and frees what an order brought."""

    def __init__(self, *, orders: Orders, payments: Payments, leaves: Leaves, ledger: Ledger, holds: Holds) -> None:
        self._leaves = leaves
        self._orders = orders
        self._payments = payments
        self._ledger = ledger
        self._holds = holds

    def seller_of(self, order_id: str) -> str | None:
        """Return whose order it is; None when there is no such order."""
        order = self._orders.read(order_id)
        return order.seller_id if order else None

    def held(self, order_id: str, at: datetime) -> list[Write]:
        """Return the writes that hold what the balance has of an order, or is about to have.

        They are refused with IntentFinished when its transfer was let go meanwhile.
        """
        order = self._orders.read(order_id)
        if order is None:
            return []
        intent = self._payments.intent(transfer_intent_id(order_id))
        if intent is None or (intent.state is IntentState.OPEN and intent.let_go_at is None):
            return [self._leaves.not_let_go(transfer_intent_id(order_id))]
        amount_minor = intent.amount_minor if intent.state is IntentState.OPEN else self._sent_minor(order)
        if amount_minor <= 0:
            return []
        held = Hold(Cause.KILL_SWITCH, order_id, at, None, amount_minor, order.currency, order_id)
        return self._holds.place(order.seller_id, held)

    def freed(self, order_id: str, at: datetime) -> list[Write]:
        """Return the writes that end that hold; none when there is none."""
        seller_id = self.seller_of(order_id)
        held = self._holds.hold(seller_id, Cause.KILL_SWITCH, order_id) if seller_id else None
        return self._holds.end(str(seller_id), held, at, "system") if held else []

    def _sent_minor(self, order: Order) -> int:
        account = seller_account(order.seller_id)
        booked = self._ledger.of_book(order.order_id)
        postings = [post for each in booked if each.kind in _AT_THE_SELLER_S for post in each.postings]
        return sum(post.amount_minor for post in postings if post.account == account)
