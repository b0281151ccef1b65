"""Chargebacks: the bank takes the money back while it looks, and everything for that order stands still.

The amount is divided over the payment's orders in proportion to their totals. An order that has begun to settle keeps
its state: what was released is then the seller's debt, what was not the platform's loss.
"""

from collections.abc import Sequence

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.money import split
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger.model import HELD, LedgerTransaction, balances
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import STRIPE, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.rules import allowed_actions
from marketplace.payments.model import Payment, StripeDispute
from marketplace.payments.ports import CaseFiles, Payments, StripePayments

WON, LOST = "won", "lost"  # Stripe's words; a closed inquiry moved no money


class Chargebacks:
    """Follows Stripe's disputes; each step is booked once, whatever is delivered how often."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        orders: Orders,
        mover: Mover,
        ledger: Ledger,
        stripe: StripePayments,
        cases: CaseFiles,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._mover = mover
        self._ledger = ledger
        self._stripe = stripe
        self._cases = cases

    def follow(self, stripe_dispute_id: str) -> None:
        """Re-read the dispute at Stripe and bring every order of its payment up to it.

        Raises: Unavailable.
        """
        found = self._stripe.read_dispute(stripe_dispute_id)
        named = self._stripe.read_payment(found.payment_intent_id).payment_id
        payment = self._payments.read(named) if named else None
        if payment is None or not found.withdrawn:
            return  # an inquiry moves no money
        orders = self._orders.read_many(payment.order_ids)
        amounts = split(found.amount_minor, [order.total_minor for order in orders])
        self._book_fee(payment, found)
        for order, amount_minor in zip(orders, amounts, strict=True):
            self._withdrawn(order, amount_minor, found)
            if found.status in (WON, LOST):
                self._closed(order.order_id, amount_minor, found)

    def _book_fee(self, payment: Payment, found: StripeDispute) -> None:
        if found.fee_minor > 0:
            now = self._clock.now()
            fee = postings.chargeback_fee(payment.payment_id, payment.currency, found.fee_minor, found.dispute_id, now)
            self._once(payment.payment_id, fee.key, [self._ledger.book(fee)])

    def _withdrawn(self, order: Order, amount_minor: int, found: StripeDispute) -> None:
        if amount_minor == 0 or self._booked(order.order_id, f"chargeback_withdrawn#{found.dispute_id}"):
            return
        taken = postings.chargeback_withdrawn(order, amount_minor, found.dispute_id, self._clock.now())
        moves = self._mover.plan(order, "charge_back", STRIPE).writes if _may(order, "charge_back") else []
        self._once(order.order_id, taken.key, [self._ledger.book(taken), *moves])

    def _closed(self, order_id: str, amount_minor: int, found: StripeDispute) -> None:
        order = self._orders.read(order_id)
        if order is None or amount_minor == 0:
            return
        if found.status == WON:
            self._won(order, amount_minor, found)
        else:
            self._lost(order, amount_minor, found)

    def _won(self, order: Order, amount_minor: int, found: StripeDispute) -> None:
        if not found.reinstated or self._booked(order.order_id, f"chargeback_reinstated#{found.dispute_id}"):
            return
        back = postings.chargeback_reinstated(order, amount_minor, found.dispute_id, self._clock.now())
        moves: list[Write] = []
        if _may(order, "chargeback_won"):
            case_id, opened = self._cases.reopen_after_chargeback(order)
            moves = [*self._mover.plan(order, "chargeback_won", STRIPE, dispute_id=case_id).writes, *opened]
        self._once(order.order_id, back.key, [self._ledger.book(back), *moves])

    def _lost(self, order: Order, amount_minor: int, found: StripeDispute) -> None:
        if self._booked(order.order_id, f"chargeback_lost#{found.dispute_id}"):
            return
        gone = self._loss(order, amount_minor, found.dispute_id)
        moves: Sequence[Write] = ()
        if _may(order, "chargeback_lost"):
            moves = [*self._mover.plan(order, "chargeback_lost", STRIPE).writes, *self._cases.lapse(order)]
        self._once(order.order_id, gone.key, [self._ledger.book(gone), *moves])

    def presume_lost(self, order: Order) -> list[Write]:
        """Return the writes that book an order's unanswered chargeback as lost; see orders.clock.Losses."""
        booked = {transaction.key: transaction for transaction in self._ledger.of_book(order.order_id)}
        taken = [each for each in booked.values() if each.kind == "chargeback_withdrawn" and each.stripe_object]
        return [
            self._ledger.book(
                self._loss(order, max(leg.amount_minor for leg in each.postings), str(each.stripe_object))
            )
            for each in taken
            if f"chargeback_lost#{each.stripe_object}" not in booked
            and f"chargeback_reinstated#{each.stripe_object}" not in booked
        ]

    def _loss(self, order: Order, amount_minor: int, dispute_id: str) -> LedgerTransaction:
        held_minor = -balances(self._ledger.of_book(order.order_id)).get((HELD, order.currency), 0)
        return postings.chargeback_lost(order, amount_minor, held_minor, dispute_id, self._clock.now())

    def _booked(self, book: str, key: str) -> bool:
        return any(transaction.key == key for transaction in self._ledger.of_book(book))

    def _once(self, book: str, key: str, writes: Sequence[Write]) -> None:
        try:
            self._tx.commit(writes)
        except Conflict:
            if not self._booked(book, key):
                raise Unavailable(retry_after_seconds=1) from None  # the order moved under us: come again


def _may(order: Order, name: str) -> bool:
    return name in allowed_actions(order, STRIPE)
