"""Chargebacks: the bank takes the money back while it looks, and everything for that order stands still.

The amount is divided over the payment's orders in proportion to what of their totals was not refunded before. An order
that has begun to settle keeps its state and its hold, which its award has promised away: what goes to the seller is
then taken from them (clawback.py), what does not the platform's loss; but first it pays what the award gives the buyer
and they have not got (overtaken.py). Of an order of which the bank kept a part, an operator divides the rest.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import postings
from marketplace.ledger.model import BAD_DEBT, HELD, LedgerTransaction, balances, seller_debt_account
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import STRIPE, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.process import Guard
from marketplace.orders.rules import allowed_actions, guards
from marketplace.payments.answering import BankCases
from marketplace.payments.bank_books import changed_fees, divided, kept_of_hold, open_cases, taken_in, transferred
from marketplace.payments.bank_turns import BankTurns, Turn
from marketplace.payments.clawback import Clawbacks, Step
from marketplace.payments.model import (
    DisputeInAnotherCurrency,
    IntentState,
    Payment,
    PaymentStatus,
    StripeDispute,
    transfer_intent_id,
)
from marketplace.payments.overtaken import Overtaken
from marketplace.payments.ports import CaseFiles, Completion, Debts, Finisher, Payments, StripePayments
from marketplace.payouts.ports import Earnings

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
        completion: Completion,
        cases: CaseFiles,
        debts: Debts,
        overtaken: Overtaken,
        turns: BankTurns,
        earnings: Earnings,
        bank_cases: BankCases,
        clawbacks: Clawbacks,
        finisher: Finisher,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._mover = mover
        self._ledger = ledger
        self._stripe = stripe
        self._completion = completion
        self._cases = cases
        self._debts = debts
        self._overtaken = overtaken
        self._turns = turns
        self._earnings = earnings
        self._bank_cases = bank_cases
        self._clawbacks = clawbacks
        self._finisher = finisher

    def follow(self, stripe_dispute_id: str) -> None:
        """Re-read the dispute at Stripe and bring every order of its payment up to it.

        Raises: Unavailable; DisputeInAnotherCurrency, at the end, when nothing but its fee could be booked.
        """
        known = self._bank_cases.known(stripe_dispute_id)
        turn = self._turns.read(known.payment_id) if known else None  # before Stripe is asked: see `known`
        found = self._stripe.read_dispute(stripe_dispute_id)
        named = self._stripe.read_payment(found.payment_intent_id).payment_id if found.payment_intent_id else None
        payment = self._payments.read(named) if named else None
        if payment is None or payment.payment_intent_id != found.payment_intent_id:
            return  # another system's payment on the same Stripe account, whatever names it carries
        if payment.status is not PaymentStatus.PAID:
            # Stripe tells events in any order: what is charged back was paid, and must be held before it is frozen.
            payment = self._completion.complete(payment.payment_id)
        turn = turn or self._turns.read(payment.payment_id)  # before all that is decided by
        orders = self._orders.read_many(payment.order_ids)
        case = self._bank_cases.note(known, payment, orders, found)
        amount_minor = found.amount_in(payment.currency)
        if found.withdrawn:  # an inquiry moves no money
            self._book_fees(payment, found, turn)
            if amount_minor is not None:
                taken = replace(found, amount_minor=amount_minor, currency=payment.currency)
                self._follow_money(payment, self._with_refunds_known(orders, taken), taken, turn)
        self._bank_cases.automatically(case)
        if found.withdrawn and amount_minor is None:
            raise DisputeInAnotherCurrency(found.dispute_id)

    def _follow_money(self, payment: Payment, orders: Sequence[Order], found: StripeDispute, turn: Turn) -> None:
        for order, amount_minor in zip(orders, self._amounts(orders, found), strict=True):
            self._withdrawn(order, amount_minor, found, turn)
            if found.status in (WON, LOST):
                self._refunds_tried(order.order_id, found)
                self._closed(order.order_id, amount_minor, found, turn)
        if found.status in (WON, LOST):
            for order in orders:  # once the books of all of them say how the payment's case ended
                self._overtaken.follow(order.order_id, turn)
            self._overtaken.follow_late(payment.payment_id, turn)
            for order in orders:
                self._clawbacks.advance(order.order_id, found.dispute_id)

    def _with_refunds_known(self, orders: Sequence[Order], found: StripeDispute) -> Sequence[Order]:
        """Return the orders once it is known what of each was refunded: the bank took the rest.

        Raises: Unavailable while nobody knows.
        """
        if len(orders) == 1 or any(taken_in(self._ledger.of_book(each.order_id), found.dispute_id) for each in orders):
            return orders  # nothing to divide
        under_way = [refund for order in orders for refund in self._overtaken.open_refunds(order.order_id)]
        for refund in under_way:
            self._finisher(refund)
        return self._orders.read_many([order.order_id for order in orders]) if under_way else orders

    def _refunds_tried(self, order_id: str, found: StripeDispute) -> None:
        """Learn of each refund of a lost order whether it was sent: only what was not is paid by the bank."""
        for refund in self._overtaken.open_refunds(order_id) if found.status == LOST else ():
            with suppress(Unavailable):  # of its transfer, perhaps; what stays unknown is asked for with the loss
                self._finisher(refund)

    def _amounts(self, orders: Sequence[Order], found: StripeDispute) -> list[int]:
        books = [self._ledger.of_book(order.order_id) for order in orders]
        return divided(found.amount_minor, orders, books, found.dispute_id)

    def _book_fees(self, payment: Payment, found: StripeDispute, turn: Turn) -> None:
        """Book what each fee has come to since the last look: Stripe may add to it, or give it back."""
        book = self._ledger.of_book(payment.payment_id)
        for nth, currency, known_minor, fee_minor in changed_fees(book, found.dispute_id, found.fees):
            facts = (payment.payment_id, currency, known_minor, fee_minor, found.dispute_id)
            fee = postings.chargeback_fee(*facts, self._clock.now(), nth=nth)
            self._once(payment.payment_id, fee.key, [self._ledger.book(fee)], turn)

    def _withdrawn(self, order: Order, amount_minor: int, found: StripeDispute, turn: Turn) -> None:
        if amount_minor == 0 or self._booked(order.order_id, f"chargeback_withdrawn#{found.dispute_id}"):
            return
        taken = postings.chargeback_withdrawn(order, amount_minor, found.dispute_id, self._clock.now())
        moves: Sequence[Write] = ()
        if _may(order, "charge_back"):
            moves = self._mover.plan(
                order, "charge_back", STRIPE, withdrawn_minor=amount_minor, asked_until=None
            ).writes
        self._once(order.order_id, taken.key, [self._ledger.book(taken), *moves, *self._withheld(order, taken)], turn)

    def _closed(self, order_id: str, amount_minor: int, found: StripeDispute, turn: Turn) -> None:
        order = self._orders.read(order_id)
        if order is None or amount_minor == 0:
            return
        if found.status == WON:
            self._won(order, amount_minor, found, turn)
        else:
            self._lost(order, amount_minor, found, turn)

    def _won(self, order: Order, amount_minor: int, found: StripeDispute, turn: Turn) -> None:
        if not found.reinstated or self._booked(order.order_id, f"chargeback_reinstated#{found.dispute_id}"):
            return
        back = self._clawbacks.given_back(order, amount_minor, found.dispute_id)
        moves: list[Write] = []
        book = self._ledger.of_book(order.order_id)
        if _may(order, "chargeback_won") and not open_cases(book) - {found.dispute_id}:
            case_id, opened = self._cases.reopen_after_chargeback(order)
            kept_minor = kept_of_hold(book)
            changes: dict[str, Any] = {"dispute_id": case_id, "lost_minor": kept_minor}
            moves = [*self._mover.plan(order, "chargeback_won", STRIPE, **changes).writes, *opened]
        # A loss that is told late must not be booked beside it, nor it beside a loss that it did not know.
        unknown = [] if back.undoes else [self._ledger.unbooked(order.order_id, f"chargeback_lost#{found.dispute_id}")]
        self._step(order, back, [*moves, *unknown, *self._over(order, found)], turn)

    def _lost(self, order: Order, amount_minor: int, found: StripeDispute, turn: Turn) -> None:
        if self._booked(order.order_id, f"chargeback_lost#{found.dispute_id}"):
            return
        book = self._ledger.of_book(order.order_id)
        set_off_minor, same = self._set_off(order, book)
        facts = (order, amount_minor, self._held(order, book), found.dispute_id)
        gone = self._clawbacks.lost(*facts, book, set_off_minor=set_off_minor)
        moves: Sequence[Write] = ()
        if _may(order, "chargeback_lost") and not open_cases(book) - {found.dispute_id}:
            kept_minor = kept_of_hold([*book, gone.booked])
            moves = self._let_go(replace(order, withdrawn_minor=kept_minor - order.lost_minor))
        let_go = [] if gone.reversing else self._over(order, found)  # the hold stands until the reversal is over
        not_back = self._ledger.unbooked(order.order_id, f"chargeback_reinstated#{found.dispute_id}")
        as_read = [] if moves or gone.writes else [self._orders.unmoved(order)]  # what the seller has left of it, too
        self._step(order, gone, [*moves, not_back, *let_go, *same, *as_read], turn)

    def _set_off(self, order: Order, book: Sequence[LedgerTransaction]) -> tuple[int, list[Write]]:
        """Return what of a loss pays refunds that an ended order's buyer has not got, while that is so.

        What an order still holds bears a loss before anything else, and is divided after it.

        Raises: Unavailable while nobody knows what was refunded.
        """
        if order.award is None:
            return 0, []
        if self._overtaken.open_refunds(order.order_id):
            raise Unavailable
        return self._overtaken.still_owed(order.order_id, book)

    def _step(self, order: Order, step: Step, others: Sequence[Write], turn: Turn) -> None:
        writes = [*self._booking(order, [step.booked]), *step.writes, *others]
        self._once(order.order_id, step.booked.key, writes, turn)

    def _withheld(self, order: Order, taken: LedgerTransaction) -> list[Write]:
        """Return the writes that keep the seller from being paid out what the bank took, as far as they have it."""
        transfer = self._payments.intent(transfer_intent_id(order.order_id))  # first: recorded since, the book has it
        book = self._ledger.of_book(order.order_id)
        has_minor, is_booked = transferred(book), any(each.key == postings.TRANSFER for each in book)
        if transfer is not None and transfer.state is IntentState.OPEN and not is_booked:
            has_minor += transfer.amount_minor  # perhaps theirs by now
        amount_minor = min(has_minor, max(leg.amount_minor for leg in taken.postings))
        return self._earnings.withheld(order, amount_minor, str(taken.stripe_object), taken.booked_at)

    def _over(self, order: Order, found: StripeDispute) -> list[Write]:
        return self._earnings.let_go(order, found.dispute_id, self._clock.now())

    def _let_go(self, order: Order) -> list[Write]:
        """Return what a lost chargeback does to its order: it ends, or an operator divides what the bank left."""
        facts = {"lost_minor": order.withdrawn_minor}
        if Guard.IN_PART not in guards(order):
            return [*self._mover.plan(order, "chargeback_lost", STRIPE, facts=facts).writes, *self._cases.lapse(order)]
        case_id, opened = self._cases.reopen_after_chargeback(order)
        step = self._mover.plan(order, "chargeback_lost", STRIPE, facts=facts, dispute_id=case_id)
        return [*step.writes, *opened]

    def at_bank(self, order: Order) -> Order:
        """Return the order with all that banks hold of it, over every open case; its own row knows the first."""
        book = self._ledger.of_book(order.order_id)
        gone_minor = sum(taken_in(book, each) for each in open_cases(book)) + kept_of_hold(book) - order.lost_minor
        return replace(order, withdrawn_minor=min(gone_minor, order.left_minor))

    def presume_lost(self, order: Order) -> list[Write]:
        """Return the writes that book an order's unanswered chargeback as lost; see orders.clock.Losses.

        Raises: Unavailable when a bank said something since `at_bank`.
        """
        turn = self._turns.read(order.payment_id)
        if self.at_bank(order) != order:
            raise Unavailable(retry_after_seconds=1)
        book, now = self._ledger.of_book(order.order_id), self._clock.now()
        losses: list[LedgerTransaction] = []
        for dispute_id in sorted(open_cases(book)):
            held_minor = max(0, self._held(order, book) - kept_of_hold(losses))
            losses.append(postings.chargeback_lost(order, taken_in(book, dispute_id), held_minor, dispute_id, now))
        return [*self._booking(order, losses), self._turns.take(turn)]

    def _held(self, order: Order, book: Iterable[LedgerTransaction]) -> int:
        """Return what can bear a loss: an award has promised the hold away, paid or not yet."""
        return 0 if order.award else -balances(book).get((HELD, order.currency), 0)

    def _booking(self, order: Order, booked: Sequence[LedgerTransaction]) -> list[Write]:
        """Return the writes that book, and change what the seller owes with it."""
        account = seller_debt_account(order.seller_id)
        debt_minor = sum(leg.amount_minor for each in booked for leg in each.postings if leg.account == account)
        whose = (order.seller_id, order.currency)
        debts = [self._debts.add(*whose, debt_minor)] if debt_minor > 0 else []
        made_up_minor = -sum(leg.amount_minor for each in booked for leg in each.postings if leg.account == BAD_DEBT)
        if debt_minor < 0 or made_up_minor:
            debts = [self._debts.regain(*whose, max(0, -debt_minor), made_up_minor)]
        return [*(self._ledger.book(each) for each in booked), *debts]

    def _booked(self, book: str, key: str) -> bool:
        return self._entry(book, key) is not None

    def _entry(self, book: str, key: str) -> LedgerTransaction | None:
        return next((each for each in self._ledger.of_book(book) if each.key == key), None)

    def _once(self, book: str, key: str, writes: Sequence[Write], turn: Turn) -> None:
        try:
            self._tx.commit([*writes, self._turns.take(turn)])
            turn.taken += 1
        except Conflict:
            if not self._booked(book, key):
                raise Unavailable(retry_after_seconds=1) from None  # something moved under us: come again


def _may(order: Order, name: str) -> bool:
    return name in allowed_actions(order, STRIPE)
