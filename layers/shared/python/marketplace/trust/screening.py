"""Judge each paid order once, leave a receipt, and hold the release when the findings weigh too much."""

from dataclasses import replace
from datetime import timedelta

from marketplace.decisions.model import HOUSE
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import Order, OrderMissing
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.trust.model import (
    ALLOW,
    HOLD,
    HOLD_SCORE,
    IN_FORCE,
    TOO_LATE,
    AlreadyScreened,
    Case,
    DecisionReceipt,
    Payment,
    Screened,
    score_of,
)
from marketplace.trust.ports import AccountFacts, HoldableOrders, Records
from marketplace.trust.rules import HISTORY_DAYS, PAYMENTS_AFTER, Facts, judge

RECEIPT = "rcp"
HOLD_ATTEMPTS_MAX = 4  # the order may move while it is judged; each attempt reads it again


class Screening:
    """Applies the rules to paid orders."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        outbox: Outbox,
        records: Records,
        orders: HoldableOrders,
        account_facts: AccountFacts | None,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._outbox = outbox
        self._records = records
        self._orders = orders
        self._account_facts = account_facts
        self._decisions = decisions

    def screen(self, paid: Event) -> Screened | None:
        """Judge the order that this `order.paid` event is about; None when that was done before.

        Raises: OrderMissing; Unavailable. Repeating the event is safe.
        """
        order = self._read(paid.subject)
        findings = judge(self._facts(order, paid))
        score = score_of(findings)
        receipt = DecisionReceipt(
            receipt_id=derived_id(RECEIPT, paid.event_id),
            order_id=order.order_id,
            decision=HOLD if score >= HOLD_SCORE else ALLOW,
            effect=IN_FORCE,
            automated=True,
            decided_at=self._clock.now(),
            findings=findings,
            score=score,
        )
        try:
            effect = self._place(order, receipt) if receipt.decision == HOLD else self._note(receipt, IN_FORCE)
        except AlreadyScreened:
            return None
        return Screened(receipt.decision, effect, score)

    def _read(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order

    def _facts(self, order: Order, paid: Event) -> Facts:
        at = paid.occurred_at
        payment = Payment(order.order_id, order.payment_id, at, order.total_minor, order.currency)
        # Counted before it is judged: of orders paid at the same moment, the last one screened sees them all.
        self._transactions.commit([self._records.count_payment(order.buyer_id, payment)])
        payments = self._records.payments(order.buyer_id, at - timedelta(days=HISTORY_DAYS), at + PAYMENTS_AFTER)
        buyer = self._account_facts.facts(order.buyer_id) if self._account_facts else None
        seller = self._account_facts.facts(order.seller_id) if self._account_facts else None
        return Facts(
            now=at,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            currency=order.currency,
            payments=payments,
            buyer_created_at=buyer[0] if buyer else None,
            buyer_signup_ip=buyer[1] if buyer else None,
            seller_signup_ip=seller[1] if seller else None,
        )

    def _place(self, order: Order, receipt: DecisionReceipt) -> str:
        for _ in range(HOLD_ATTEMPTS_MAX):
            if is_decided(order):
                return self._note(receipt, TOO_LATE)
            try:
                self._transactions.commit(self._hold(order, receipt))
            except Conflict:  # the order moved meanwhile, or somebody else holds it
                seen, order = order, self._read(order.order_id)
                if (order.state, order.step, order.risk_receipt) == (seen.state, seen.step, seen.risk_receipt):
                    return self._note(receipt, TOO_LATE)
            else:
                return IN_FORCE
        raise Unavailable(retry_after_seconds=1)

    def _hold(self, order: Order, receipt: DecisionReceipt) -> list[Write]:
        at = receipt.decided_at
        case = Case(
            order_id=order.order_id,
            receipt_id=receipt.receipt_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            total_minor=order.total_minor,
            currency=order.currency,
            score=receipt.score,
            opened_at=at,
        )
        told = hold_event("hold.placed", case, receipt)
        return [
            self._records.put_receipt(receipt, AlreadyScreened()),
            self._records.open_case(case),
            self._orders.hold(order, receipt.receipt_id),
            self._outbox.publish(told),
            *self._decisions.record(
                kind="hold.placed",
                subject=order.order_id,
                concerns=[order.buyer_id, order.seller_id],
                by=HOUSE,
                once=receipt.receipt_id,
                facts={"score": receipt.score, "threshold": receipt.threshold},
                automated=True,
            ),
        ]

    def _note(self, receipt: DecisionReceipt, effect: str) -> str:
        noted = replace(receipt, effect=effect)
        self._transactions.commit([self._records.put_receipt(noted, AlreadyScreened())])
        return effect


def is_decided(order: Order) -> bool:
    """Say whether the order's money has gone, or is going, where it goes: nothing is left to hold."""
    return order.ended_at is not None or order.award is not None


def hold_event(kind: str, case: Case, receipt: DecisionReceipt) -> Event:
    """Say that a hold was placed, cleared or refused."""
    return event(
        kind,
        case.order_id,
        receipt.decided_at,
        once=receipt.receipt_id,
        buyer_id=case.buyer_id,
        seller_id=case.seller_id,
        receipt_id=receipt.receipt_id,
    )
