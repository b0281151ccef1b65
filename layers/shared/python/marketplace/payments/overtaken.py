"""Money that was on its way when a bank took the payment back.

Stripe refuses refunds and transfers of a charge that is charged back, so their intents are parked. What the bank then
decides decides them too:

- it kept the money: a refund's buyer has been paid by the bank, and the refund's money bears the loss; what a seller
  earned pays the debt that the loss left them with. The intent is closed without effect;
- it gave the money back: the intent is opened again, under the next attempt's key;
- it has not said yet, or kept less: the intent stays with people.
"""

from collections.abc import Iterable
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings, refunds
from marketplace.ledger.model import CHARGEBACK_LOSS, HELD, LedgerTransaction
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payments.model import (
    Intent,
    IntentKind,
    IntentState,
    late_refund_intent_id,
    refund_intent_id,
    refund_leg_id,
    transfer_intent_id,
)
from marketplace.payments.ports import Debts, Payments, RefundRows
from marketplace.payments.refund_limits import SELLER_OWES_TOO_MUCH

OVERTAKEN = "overtaken_by_chargeback"


class Overtaken:
    """Decides parked intents by what the bank decided; harmless to ask again."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        refunds: RefundRows,
        debts: Debts,
        orders: Orders,
        ledger: Ledger,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._refunds = refunds
        self._debts = debts
        self._orders = orders
        self._ledger = ledger

    def follow(self, order_id: str) -> None:
        """Decide what of the order's parked money the bank's decisions decide.

        Raises: Unavailable when something moved meanwhile: ask again.
        """
        book = self._ledger.of_book(order_id)
        cases = _cases(book)
        if not cases["withdrawn"]:
            return
        for intent in self._parked(order_id):
            if cases["withdrawn"] <= cases["reinstated"]:
                if intent.attempt or intent.reason == SELLER_OWES_TOO_MUCH:
                    continue  # refused once more although the bank let go, or not stopped by the bank: for people
                self._once(intent, [self._payments.reopen_intent(intent, self._clock.now())])
            elif cases["lost"] - cases["reinstated"]:
                self._lost(order_id, intent)

    def follow_late(self, payment_id: str) -> None:
        """Decide a late payment's refund by what banks decided about that payment.

        Raises: Unavailable when something moved meanwhile: ask again.
        """
        intent, payment = self._payments.intent(late_refund_intent_id(payment_id)), self._payments.read(payment_id)
        if intent is None or payment is None:
            return
        book = [each for order_id in payment.order_ids for each in self._ledger.of_book(order_id)]
        cases, facts = _cases(book), (payment_id, intent.currency, intent.intent_id)
        is_back = bool(cases["withdrawn"]) and cases["withdrawn"] <= cases["reinstated"]
        now, amount_minor = self._clock.now(), intent.amount_minor
        if is_back and intent.state is IntentState.CLOSED and intent.reason == OVERTAKEN:
            owed = refunds.late_overtaken(*facts, -amount_minor, intent.attempt, now)
            self._once(intent, [self._payments.reopen_intent(intent, now), self._ledger.book(owed)])
        elif is_back and intent.state is IntentState.PARKED and not intent.attempt:
            self._once(intent, [self._payments.reopen_intent(intent, now)])
        elif intent.state is IntentState.PARKED and sum(_lost_by_case(book).values()) >= amount_minor:
            paid = refunds.late_overtaken(*facts, amount_minor, intent.attempt, now)
            self._once(intent, [self._payments.close_intent(intent, OVERTAKEN), self._ledger.book(paid)])

    def open_refunds(self, order_id: str) -> list[Intent]:
        """Return the order's refunds of which nobody knows yet whether they were made."""
        return [each for each in self._legs(order_id) if each.state is IntentState.OPEN and _is_refund(each)]

    def _parked(self, order_id: str) -> list[Intent]:
        return [each for each in self._legs(order_id) if each.state is IntentState.PARKED]

    def _legs(self, order_id: str) -> Iterable[Intent]:
        legs = [refund_intent_id(order_id), transfer_intent_id(order_id)]
        legs += [refund_leg_id(order_id, each.refund_id) for each in self._refunds.of_order(order_id)]
        return self._payments.intents(legs).values()

    def _lost(self, order_id: str, intent: Intent) -> None:
        order = self._orders.read(order_id)
        if order is None:
            return
        book = self._ledger.of_book(order_id)
        writes = self._earned(order, intent) if intent.kind is IntentKind.TRANSFER else self._paid(order, intent, book)
        if writes:
            self._once(intent, [self._payments.close_intent(intent, OVERTAKEN), *writes, *self._woken(order)])

    def _paid(self, order: Order, intent: Intent, book: Iterable[LedgerTransaction]) -> list[Write]:
        """Let the refund's money bear what the marketplace lost to the bank; nothing when the bank kept less."""
        lost = _lost_by_case(book)
        if sum(lost.values()) < intent.amount_minor:
            return []
        how: dict[str, Any] = {"out_of": intent.facts.get("out_of", HELD), "at": self._clock.now()}
        left_minor, writes = intent.amount_minor, list[Write]()
        for dispute_id, lost_minor in lost.items():
            some_minor = min(lost_minor, left_minor)
            if some_minor:
                booked = refunds.overtaken(order, intent.intent_id, some_minor, dispute_id=dispute_id, **how)
                writes.append(self._ledger.book(booked))
            left_minor -= some_minor
        return writes

    def _earned(self, order: Order, intent: Intent) -> list[Write]:
        """Let the seller's earnings pay their debt; nothing when they owe less."""
        if self._debts.owed_minor(order.seller_id, order.currency) < intent.amount_minor:
            return []
        key = f"{postings.NETTED}#{OVERTAKEN}"
        return [
            self._ledger.book(postings.netted(order, intent.amount_minor, key, self._clock.now())),
            self._debts.net(order.seller_id, order.currency, intent.amount_minor),
        ]

    def _woken(self, order: Order) -> list[Write]:
        return [self._orders.wake(order, self._clock.now())] if order.state == "settling" else []

    def _once(self, intent: Intent, writes: list[Write]) -> None:
        try:
            self._tx.commit(writes)
        except Conflict:
            after = self._payments.intent(intent.intent_id)
            if after is None or after.state is intent.state:
                raise Unavailable(retry_after_seconds=1) from None


def _cases(book: Iterable[LedgerTransaction]) -> dict[str, set[str | None]]:
    steps = ("withdrawn", "reinstated", "lost")
    kept = list(book)
    return {step: {each.stripe_object for each in kept if each.kind == f"chargeback_{step}"} for step in steps}


def _lost_by_case(book: Iterable[LedgerTransaction]) -> dict[str, int]:
    """Return what the marketplace itself bears of each case that a bank kept, less what refunds' money bears by now."""
    kept = list(book)
    cases = _cases(kept)
    lost = dict.fromkeys(sorted(str(each) for each in cases["lost"] - cases["reinstated"]), 0)
    for each in kept:
        if str(each.stripe_object) in lost:
            lost[str(each.stripe_object)] += _on(CHARGEBACK_LOSS, each)
    return lost


def _on(account: str, booked: LedgerTransaction) -> int:
    return sum(leg.amount_minor for leg in booked.postings if leg.account == account)


def _is_refund(intent: Intent) -> bool:
    return intent.kind is IntentKind.REFUND
