"""Collect what sellers owe from money of theirs that lies at Stripe, by reversing earlier transfers to them.

Later earnings pay a debt first. What is still owed after the grace is taken from the balance, so that money of the
platform does not lie in a seller's account for ever: one transfer at a time, each an intent of its own. The transaction
that opens it takes the amount off the debt and holds it in the balance, under the condition that so much is owed, that
nothing of the balance moved, and that nobody gave back of the order meanwhile. So neither a settlement's netting nor a
payout counts the same cents. What Stripe refuses is debt again at once, looked at again a week later; only what nobody
can know is parked, and two people send it again or make it debt again.

No stop keeps this from happening: stops are for money that leaves us, and this comes in.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger import collected
from marketplace.ledger import refunds as books
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.rules import is_over
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.bank_books import open_cases
from marketplace.payments.collection_model import COLLECTION, LOOK_AGAIN, REFUSED_AGAIN, Owed
from marketplace.payments.intents import Intents
from marketplace.payments.model import Intent, IntentKind, IntentState, reversal_leg_id
from marketplace.payments.ports import CollectedDebts, CollectedOrders, Payments, RefundRows, SellerAccounts
from marketplace.payments.reversible import Left, largest_left
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.model import Cause, EntryKind, Hold, PayoutState, Purse
from marketplace.payouts.ports import Earnings, Holds, Payouts, Purses, StripePayouts

AT_ONCE = 5  # transfers reversed for one debt in one go; the rest in the next one
ORDERS_MAX = 50  # that are looked at in a day for a transfer of which something is left
PAGE, PAGES_MAX = 100, 20  # of a balance's entries, read to find them: at most 2 000
UNSENT = frozenset({PayoutState.OPEN, PayoutState.PARKED})
PAYOUTS_BACK = 6  # whose contents are looked at, beside what lies there now


class Collecting:
    """Takes what is owed, a transfer at a time."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        orders: CollectedOrders,
        ledger: Ledger,
        refunds: RefundRows,
        purses: Purses,
        holds: Holds,
        payouts: Payouts,
        sellers: SellerAccounts,
        stripe: StripePayouts,
        debts: CollectedDebts,
        earnings: Earnings,
        intents: Intents,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._ledger = ledger
        self._refunds = refunds
        self._purses = purses
        self._holds = holds
        self._payouts = payouts
        self._sellers = sellers
        self._stripe = stripe
        self._debts = debts
        self._earnings = earnings
        self._intents = intents
        self._outbox = outbox

    def collect(self, name: str) -> None:
        """Take what a debt's seller has at Stripe, up to what they owe; done twice, or by two at once, it takes once.

        `name` is what the index calls the debt. One collection of a debt is under way at a time.

        Raises: Conflict when something came between; Unavailable when a reversal stays open. Both come again.
        """
        later = LOOK_AGAIN
        for _ in range(AT_ONCE):
            owed = self._debts.owed(name)
            intent = self._begin(owed) if owed is not None else None
            state = self.finish(intent) if intent is not None else None
            if state is IntentState.CLOSED:
                later = REFUSED_AGAIN
            if state is not IntentState.DONE:
                break
        after = self._debts.owed(name)
        if after is not None:
            with suppress(Conflict):  # what changed it says itself when to come back
                self._tx.commit([self._debts.look_again(after, self._clock.now() + later)])

    def finish(self, intent: Intent) -> IntentState:
        """Perform the reversal of one; harmless when it is done. What Stripe refuses is owed again at once.

        Raises: OrderMissing; Unavailable when it stays open.
        """
        order = self._orders.read(str(intent.order_id))
        if order is None:
            raise OrderMissing

        def record(reversal_id: str) -> Sequence[Write]:
            return self._taken(order, intent, reversal_id)

        def refused(_reason: str) -> Sequence[Write]:
            return self._owed_again(order, intent, self._clock.now() + REFUSED_AGAIN)

        return self._intents.perform(intent, charge_id="", destination=None, record=record, refused=refused)

    def given_up(self, intent: Intent, reason: str) -> list[Write]:
        """Return the writes that close a parked one: the seller owes again what it did not bring.

        Raises: OrderMissing.
        """
        order = self._orders.read(str(intent.order_id))
        if order is None:
            raise OrderMissing
        return [self._payments.close_intent(intent, reason), *self._owed_again(order, intent, None)]

    def _owed_again(self, order: Order, intent: Intent, at: datetime | None) -> list[Write]:
        now = self._clock.now()
        booked = books.not_reversed(order, intent.facts[COLLECTION], intent.amount_minor, now)
        return [
            self._ledger.book(booked),
            self._debts.give_up(order.seller_id, order.currency, intent.amount_minor, intent.intent_id, at),
            *self._holds.end(order.seller_id, _hold(intent), now, "system"),
        ]

    def _begin(self, owed: Owed) -> Intent | None:
        """Open the reversal of the first transfer that has something left; None when nothing can be taken now."""
        if owed.amount_minor <= 0 or owed.collecting is not None:
            return None
        purse, _ = self._purses.purse(owed.seller_id, owed.currency)
        most_minor = min(owed.amount_minor, self._free_minor(purse))
        if most_minor <= 0:
            return None
        for order_id in self._orders_in(purse):
            order = self._orders.read(order_id)
            left = self._left(order) if order is not None and is_over(order) else Left()
            if order is not None and left.amount_minor:
                return self._opened(order, owed, purse, left, min(most_minor, left.amount_minor))
        return None

    def _free_minor(self, purse: Purse) -> int:
        """Return what lies at Stripe, cleared, less what banks may still take; begun payouts are not in it any more."""
        now = self._clock.now()
        holds = self._holds.holds(purse.seller_id)
        disputed = (each for each in holds if each.cause is Cause.CHARGEBACK and each.covers(purse.currency, now))
        ours_minor = purse.at_stripe_minor - sum(each.amount_minor or 0 for each in disputed)
        return min(ours_minor, self._cleared_minor(purse)) if ours_minor > 0 else 0

    def _cleared_minor(self, purse: Purse) -> int:
        """Return what Stripe could take back now, less a payout that was promised and may not have left."""
        seller = self._sellers.of(purse.seller_id)
        if seller is None or seller.stripe_account_id is None:
            return 0
        last = self._payouts.payout(purse.seller_id, purse.currency, purse.number - 1) if purse.number > 1 else None
        promised_minor = last.amount_minor if last is not None and last.state in UNSENT else 0
        try:
            return self._stripe.cleared_minor(seller.stripe_account_id, purse.currency) - promised_minor
        except PayoutRefused:  # an account that is not ours any more
            return 0

    def _orders_in(self, purse: Purse) -> Iterator[str]:
        """Yield orders that brought money into the balance, at most ORDERS_MAX: those of what lies there now first.

        Where there are more, each day begins where the one before ended: those of which nothing is left hide no other.
        """
        found = list(dict.fromkeys(self._earning(purse)))
        begin = self._clock.now().toordinal() * ORDERS_MAX % len(found) if len(found) > ORDERS_MAX else 0
        yield from [*found[begin:], *found[:begin]][:ORDERS_MAX]

    def _earning(self, purse: Purse) -> Iterator[str]:
        """Yield the orders of what lies there now, then of the last payouts, as far as PAGES_MAX reads go."""
        pages_left = PAGES_MAX
        for number in range(purse.number, max(0, purse.number - 1 - PAYOUTS_BACK), -1):
            cursor = None
            while pages_left:
                rows = self._purses.entries_of(purse.seller_id, purse.currency, number, cursor, PAGE)
                pages_left, cursor = pages_left - 1, rows.cursor
                yield from (each.order_id for each in rows.items if each.kind is EntryKind.EARNED and each.order_id)
                if cursor is None:
                    break

    def _left(self, order: Order) -> Left:
        book = self._ledger.of_book(order.order_id)
        if open_cases(book):
            return Left()  # its own chargeback is to take it back
        return largest_left(order, self._refunds.of_order(order.order_id), book, self._payments)

    def _opened(self, order: Order, owed: Owed, purse: Purse, left: Left, amount_minor: int) -> Intent:
        now, collection = self._clock.now(), owed.next_collection
        intent = Intent(
            reversal_leg_id(order.order_id, collection),
            IntentKind.REVERSAL,
            order.payment_id,
            order.order_id,
            amount_minor,
            order.currency,
            now,
            facts={COLLECTION: collection, "transfer_id": left.transfer_id},
        )
        self._tx.commit(
            [
                self._payments.open_intent(intent),
                self._ledger.book(collected.taken(order, collection, amount_minor, now)),
                self._debts.collect(owed, amount_minor, intent.intent_id),
                self._purses.purse_as_read(purse),
                self._orders.unmoved(order),
                *self._holds.place(order.seller_id, _hold(intent)),
            ]
        )
        return intent

    def _taken(self, order: Order, intent: Intent, reversal_id: str) -> Sequence[Write]:
        now = self._clock.now()
        booked = books.reversal(order, intent.facts[COLLECTION], intent.amount_minor, reversal_id, now)
        told = event(
            "seller.debt_collected",
            order.seller_id,
            now,
            once=intent.intent_id,
            seller_id=order.seller_id,
            order_id=order.order_id,
            amount_minor=intent.amount_minor,
            currency=order.currency,
        )
        return [
            self._outbox.publish(told),
            self._ledger.book(booked),
            *self._earnings.reversed(order, intent.amount_minor, reversal_id, now),
            self._debts.collected(order.seller_id, order.currency, intent.intent_id),
            *self._holds.end(order.seller_id, _hold(intent), now, "system"),
        ]


def _hold(intent: Intent) -> Hold:
    """Return what keeps the amount in the balance until it is taken."""
    facts = (intent.amount_minor, intent.currency, intent.order_id)
    return Hold(Cause.DEBT, intent.intent_id, intent.created_at, None, *facts)
