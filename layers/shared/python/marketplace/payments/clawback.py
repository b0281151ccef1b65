"""What a lost chargeback takes from a seller who was paid, and what a later win gives back to them, to the cent.

The bank's loss is first taken out of the order's transfer, as far as the seller's money at Stripe goes: the reversal is
an intent, opened in the transaction that books the loss, and the hold that was placed when the bank took the money
stands until it is over. The rest, and whatever Stripe refuses to reverse, is debt, which later earnings pay.

A bank that gives the money back after all undoes exactly that: what is still owed is owed no more, and what was
reversed, or paid by earnings since, is transferred to the seller again. While people decide about a reversal of which
nobody knows, that waits, and the hold stands.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.ledger import postings
from marketplace.ledger import refunds as books
from marketplace.ledger.model import LATE_PAYMENT, LedgerTransaction, seller_account
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.payments.beside import BESIDE, BY_BANK, OUT_OF_BALANCE, Beside
from marketplace.payments.intents import Intents
from marketplace.payments.model import (
    Intent,
    IntentKind,
    IntentState,
    reversal_leg_id,
    transfer_back_id,
)
from marketplace.payments.ports import Debts, Payments, RefundRows, UnclaimedRows
from marketplace.payments.reversible import largest_left
from marketplace.payments.unclaimed_model import Unclaimed, Whose
from marketplace.payouts.ports import Earnings, Purses

DISPUTE = "stripe_dispute_id"  # the fact that says for which case money is taken back, or given


@dataclass(frozen=True, slots=True)
class Step:
    """A booking, with the writes that go with it beside the debt.

    `reversing` when the seller's hold must stand on; `undoes` when it takes a loss back that was booked.
    """

    booked: LedgerTransaction
    writes: Sequence[Write] = ()
    reversing: bool = False
    undoes: bool = False


class Clawbacks:
    """Takes, and gives back."""

    def __init__(
        self,
        *,
        clock: Clock,
        payments: Payments,
        orders: Orders,
        ledger: Ledger,
        refunds: RefundRows,
        purses: Purses,
        debts: Debts,
        earnings: Earnings,
        intents: Intents,
        beside: Beside,
        unclaimed: UnclaimedRows,
    ) -> None:
        self._clock = clock
        self._payments = payments
        self._orders = orders
        self._ledger = ledger
        self._refunds = refunds
        self._purses = purses
        self._debts = debts
        self._earnings = earnings
        self._intents = intents
        self._beside = beside
        self._unclaimed = unclaimed

    def lost(
        self,
        order: Order,
        amount_minor: int,
        held_minor: int,
        dispute_id: str,
        book: Sequence[LedgerTransaction],
        *,
        set_off_minor: int = 0,
    ) -> Step:
        """Return what books a loss and opens the reversal of the seller's part; the order holds `held_minor`.

        `set_off_minor` of it, at most, pays refunds that the buyer has not got.
        """
        now = self._clock.now()
        _, share_minor, _ = postings.chargeback_shares(order, amount_minor, held_minor, set_off_minor=set_off_minor)
        reverse_minor, transfer_id = self._reversible(order, share_minor, book)
        facts = (order, amount_minor, held_minor, dispute_id, now)
        booked = postings.chargeback_lost(*facts, to_reverse_minor=reverse_minor, set_off_minor=set_off_minor)
        less = self._kept(order, share_minor)
        if not reverse_minor:
            return Step(booked, less)
        back = Intent(
            reversal_leg_id(order.order_id, dispute_id),
            IntentKind.REVERSAL,
            order.payment_id,
            order.order_id,
            reverse_minor,
            order.currency,
            now,
            facts={DISPUTE: dispute_id, "transfer_id": transfer_id},
        )
        return Step(booked, [self._payments.open_intent(back), *less], reversing=True)

    def given_back(self, order: Order, amount_minor: int, dispute_id: str) -> Step:
        """Return what books that the bank gave the money back, and sends the seller what is theirs of it.

        Raises: Unavailable while what is being reversed is on its way, or people decide about it: first the one.
        """
        self._finish_reversal(order, dispute_id)
        lost = _counted(self._ledger.of_book(order.order_id), dispute_id)
        owed_minor = max(0, self._debts.owed_minor(order.seller_id, order.currency)) if lost else 0
        facts = (order, amount_minor, lost, dispute_id, self._clock.now())
        forgiven_minor = self._forgiven(order, lost) if lost else 0
        back = postings.chargeback_reinstated(*facts, owed_minor=owed_minor, forgiven_minor=forgiven_minor)
        account = seller_account(order.seller_id)
        pay_minor = -_on(account, [back])
        waits = [*self._waiting(order, back, dispute_id), *self._kept(order, -sellers_share(lost))]
        if not pay_minor:
            return Step(back, waits, undoes=bool(lost))
        reversed_minor = _on(account, lost)  # the charge has room for that again, and for no more
        named = {BESIDE: BY_BANK, DISPUTE: dispute_id}
        named |= {OUT_OF_BALANCE: "earnings had paid"} if pay_minor > reversed_minor else {}
        intent_id = transfer_back_id(order.order_id, dispute_id)
        return Step(back, [self._beside.to_seller(order, intent_id, pay_minor, named), *waits], undoes=True)

    def _forgiven(self, order: Order, lost: Sequence[LedgerTransaction]) -> int:
        """Return what was given up of the seller's debts since the case was lost: what was before is of others."""
        return self._debts.forgiven_minor(order.seller_id, order.currency, min(each.booked_at for each in lost))

    def _kept(self, order: Order, share_minor: int) -> list[Write]:
        """Return the writes that count into the order what a bank kept, or gave back, of the seller's part."""
        after = replace(order, lost_after_minor=max(0, order.lost_after_minor + share_minor))
        return [] if after == order else [self._orders.give_back(order, after)]

    def _waiting(self, order: Order, back: LedgerTransaction, dispute_id: str) -> list[Write]:
        """Return what lets a person say whose the money is that came back when the order was over."""
        amount_minor = -_on(LATE_PAYMENT, [back])
        if not amount_minor:
            return []
        name = f"reinstated#{order.order_id}#{dispute_id}"
        facts = (order.payment_id, order.order_id, amount_minor, order.currency, back.booked_at)
        return [self._unclaimed.put(Unclaimed(name, Whose.NOBODY, *facts, account=LATE_PAYMENT))]

    def advance(self, order_id: str, dispute_id: str) -> None:
        """Perform what a case opened, as far as it goes now; the sweep goes on with the rest."""
        names = [reversal_leg_id(order_id, dispute_id), transfer_back_id(order_id, dispute_id)]
        for intent in self._payments.intents(names).values():
            if intent.state is IntentState.OPEN:
                with suppress(Unavailable):
                    self.finish(intent)

    def finish(self, intent: Intent) -> IntentState:
        """Perform one of them; harmless when it is done.

        Raises: OrderMissing; Unavailable when it stays open.
        """
        if intent.kind is not IntentKind.REVERSAL:
            return self._beside.finish(intent)
        order = self._orders.read(str(intent.order_id))
        if order is None:
            raise OrderMissing
        return self._take_back(order, intent)

    def given_up(self, reversal: Intent, reason: str) -> list[Write]:
        """Return the writes that close a parked reversal: the seller owes what it did not bring.

        Raises: OrderMissing.
        """
        order = self._orders.read(str(reversal.order_id))
        if order is None:
            raise OrderMissing
        return [self._payments.close_intent(reversal, reason), *self._owing(order, reversal)]

    def _owing(self, order: Order, reversal: Intent) -> list[Write]:
        now, dispute_id = self._clock.now(), reversal.facts[DISPUTE]
        debt = self._debts.add(order.seller_id, order.currency, reversal.amount_minor)
        booked = self._ledger.book(books.not_reversed(order, dispute_id, reversal.amount_minor, now))
        return [booked, debt, *self._earnings.let_go(order, dispute_id, now)]

    def _take_back(self, order: Order, reversal: Intent) -> IntentState:
        dispute_id = reversal.facts[DISPUTE]

        def record(reversal_id: str) -> list[Write]:
            now = self._clock.now()
            booked = self._ledger.book(books.reversal(order, dispute_id, reversal.amount_minor, reversal_id, now))
            gone = self._earnings.reversed(order, reversal.amount_minor, reversal_id, now)
            return [booked, *gone, *self._earnings.let_go(order, dispute_id, now)]

        def refused(_reason: str) -> list[Write]:
            return self._owing(order, reversal)

        return self._intents.perform(reversal, charge_id="", destination=None, record=record, refused=refused)

    def _finish_reversal(self, order: Order, dispute_id: str) -> None:
        found = self._payments.intent(reversal_leg_id(order.order_id, dispute_id))
        state = self._take_back(order, found) if found is not None else None
        if state is IntentState.PARKED:
            raise Unavailable

    def _reversible(self, order: Order, share_minor: int, book: Iterable[LedgerTransaction]) -> tuple[int, str]:
        """Return what of the seller's share a transfer of the order and their money at Stripe still allow."""
        if not share_minor:
            return 0, ""
        left = largest_left(order, self._refunds.of_order(order.order_id), list(book), self._payments)
        purse, _ = self._purses.purse(order.seller_id, order.currency)
        return max(0, min(share_minor, left.amount_minor, purse.at_stripe_minor)), left.transfer_id


def _counted(book: Iterable[LedgerTransaction], dispute_id: str) -> list[LedgerTransaction]:
    """Return what was booked when the case counted as lost, with its corrections; nothing when it never did."""
    keys = {f"chargeback_lost#{dispute_id}", f"{books.NOT_REVERSED}#{dispute_id}"}
    kept = list(book)
    lost = [each for each in kept if each.key in keys]
    covered = (each for each in kept if each.kind == books.COVERED and each.stripe_object == dispute_id)
    return [*lost, *covered] if lost else []


def sellers_share(booked: Iterable[LedgerTransaction]) -> int:
    """Return what of lost chargebacks sellers were to bear, done or not."""
    lost = (leg for each in booked if each.kind == "chargeback_lost" for leg in each.postings)
    return sum(leg.amount_minor for leg in lost if leg.account.partition(":")[0] in {"seller", "seller_debt"})


def _on(account: str, booked: Iterable[LedgerTransaction]) -> int:
    return sum(leg.amount_minor for each in booked for leg in each.postings if leg.account == account)
