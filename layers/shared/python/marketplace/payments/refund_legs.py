"""A refund on its way: back from the seller, who is waited for by nobody, and to the buyer.

Each leg is an intent; what Stripe refuses of the first becomes the seller's debt, what it refuses of the second waits
for a person. A reversal of which nobody knows waits for people alone: the buyer is paid, unless it is the seller's own
word and the debt it may leave is too large for that. A refund that the buyer's bank sends back is owed again, and waits
for a person too.
"""

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger import refunds as books
from marketplace.ledger.model import LATE_PAYMENT, REFUND_OWED
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.intents import Intents
from marketplace.payments.late_news import STOPPED, news_of
from marketplace.payments.model import Intent, IntentKind, IntentState, StripeRefund
from marketplace.payments.overtaken import Overtaken
from marketplace.payments.ports import Debts, Finisher, Payments, RefundRows, StripePayments
from marketplace.payments.refund_limits import SELLER_DEBT_ALONE_MAX_MINOR, SELLER_OWES_TOO_MUCH, may_owe
from marketplace.payments.refund_model import Refund, RefundMissing
from marketplace.payouts.ports import Earnings

CAME_BACK = "refund_came_back"  # from the buyer's bank


class RefundLegs:
    """Brings refunds to their end."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: Orders,
        payments: Payments,
        refunds: RefundRows,
        debts: Debts,
        ledger: Ledger,
        outbox: Outbox,
        stripe: StripePayments,
        intents: Intents,
        overtaken: Overtaken,
        earnings: Earnings,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._payments = payments
        self._refunds = refunds
        self._debts = debts
        self._ledger = ledger
        self._outbox = outbox
        self._stripe = stripe
        self._intents = intents
        self._overtaken = overtaken
        self._earnings = earnings

    def advance(self, order_id: str, refund_id: str) -> None:
        """Perform what is left of a refund; done twice, or by two at once, it pays once.

        Raises: OrderMissing; RefundMissing; Unavailable when a leg stays open.
        """
        refund, order = self._refunds.read(order_id, refund_id), self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        if refund is None:
            raise RefundMissing
        if refund.whole:
            return  # the order's settlement pays it
        if refund.reversal_id:
            both = self._payments.intents([refund.reversal_id, refund.leg_id])
            reversal = both.get(refund.reversal_id)
            if reversal and not reversal.is_over:
                self._take_back(order, refund, reversal, both.get(refund.leg_id))
        leg = self._payments.intent(refund.leg_id)  # read last: a reversal's end let it go, or stopped it
        if leg and not leg.is_over and self._pay(order, refund, leg) is IntentState.PARKED:
            self._overtaken.follow(order_id)

    def came_back(self, stripe_refund_id: str, finish: Finisher) -> None:
        """Follow a refund that changed at Stripe: one that failed is owed again, and shown to people.

        `finish` brings an open intent to its end first.

        Raises: Unavailable.
        """
        found = self._stripe.read_refund(stripe_refund_id)
        intent = self._payments.intent(found.intent_id) if found.intent_id else None
        if intent is None or not found.failed:
            return
        if intent.state is IntentState.OPEN:
            finish(intent)
            intent = self._payments.intent(intent.intent_id)
        if intent is None or intent.state is IntentState.OPEN:
            raise Unavailable  # the record of the refund itself comes first
        if intent.state is IntentState.DONE and intent.result_id == found.refund_id:
            self._owe_again(intent, found)

    def given_up(self, reversal: Intent, reason: str) -> list[Write]:
        """Return the writes that close a parked reversal: the seller owes what it did not bring.

        Raises: OrderMissing.
        """
        order = self._orders.read(str(reversal.order_id))
        if order is None:
            raise OrderMissing
        debt = self._debts.add(order.seller_id, order.currency, reversal.amount_minor)
        return [self._payments.close_intent(reversal, reason), self._not_reversed(order, reversal), debt]

    def _take_back(self, order: Order, refund: Refund, reversal: Intent, leg: Intent | None) -> IntentState:
        def record(reversal_id: str) -> list[Write]:
            return [*self._reversed(order, refund, reversal, reversal_id), *self._goes_on(leg)]

        def refused(_reason: str) -> list[Write]:
            return [self._not_reversed(order, reversal), *self._owing(order, refund, reversal, leg)]

        def unknown() -> list[Write]:  # it may be a debt once people decide
            owed_minor = self._debts.owed_minor(order.seller_id, order.currency)
            too_much = refund.by_seller_alone and not may_owe(order.currency, owed_minor, reversal.amount_minor)
            return self._goes_on(leg, stopped_by=reversal if too_much else None)

        return self._intents.perform(
            reversal,
            charge_id="",
            destination=None,
            record=record,
            refused=refused,
            parked=unknown,
        )

    def _not_reversed(self, order: Order, reversal: Intent) -> Write:
        facts = (order, reversal.facts["refund_id"], reversal.amount_minor)
        return self._ledger.book(books.not_reversed(*facts, self._clock.now()))

    def _owing(self, order: Order, refund: Refund, reversal: Intent, leg: Intent | None) -> list[Write]:
        """Return the writes of a debt; where it is too large for the seller's word, the buyer waits for people."""
        whose, amount_minor = (order.seller_id, order.currency), reversal.amount_minor
        if not refund.by_seller_alone:
            return [self._debts.add(*whose, amount_minor), *self._goes_on(leg)]
        if may_owe(order.currency, self._debts.owed_minor(*whose), amount_minor):
            at_most = SELLER_DEBT_ALONE_MAX_MINOR[order.currency]
            return [self._debts.add_within(*whose, amount_minor, at_most), *self._goes_on(leg)]
        return [self._debts.add(*whose, amount_minor), *self._goes_on(leg, stopped_by=reversal)]

    def _goes_on(self, leg: Intent | None, *, stopped_by: Intent | None = None) -> list[Write]:
        """Return the write by which the buyer's money may leave now that the reversal is over, or is stopped.

        Its key ages from here, not from when it was asked for: until then nobody called. A reversal that people sent
        again stops nothing: the first time let the money go, or people did, and it may have left.
        """
        if leg is None or leg.state is not IntentState.OPEN:
            return []
        now = self._clock.now()
        if stopped_by is not None and not stopped_by.attempt:
            return [self._payments.park_intent(leg, SELLER_OWES_TOO_MUCH, now)]
        return [self._payments.let_go(leg, now)] if leg.gated and leg.let_go_at is None else []

    def _reversed(self, order: Order, refund: Refund, reversal: Intent, reversal_id: str) -> list[Write]:
        now = self._clock.now()
        booked = books.reversal(order, refund.refund_id, reversal.amount_minor, reversal_id, now)
        return [
            self._ledger.book(booked),
            *self._earnings.reversed(order, reversal.amount_minor, reversal_id, now),
        ]

    def _pay(self, order: Order, refund: Refund, leg: Intent) -> IntentState:
        payment = self._payments.read(order.payment_id)
        if payment is None or payment.charge_id is None:
            raise Unavailable
        return self._intents.perform(
            leg,
            charge_id=payment.charge_id,
            destination=None,
            record=lambda result_id: [*self._refunded(order, leg, result_id), *self._cost(order, refund)],
        )

    def _cost(self, order: Order, refund: Refund) -> list[Write]:
        """Return the writes of what Stripe keeps, now that it was refunded: what a bank paid instead costs nothing.

        Booked once, however often a refund that came back is sent again.
        """
        if not refund.cost_minor:
            return []
        cost = books.cost(order, refund.refund_id, refund.cost_minor, self._clock.now())
        if any(each.key == cost.key for each in self._ledger.of_book(order.order_id)):
            return []
        return [self._ledger.book(cost), self._debts.add(order.seller_id, order.currency, refund.cost_minor)]

    def _refunded(self, order: Order, leg: Intent, stripe_refund_id: str) -> list[Write]:
        now = self._clock.now()
        out_of = leg.facts.get("out_of", REFUND_OWED)
        facts = (order, leg.amount_minor, stripe_refund_id, leg.stripe_key, now)
        booked = postings.refund(*facts, out_of=out_of)
        return [self._ledger.book(booked), self._told("done", order, leg, stripe_refund_id)]

    def _owe_again(self, intent: Intent, found: StripeRefund) -> None:
        owed_in = LATE_PAYMENT if intent.kind is IntentKind.LATE_REFUND else REFUND_OWED
        book = intent.order_id or intent.payment_id
        now = self._clock.now()
        facts = (book, intent.currency, found.amount_minor, found.refund_id)
        reason = f"{CAME_BACK}:{found.failure_reason or found.status}"
        writes = [
            self._payments.fail_intent(intent, reason, now, out_of=owed_in),
            self._ledger.book(books.failed(*facts, owed_in=owed_in, at=now)),
        ]
        order = self._orders.read(intent.order_id) if intent.order_id else None
        if order:
            writes.append(self._told("failed", order, intent, found.refund_id))
        elif intent.kind is IntentKind.LATE_REFUND and (payment := self._payments.read(intent.payment_id)):
            told = news_of(STOPPED, payment, found.amount_minor, now, once=found.refund_id)
            writes.append(self._outbox.publish(told))
        try:
            self._tx.commit(writes)
        except Conflict:
            after = self._payments.intent(intent.intent_id)
            if after is not None and after.state is IntentState.DONE and after.result_id == found.refund_id:
                raise Unavailable(retry_after_seconds=1) from None

    def _told(self, what: str, order: Order, leg: Intent, stripe_refund_id: str) -> Write:
        told = event(
            f"refund.{what}",
            leg.facts.get("refund_id", leg.intent_id),
            self._clock.now(),
            once=stripe_refund_id,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            refund_minor=leg.amount_minor,
            currency=order.currency,
            receipt_id=stripe_refund_id,  # Stripe's id of it: a bank can find it by that
        )
        return self._outbox.publish(told)
