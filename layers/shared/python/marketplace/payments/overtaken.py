"""Money that was on its way when a bank took the payment back.

Stripe refuses refunds and transfers of a charge that is charged back, so their intents are parked. What the bank then
decides decides them too:

- it kept the money: a refund's buyer has been paid by the bank, as far as it kept, and that much of the refund's money
  bears the loss; what Stripe refuses for good of the rest is kept for the buyer (not_by_card.py). What a seller earned
  pays the debt that the loss left them with. The intent is closed without effect, and holds nobody up;
- it gave the money back: the intent is opened again, under the next attempt's key;
- what two people closed is followed under the names by which it was sent again, and what waits of it for the buyer is
  paid by the bank like any other refund (bank_paid.py);
- it has not said yet: the intent waits, and so does one that people stopped and the bank did not pay in full.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings, refunds
from marketplace.ledger.model import CHARGEBACK_LOSS, HELD, LedgerTransaction
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payments.bank_paid import BankPaid
from marketplace.payments.bank_turns import BankTurns, Turn
from marketplace.payments.model import (
    Intent,
    IntentKind,
    IntentState,
    Payment,
    late_refund_intent_id,
    refund_intent_id,
    refund_leg_id,
    transfer_intent_id,
)
from marketplace.payments.not_by_card import CHARGE_DISPUTED, NotByCard
from marketplace.payments.ports import Debts, IntentStanding, Payments, RefundRows
from marketplace.payments.refund_limits import SELLER_OWES_TOO_MUCH
from marketplace.payments.unclaimed_model import WAITS, Stage, Unclaimed

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
        standing: IntentStanding,
        not_by_card: NotByCard,
        bank_paid: BankPaid,
        turns: BankTurns,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._refunds = refunds
        self._debts = debts
        self._orders = orders
        self._ledger = ledger
        self._standing = standing
        self._not_by_card = not_by_card
        self._bank_paid = bank_paid
        self._turns = turns

    def follow(self, order_id: str, turn: Turn | None = None) -> None:
        """Decide what of the order's parked money the bank's decisions decide; `turn` is whoever's who asks has one.

        Raises: Unavailable when something moved meanwhile: ask again.
        """
        order = self._orders.read(order_id)
        payment = self._payments.read(order.payment_id) if order else None
        if payment is None or not (turn or self._cases_of(payment)[0]["withdrawn"]):
            return
        turn = turn or self._turns.read(payment.payment_id)
        cases, books = self._cases_of(payment)
        own = _cases(books[order_id])
        if not cases["withdrawn"]:
            return
        lost_own = own["lost"] - own["reinstated"]
        for intent in self._parked(order_id):
            if cases["withdrawn"] <= cases["reinstated"]:
                if intent.attempt or intent.reason == SELLER_OWES_TOO_MUCH:
                    continue  # refused once more although the bank let go, or not stopped by the bank: for people
                self._once(intent, [self._payments.reopen_intent(intent, self._clock.now())], turn)
            elif lost_own or (_is_refund(intent) and cases["lost"] - cases["reinstated"]):
                self._lost(order_id, intent, _is_decided(cases), turn)
        for row in self._bank_paid.waiting(self._legs(order_id)) if lost_own else ():
            self._row_paid(order_id, row, turn)

    def _cases_of(self, payment: Payment) -> tuple[dict[str, set[str | None]], dict[str, list[LedgerTransaction]]]:
        """Return a payment's cases, for all of which Stripe refuses, though an order's share may be 0; and books."""
        books = {order_id: self._ledger.of_book(order_id) for order_id in payment.order_ids}
        return _cases(each for book in books.values() for each in book), books

    def follow_late(self, payment_id: str, turn: Turn | None = None) -> None:
        """Decide a late payment's refund by what banks decided about that payment; `turn` as in `follow`.

        Raises: Unavailable when something moved meanwhile: ask again.
        """
        turn = turn or self._turns.read(payment_id)
        sent, payment = self._bank_paid.sent_since([late_refund_intent_id(payment_id)]), self._payments.read(payment_id)
        if not sent or payment is None:
            return
        intent = sent[-1]
        book = [each for order_id in payment.order_ids for each in self._ledger.of_book(order_id)]
        uncovered_minor = sum(_lost_by_case(book).values()) + self._covered_late(payment_id)
        row = self._bank_paid.read(intent) if intent.state is IntentState.CLOSED else None
        if row is not None:
            self._late_row(row, uncovered_minor, turn)
        else:
            self._late_refund(intent, book, uncovered_minor, turn)

    def _late_refund(self, intent: Intent, book: Sequence[LedgerTransaction], uncovered_minor: int, turn: Turn) -> None:
        cases, facts = _cases(book), (intent.payment_id, intent.currency, intent.intent_id)
        is_back = bool(cases["withdrawn"]) and cases["withdrawn"] <= cases["reinstated"]
        now, amount_minor = self._clock.now(), intent.amount_minor
        if is_back and intent.state is IntentState.CLOSED and intent.reason == OVERTAKEN:
            owed = refunds.late_overtaken(*facts, -amount_minor, intent.attempt, now)
            self._once(intent, [self._payments.reopen_intent(intent, now), self._ledger.book(owed)], turn)
        elif is_back and intent.state is IntentState.PARKED and not intent.attempt:
            self._once(intent, [self._payments.reopen_intent(intent, now)], turn)
        elif intent.state is IntentState.PARKED and uncovered_minor >= amount_minor:
            paid = self._bank_paid.late_whole(intent)
            self._once(intent, [self._payments.close_intent(intent, OVERTAKEN), *paid], turn)
        elif intent.state is IntentState.PARKED and _is_refused_late(intent, book):
            rest = self._bank_paid.late_rest(intent, max(0, uncovered_minor))
            self._once(intent, [self._payments.close_intent(intent, OVERTAKEN), *rest], turn)

    def _covered_late(self, payment_id: str) -> int:
        """Return what the payment's own book says of the banks' loss: below 0 what was covered, less what came back."""
        return sum(_on(CHARGEBACK_LOSS, each) for each in self._ledger.of_book(payment_id))

    def _late_row(self, row: Unclaimed, uncovered_minor: int, turn: Turn) -> None:
        """Decide what two people closed of it, or a bank left, in the same way: a part pays a part."""
        if uncovered_minor < 0 and row.stage in {*WAITS, Stage.BANK_PAID}:
            self._row(row, self._bank_paid.late_back(row, -uncovered_minor), turn)
        elif uncovered_minor > 0 and row.stage in WAITS:
            self._row(row, self._bank_paid.late_paid(row, min(uncovered_minor, row.amount_minor)), turn)

    def open_refunds(self, order_id: str) -> list[Intent]:
        """Return the order's refunds of which nobody knows yet whether they were made."""
        return [each for each in self._legs(order_id) if each.state is IntentState.OPEN and _is_refund(each)]

    def still_owed(self, order_id: str, book: Iterable[LedgerTransaction]) -> tuple[int, list[Write]]:
        """Return what of the order's refunds the buyer has not got and a bank's loss pays them first.

        That is what was promised and is known not to have been sent, less what earlier losses are to pay of it. The
        conditions hold while that is so.
        """
        legs = self._legs(order_id)
        stopped = [each for each in legs if each.state is IntentState.PARKED and _is_refused(each)]
        rows = self._bank_paid.waiting(legs)
        owed_minor = sum(each.amount_minor for each in stopped) + sum(row.amount_minor for row in rows)
        owed_minor -= sum(_lost_by_case(book).values())
        same = [*(self._standing.as_read(each) for each in stopped), *(self._bank_paid.as_read(row) for row in rows)]
        return max(0, owed_minor), same

    def _parked(self, order_id: str) -> list[Intent]:
        return [each for each in self._legs(order_id) if each.state is IntentState.PARKED]

    def _legs(self, order_id: str) -> list[Intent]:
        """Return what pays the order's award and its refunds, by whatever name it was sent since."""
        legs = [refund_intent_id(order_id), transfer_intent_id(order_id)]
        legs += [refund_leg_id(order_id, each.refund_id) for each in self._refunds.of_order(order_id)]
        return self._bank_paid.sent_since(legs)

    def _lost(self, order_id: str, intent: Intent, is_decided: bool, turn: Turn) -> None:
        order = self._orders.read(order_id)
        if order is None:
            return
        book = self._ledger.of_book(order_id)
        is_transfer = intent.kind is IntentKind.TRANSFER
        writes = self._earned(order, intent) if is_transfer else self._paid(order, intent, book, is_decided)
        if writes:
            self._once(intent, [self._payments.close_intent(intent, OVERTAKEN), *writes, *self._woken(order)], turn)

    def _paid(self, order: Order, intent: Intent, book: Sequence[LedgerTransaction], is_decided: bool) -> list[Write]:
        """Let the refund's money bear what the marketplace lost to the bank, and keep for the buyer what is left.

        Nothing while the bank kept less and something else may still happen to the refund.
        """
        lost = _lost_by_case(book)
        if sum(lost.values()) < intent.amount_minor and not (_is_refused(intent) and is_decided):
            return []
        how: dict[str, Any] = {"out_of": intent.facts.get("out_of", HELD), "at": self._clock.now()}
        left_minor, writes = intent.amount_minor, list[Write]()
        for dispute_id, lost_minor in lost.items():
            some_minor = min(lost_minor, left_minor)
            if some_minor:
                booked = refunds.overtaken(order, intent.intent_id, some_minor, dispute_id=dispute_id, **how)
                writes.append(self._ledger.book(booked))
            left_minor -= some_minor
        return [*writes, *(self._not_by_card.writes(order, intent, left_minor) if left_minor else [])]

    def _earned(self, order: Order, intent: Intent) -> list[Write]:
        """Let the seller's earnings pay their debt; nothing when they owe less."""
        if self._debts.owed_minor(order.seller_id, order.currency) < intent.amount_minor:
            return []
        first = intent.intent_id == transfer_intent_id(order.order_id)
        key = f"{postings.NETTED}#{OVERTAKEN}" + ("" if first else f"#{intent.intent_id}")
        return [
            self._ledger.book(postings.netted(order, intent.amount_minor, key, self._clock.now())),
            self._debts.net(order.seller_id, order.currency, intent.amount_minor),
        ]

    def _row_paid(self, order_id: str, row: Unclaimed, turn: Turn) -> None:
        order = self._orders.read(order_id)
        lost = _lost_by_case(self._ledger.of_book(order_id))  # what paid one amount pays no other
        writes = self._bank_paid.paid(order, row, lost) if order else []
        if writes:
            self._row(row, writes, turn)

    def _row(self, row: Unclaimed, writes: list[Write], turn: Turn) -> None:
        try:
            self._take(turn, writes)
        except Conflict:
            after = self._bank_paid.now(row)
            if after is None or after == row or after.stage in WAITS:  # kept, or used in part: the rest is paid too
                raise Unavailable(retry_after_seconds=1) from None

    def _take(self, turn: Turn, writes: list[Write]) -> None:
        self._tx.commit([*writes, self._turns.take(turn)])
        turn.taken += 1

    def _woken(self, order: Order) -> list[Write]:
        return [self._orders.wake(order, self._clock.now())] if order.state == "settling" else []

    def _once(self, intent: Intent, writes: list[Write], turn: Turn) -> None:
        try:
            self._take(turn, writes)
        except Conflict:
            after = self._payments.intent(intent.intent_id)
            by_people = after is not None and after.state is IntentState.CLOSED and after.reason != OVERTAKEN
            if after is None or after.state is intent.state or by_people:  # what people closed waits, and is followed
                raise Unavailable(retry_after_seconds=1) from None


def _is_refused(intent: Intent) -> bool:
    """Say whether Stripe refunds it neither now nor later, once a bank has kept a part of the charge.

    Either it said so, or the buyer's bank sent the money back. What people stopped stays theirs.
    """
    return _is_refund(intent) and (intent.reason == CHARGE_DISPUTED or intent.result_id is not None)


def _is_refused_late(intent: Intent, book: Iterable[LedgerTransaction]) -> bool:
    """Say whether Stripe refunds a late payment no more, as a bank has kept a part and none looks any more."""
    cases = _cases(book)
    stopped = intent.reason == CHARGE_DISPUTED or intent.result_id is not None
    return stopped and bool(cases["lost"] - cases["reinstated"]) and _is_decided(cases)


def _is_decided(cases: Mapping[str, set[str | None]]) -> bool:
    """Say whether no bank looks at any of them any more."""
    return cases["withdrawn"] <= cases["lost"] | cases["reinstated"]


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
