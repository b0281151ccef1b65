"""Money in: one path from a paid PaymentIntent to paid orders, entered by webhook, client and sweep alike."""

from contextlib import suppress
from dataclasses import replace

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import STRIPE, SYSTEM
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.outbox.ports import Outbox
from marketplace.payments.intents import Intents
from marketplace.payments.late_news import CAME, SENT, STOPPED, news_of
from marketplace.payments.model import (
    SAME_KEY_FOR,
    Intent,
    IntentKind,
    Payment,
    PaymentMissing,
    PaymentNotPossible,
    PaymentStatus,
    StripePayment,
    StripeRefused,
    late_refund_intent_id,
)
from marketplace.payments.ports import Payments, StripePayments

SUCCEEDED, CANCELED = "succeeded", "canceled"  # Stripe's words


class AmountMismatch(RuntimeError):
    """Stripe holds another amount than we asked for: a bug or an attack, for a person to look at."""


class PaymentService:
    """Brings payments to their end: paid, or expired with everything given back."""

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
        intents: Intents,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._mover = mover
        self._ledger = ledger
        self._stripe = stripe
        self._intents = intents
        self._outbox = outbox

    def ensure_intent(self, payment: Payment) -> StripePayment | None:
        """Return the payment's PaymentIntent, making it when a crash left none; None when it can no longer be made.

        Raises: PaymentNotPossible when Stripe will never take it; PaymentMoved when it is over; Unavailable.
        """
        if payment.payment_intent_id:
            return self._stripe.read_payment(payment.payment_intent_id)
        fresh = self._clock.now() - payment.created_at < SAME_KEY_FOR
        try:
            found = self._stripe.create_payment(payment) if fresh else self._stripe.find_payment(payment)
        except StripeRefused as refused:
            raise PaymentNotPossible(reason=refused.reason) from refused
        if found:
            self._tx.commit([self._payments.attach(payment, found.payment_intent_id)])
        return found

    def complete(self, payment_id: str) -> Payment:
        """Ask Stripe how the payment stands, and follow: the same answer any number of times.

        Raises: PaymentMissing; Unavailable.
        """
        payment = self._read(payment_id)
        if payment.status is PaymentStatus.PAID or (payment.payment_intent_id is None):
            return payment
        found = self._stripe.read_payment(payment.payment_intent_id)
        if found.status == SUCCEEDED:
            return self._late(payment, found) if payment.status is PaymentStatus.EXPIRED else self._paid(payment, found)
        return self._expired(payment) if found.status == CANCELED else payment

    def expire(self, payment_id: str) -> Payment:
        """Cancel an unpaid payment at Stripe, then free what it reserved; a payment that was faster wins.

        Raises: PaymentMissing; Unavailable.
        """
        payment = self._read(payment_id)
        if payment.status is not PaymentStatus.AWAITING or self._clock.now() < payment.due_at:
            return payment
        payment, found = self._to_cancel(payment)
        if found is None or self._stripe.cancel_payment(found.payment_intent_id).status == CANCELED:
            return self._expired(payment)
        return self.complete(payment_id)

    def _to_cancel(self, payment: Payment) -> tuple[Payment, StripePayment | None]:
        """Return the PaymentIntent without which nobody can pay any more, and the payment as it is stored then."""
        try:
            found = self.ensure_intent(payment)
        except PaymentNotPossible:
            return payment, None
        except Unavailable:
            if payment.payment_intent_id:
                raise
            # Nobody has its secret yet, so a failure that its key replays for a day need not lock the goods.
            return payment, self._stripe.find_payment(payment)
        return (replace(payment, payment_intent_id=found.payment_intent_id) if found else payment), found

    def _paid(self, payment: Payment, found: StripePayment) -> Payment:
        if (found.amount_minor, found.currency) != (payment.amount_minor, payment.currency) or not found.charge_id:
            raise AmountMismatch(payment.payment_id)
        now = self._clock.now()
        writes: list[Write] = [self._payments.paid(payment, found.charge_id, found.clears_at)]
        for order in self._orders.read_many(payment.order_ids):
            if order.state != "awaiting_payment":
                return self._read(payment.payment_id)  # somebody else completed it between the two reads
            writes += self._mover.plan(order, "pay", STRIPE).writes
            writes.append(self._ledger.book(postings.capture(order, found.charge_id, now)))
        if found.fee_minor:
            taken = (found.fee_currency or payment.currency, found.fee_minor)
            fee = postings.processing_fee(payment.payment_id, *taken, found.charge_id, now)
            writes.append(self._ledger.book(fee))
        return self._commit(payment, writes)

    def _expired(self, payment: Payment) -> Payment:
        if payment.status is not PaymentStatus.AWAITING:
            return payment
        writes: list[Write] = [self._payments.expired(payment)]
        for order in self._orders.read_many(payment.order_ids):
            if order.state != "awaiting_payment":
                return self._read(payment.payment_id)
            writes += self._mover.plan(order, "expire", SYSTEM).writes
        return self._commit(payment, writes)

    def _late(self, payment: Payment, found: StripePayment) -> Payment:
        now = self._clock.now()
        charge_id = str(found.charge_id)
        intent = Intent(
            late_refund_intent_id(payment.payment_id),
            IntentKind.LATE_REFUND,
            payment.payment_id,
            None,
            found.amount_minor,
            found.currency,
            now,
            facts={"charge_id": charge_id},
        )
        came = postings.late_payment(payment.payment_id, found.currency, found.amount_minor, charge_id, now)
        told = self._outbox.publish(news_of(CAME, payment, found.amount_minor, now))
        writes = [self._ledger.book(came), self._payments.open_intent(intent), told]
        if found.fee_minor:
            taken = (found.fee_currency or found.currency, found.fee_minor)
            fee = postings.processing_fee(payment.payment_id, *taken, charge_id, now)
            writes.append(self._ledger.book(fee))
        with suppress(Conflict):  # an earlier delivery booked it; its refund goes on below
            self._tx.commit(writes)
        self.finish_late_refund(intent.intent_id)
        return payment

    def finish_late_refund(self, intent_id: str) -> None:
        """Give a late payment back, once, and tell who paid it how that went.

        Raises: PaymentMissing; Unavailable.
        """
        intent = self._payments.intent(intent_id)
        if intent is None:
            return
        payment = self._read(intent.payment_id)

        def told(kind: str, once: str, **more: str) -> Write:
            return self._outbox.publish(
                news_of(kind, payment, intent.amount_minor, self._clock.now(), once=once, **more)
            )

        def booked(result_id: str) -> list[Write]:
            now = self._clock.now()
            facts = (intent.payment_id, intent.currency, intent.amount_minor, result_id, now)
            again = "" if intent_id == late_refund_intent_id(intent.payment_id) else intent_id
            refund = postings.late_refund(*facts, attempt=intent.attempt, again=again)
            return [self._ledger.book(refund), told(SENT, result_id, receipt_id=result_id)]

        self._intents.perform(
            intent,
            charge_id=intent.facts["charge_id"],
            destination=None,
            record=booked,
            parked=lambda: [told(STOPPED, intent.stripe_key)],
        )

    def _commit(self, payment: Payment, writes: list[Write]) -> Payment:
        try:
            self._tx.commit(writes)
        except Conflict:
            after = self._read(payment.payment_id)
            if after.status is PaymentStatus.AWAITING:
                raise Unavailable(retry_after_seconds=1) from None  # an order moved under us: ask again
            return after
        return self._read(payment.payment_id)

    def _read(self, payment_id: str) -> Payment:
        payment = self._payments.read(payment_id)
        if payment is None:
            raise PaymentMissing
        return payment
