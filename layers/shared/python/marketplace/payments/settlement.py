"""Money out: pay an order's award, refund first, and close the order with the last leg.

The seller's part is booked as earned, netted against what the seller owes, and its transfer opened with what is left
over, in one transaction before the call. So the amount of a transfer never changes once Stripe may have heard of it.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings, refunds
from marketplace.ledger.model import HELD, LedgerTransaction
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import SYSTEM, Order, OrderMissing, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.payments.currency_wait import wait
from marketplace.payments.intents import Intents
from marketplace.payments.model import Intent, IntentKind, IntentState, Payment, refund_intent_id, transfer_intent_id
from marketplace.payments.overtaken import Overtaken
from marketplace.payments.ports import Debts, IntentStanding, Payments, SellerAccounts
from marketplace.payments.refund_costs import RefundCosts
from marketplace.payouts.errors import CurrencyWaits
from marketplace.payouts.ports import Earnings, Gate


class Settlement:
    """Turns `settling` orders into ended ones."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        debts: Debts,
        orders: Orders,
        mover: Mover,
        ledger: Ledger,
        sellers: SellerAccounts,
        intents: Intents,
        costs: RefundCosts,
        overtaken: Overtaken,
        earnings: Earnings,
        gate: Gate,
        standing: IntentStanding,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._debts = debts
        self._orders = orders
        self._mover = mover
        self._ledger = ledger
        self._sellers = sellers
        self._intents = intents
        self._costs = costs
        self._overtaken = overtaken
        self._earnings = earnings
        self._gate = gate
        self._standing = standing

    def settle(self, order_id: str) -> Order:
        """Perform what is left of the order's award; done twice, or by two at once, it pays once.

        Returns the order, still settling when a leg is parked for a person.

        Raises: OrderMissing; Unavailable when a leg stays open.
        """
        order = self._read(order_id)
        if order.state != "settling" or order.award is None:
            return order
        legs = self._payments.intents([refund_intent_id(order_id), transfer_intent_id(order_id)])
        refund, transfer = legs.get(refund_intent_id(order_id)), legs.get(transfer_intent_id(order_id))
        to_seller = order.award.seller_minor > 0
        if refund and not self._is_over(order, refund, closes=not to_seller) and not _came_back(refund):
            return self._rest(order_id)
        if to_seller and transfer is None:
            transfer = self._release(order)
        if transfer and not self._is_over(order, transfer, closes=True):
            return self._rest(order_id)
        after = self._read(order_id)
        return self._close(after) if after.state == "settling" else after

    def finish(self, intent: Intent) -> None:
        """Perform a leg that people reopened after its order had ended.

        Raises: OrderMissing; Unavailable when it stays open.
        """
        order = self._read(str(intent.order_id))
        if order.state == "settling":
            self.settle(order.order_id)
        else:
            self._perform(order, intent, closes=False)

    def _is_over(self, order: Order, intent: Intent, *, closes: bool) -> bool:
        state = intent.state if intent.is_over else self._perform(order, intent, closes=closes)
        return state in {IntentState.DONE, IntentState.CLOSED}

    def _release(self, order: Order) -> Intent | None:
        """Book what the seller earned, net it, and open its transfer; None when nothing is left to transfer."""
        assert order.award is not None  # noqa: S101 - settling
        now = self._clock.now()
        gross_minor = order.award.seller_minor
        net_minor = gross_minor - postings.commission_on(order, gross_minor)
        netted_minor = max(0, min(net_minor, self._debts.owed_minor(order.seller_id, order.currency)))
        writes = [self._ledger.book(postings.release(order, gross_minor, now))]
        if netted_minor:
            writes.append(self._ledger.book(postings.netted(order, netted_minor, postings.NETTED, now)))
            writes.append(self._debts.net(order.seller_id, order.currency, netted_minor))
        intent = _transfer(order, net_minor - netted_minor, now)
        writes += (
            [self._payments.open_intent(intent)]
            if intent.amount_minor
            else self._mover.plan(order, "settle", SYSTEM).writes
        )
        return self._opened(intent, writes)

    def _opened(self, intent: Intent, writes: list[Write]) -> Intent | None:
        try:
            self._tx.commit(writes)
        except Conflict:
            found = self._payments.intent(intent.intent_id)
            if found is None and self._read(str(intent.order_id)).state == "settling":
                raise Unavailable(retry_after_seconds=1) from None  # the debt moved under us: come again
            return found
        return intent if intent.amount_minor else None

    def _perform(self, order: Order, intent: Intent, *, closes: bool) -> IntentState:
        payment = self._payments.read(order.payment_id)
        if payment is None or payment.charge_id is None:
            raise Unavailable
        destination = self._destination(order) if _is_transfer(intent) else None
        # A stop, or no bank account for the currency: the transfer waits, open. Refunds to buyers wait for neither.
        leave = self._gate.checks(order.seller_id, order.currency, order.order_id) if _is_transfer(intent) else []

        def record(result_id: str) -> list[Write]:
            if _is_transfer(intent):
                booked = self._transferred(order, payment, intent, result_id)
            else:
                booked = self._refunded(order, intent, result_id)
            settled = self._mover.plan(order, "settle", SYSTEM).writes if closes else []
            return [*booked, *settled]

        try:
            return self._intents.perform(
                intent, charge_id=payment.charge_id, destination=destination, record=record, leave=leave
            )
        except CurrencyWaits:
            state = wait(
                order, intent, clock=self._clock, transactions=self._tx, payments=self._payments, gate=self._gate
            )
            if state is IntentState.OPEN:
                raise
            return state

    def _transferred(self, order: Order, payment: Payment, intent: Intent, transfer_id: str) -> list[Write]:
        now = self._clock.now()
        booked = self._ledger.book(postings.transfer(order, intent.amount_minor, transfer_id, now))
        clears_at = payment.clears_at
        return [booked, *self._earnings.earned(order, intent.amount_minor, transfer_id, now, clears_at=clears_at)]

    def _refunded(self, order: Order, intent: Intent, stripe_refund_id: str) -> list[Write]:
        booked = _refund(order, intent, stripe_refund_id, self._clock)
        again = "out_of" in intent.facts  # it came back once; its cost is booked
        cost_minor = 0 if again else self._costs.of_award(order, intent.amount_minor)
        return [self._ledger.book(booked), *self._cost(order, cost_minor)]

    def _cost(self, order: Order, cost_minor: int) -> list[Write]:
        if not cost_minor:
            return []
        cost = refunds.cost(order, "award", cost_minor, self._clock.now())
        return [self._ledger.book(cost), self._debts.add(order.seller_id, order.currency, cost_minor)]

    def _destination(self, order: Order) -> str | None:
        seller = self._sellers.of(order.seller_id)
        return seller.stripe_account_id if seller else None

    def _rest(self, order_id: str) -> Order:
        self._overtaken.follow(order_id)  # a bank that paid the buyer first, or let them down, may end the matter
        # Parked: the sweep would only find it parked each minute, ahead of orders that it could help.
        order = self._read(order_id)
        legs = self._legs(order_id)
        stopped = [each for each in legs if each.state is IntentState.PARKED and not _came_back(each)]
        under_way = [each for each in legs if each.state is IntentState.OPEN]
        if order.state == "settling" and legs and not stopped and not under_way:
            return self.settle(order_id)  # the bank's decision ended what was stopped: whoever waited goes on
        if order.state != "settling" or order.due_at is None or not stopped:
            return order
        try:
            # Only while they are parked: what a bank or people decided meanwhile woke the order, for nobody to undo.
            self._tx.commit([self._orders.rest(order), *(self._standing.as_read(each) for each in stopped)])
        except Conflict:
            return self.settle(order_id)  # somebody else brought it on
        return self._read(order_id)

    def _legs(self, order_id: str) -> Collection[Intent]:
        return self._payments.intents([refund_intent_id(order_id), transfer_intent_id(order_id)]).values()

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


def _transfer(order: Order, amount_minor: int, now: datetime) -> Intent:
    intent_id = transfer_intent_id(order.order_id)
    parts = (order.payment_id, order.order_id, amount_minor, order.currency, now)
    return Intent(intent_id, IntentKind.TRANSFER, *parts, gated=True)


def _refund(order: Order, intent: Intent, stripe_refund_id: str, clock: Clock) -> LedgerTransaction:
    # What failed once is owed again, out of the hold no more.
    out_of = intent.facts.get("out_of", HELD)
    return postings.refund(order, intent.amount_minor, stripe_refund_id, intent.stripe_key, clock.now(), out_of=out_of)


def _came_back(refund: Intent) -> bool:
    """Say whether a refund was paid once: its money has left the hold, so that nobody else waits for it."""
    return refund.kind is IntentKind.REFUND and refund.result_id is not None


def _is_transfer(intent: Intent) -> bool:
    return intent.kind is IntentKind.TRANSFER
