"""Money out: pay an order's award, refund first, and close the order with the last leg."""

from contextlib import suppress

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import SYSTEM, Order, OrderMissing, TransitionRefused
from marketplace.orders.moves import Mover, intents_of
from marketplace.orders.ports import Orders
from marketplace.payments.intents import Intents
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.payments.ports import Payments, SellerAccounts


class Settlement:
    """Turns `settling` orders into ended ones."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        orders: Orders,
        mover: Mover,
        ledger: Ledger,
        sellers: SellerAccounts,
        intents: Intents,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._mover = mover
        self._ledger = ledger
        self._sellers = sellers
        self._intents = intents

    def settle(self, order_id: str) -> Order:
        """Perform what is left of the order's award; done twice, or by two at once, it pays once.

        Returns the order, still settling when a leg is parked for a person.

        Raises: OrderMissing; Unavailable when a leg stays open.
        """
        order = self._read(order_id)
        if order.state != "settling":
            return order
        wanted = [self._payments.intent(intent.intent_id) for intent in intents_of(order, self._clock.now())]
        left = [intent for intent in wanted if intent and intent.state is not IntentState.DONE]
        for intent in left:
            last = intent is left[-1]
            if self._perform(order, intent, closes=last) is not IntentState.DONE:
                return self._rest(order_id)
        after = self._read(order_id)
        return self._close(after) if after.state == "settling" else after

    def _perform(self, order: Order, intent: Intent, *, closes: bool) -> IntentState:
        payment = self._payments.read(order.payment_id)
        if payment is None or payment.charge_id is None:
            raise Unavailable
        destination = self._destination(order) if intent.kind is IntentKind.TRANSFER else None

        def record(result_id: str) -> list[Write]:
            booked = [self._ledger.book(each) for each in _entries(order, intent, result_id, self._clock)]
            return booked + (self._mover.plan(order, "settle", SYSTEM).writes if closes else [])

        return self._intents.perform(intent, charge_id=payment.charge_id, destination=destination, record=record)

    def _destination(self, order: Order) -> str | None:
        seller = self._sellers.of(order.seller_id)
        return seller.stripe_account_id if seller else None

    def _rest(self, order_id: str) -> Order:
        # Parked: the sweep would only find it parked each minute, ahead of orders that it could help.
        order = self._read(order_id)
        if order.state == "settling" and order.due_at is not None:
            with suppress(TransitionRefused):
                self._tx.commit([self._orders.rest(order)])
        return self._read(order_id)

    def _close(self, order: Order) -> Order:
        # Two runners each did one leg and each saw the other's undone: neither closed the order.
        with suppress(TransitionRefused):  # closed by the other after all
            self._tx.commit(self._mover.plan(order, "settle", SYSTEM).writes)
        return self._read(order.order_id)

    def _read(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order


def _entries(order: Order, intent: Intent, result_id: str, clock: Clock) -> list[LedgerTransaction]:
    now = clock.now()
    if intent.kind is IntentKind.TRANSFER and order.award:
        return postings.release(order, order.award.seller_minor, result_id, now)
    return [postings.refund(order, intent.amount_minor, result_id, intent.intent_id, now)]
