"""Money of an order that goes out beside its award: back to a seller whom a chargeback had cost it, or by a decision.

Each is an intent of its own, committed with the fact that wants it, and is performed like any other: what Stripe
refuses is parked for a person (desk.py).
"""

from collections.abc import Mapping, Sequence

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger.model import REFUND_OWED
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.currency_wait import wait
from marketplace.payments.intents import Intents
from marketplace.payments.model import Intent, IntentKind, IntentState, Payment
from marketplace.payments.ports import Payments, SellerAccounts
from marketplace.payouts.errors import CurrencyWaits
from marketplace.payouts.ports import Earnings, Gate

BESIDE = "beside"  # the fact by which such an intent is known: its value says why it is
BY_BANK = "chargeback"  # a bank gave back what a seller had paid for
OUT_OF_BALANCE = "out_of_balance"  # the fact of a transfer for which the order's own charge has no room


class Beside:
    """Opens and performs them."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        orders: Orders,
        ledger: Ledger,
        sellers: SellerAccounts,
        intents: Intents,
        earnings: Earnings,
        gate: Gate,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._ledger = ledger
        self._sellers = sellers
        self._intents = intents
        self._earnings = earnings
        self._gate = gate
        self._outbox = outbox

    def to_seller(self, order: Order, intent_id: str, amount_minor: int, facts: Mapping[str, str]) -> Write:
        """Return the write that opens a transfer of what the order's book owes to the seller."""
        parts = (order.payment_id, order.order_id, amount_minor, order.currency, self._clock.now())
        return self._payments.open_intent(Intent(intent_id, IntentKind.TRANSFER, *parts, facts=facts, gated=True))

    def to_buyer(self, order: Order, intent_id: str, amount_minor: int, facts: Mapping[str, str]) -> Write:
        """Return the write that opens a refund of what the order's book owes to the buyer."""
        parts = (order.payment_id, order.order_id, amount_minor, order.currency, self._clock.now())
        owed = {**facts, "out_of": REFUND_OWED}
        return self._payments.open_intent(Intent(intent_id, IntentKind.REFUND, *parts, facts=owed))

    def finish(self, intent: Intent) -> IntentState:
        """Perform one; harmless when it is done.

        Raises: OrderMissing; Unavailable when it stays open.
        """
        order = self._orders.read(str(intent.order_id))
        if order is None:
            raise OrderMissing
        payment = self._payments.read(order.payment_id)
        if payment is None or payment.charge_id is None:
            raise Unavailable
        try:
            return self._perform(order, payment, intent)
        except CurrencyWaits:
            state = wait(
                order, intent, clock=self._clock, transactions=self._tx, payments=self._payments, gate=self._gate
            )
            if state is IntentState.OPEN:
                raise
            return state

    def _perform(self, order: Order, payment: Payment, intent: Intent) -> IntentState:
        if intent.kind is IntentKind.TRANSFER:
            return self._intents.perform(
                intent,
                charge_id="" if OUT_OF_BALANCE in intent.facts else str(payment.charge_id),
                destination=self._destination(order),
                record=lambda transfer_id: self._sent(order, payment, intent, transfer_id),
                leave=self._gate.checks(order.seller_id, order.currency, order.order_id),
            )
        return self._intents.perform(
            intent,
            charge_id=str(payment.charge_id),
            destination=None,
            record=lambda refund_id: self._back(order, intent, refund_id),
        )

    def _destination(self, order: Order) -> str | None:
        seller = self._sellers.of(order.seller_id)
        return seller.stripe_account_id if seller else None

    def _sent(self, order: Order, payment: Payment, intent: Intent, transfer_id: str) -> list[Write]:
        now = self._clock.now()
        booked = postings.transfer_beside(order, intent.amount_minor, transfer_id, intent.intent_id, now)
        clears_at = payment.clears_at
        earned = self._earnings.earned(order, intent.amount_minor, transfer_id, now, clears_at=clears_at)
        return [self._ledger.book(booked), *earned]

    def _back(self, order: Order, intent: Intent, stripe_refund_id: str) -> Sequence[Write]:
        now = self._clock.now()
        out_of = intent.facts.get("out_of", REFUND_OWED)
        facts = (order, intent.amount_minor, stripe_refund_id, intent.stripe_key, now)
        told = event(
            "refund.done",
            intent.intent_id,
            now,
            once=stripe_refund_id,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            refund_minor=intent.amount_minor,
            currency=order.currency,
            receipt_id=stripe_refund_id,
        )
        return [self._ledger.book(postings.refund(*facts, out_of=out_of)), self._outbox.publish(told)]
