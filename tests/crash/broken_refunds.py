"""More broken variants (see broken.py): of refunds, and of what sellers owe for them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.ledger import postings
from marketplace.orders.store import DynamoOrders
from marketplace.orders.table_store import OrderItem
from marketplace.payments.debt_store import DebtItem
from marketplace.payments.intents import Intents
from marketplace.payments.model import Intent, IntentState
from marketplace.payments.refund_legs import RefundLegs
from marketplace.payments.settlement import Settlement, _transfer
from marketplace.storage.transaction import DynamoTransactions, Update
from marketplace.wiring import Services
from tests.crash.broken import _Attempts, money


class RefundWithoutReversal(Services):
    """Gives the buyer's money back and leaves the seller what they were paid."""

    @cached_property
    def refund_legs(self) -> Any:
        class Generous(RefundLegs):
            def _take_back(self, order: Any, refund: Any, reversal: Any, leg: Any) -> IntentState:
                self._tx.commit([self._payments.close_intent(reversal, "not worth it")])
                return IntentState.CLOSED

        made = vars(super().refund_legs)
        parts = {name.removeprefix("_"): part for name, part in made.items()}
        return Generous(transactions=parts.pop("tx"), **parts)


class OldReversalIsDebt(Services):
    """Takes a reversal of which nobody knows for one that Stripe refused."""

    @cached_property
    def intents(self) -> Any:
        class Careless(Intents):
            def perform(self, intent: Intent, *, refused: Any = None, **how: Any) -> IntentState:
                self._follows = refused
                return super().perform(intent, refused=refused, **how)

            def _park(self, intent: Intent, reason: str, parked: Any) -> IntentState:
                if self._follows is None:
                    return super()._park(intent, reason, parked)
                writes = [self._payments.close_intent(intent, reason), *self._follows(reason)]
                return self._close(intent, writes, IntentState.CLOSED)

        parts = {"clock": self.clock, "transactions": self.transactions}
        return Careless(**parts, payments=self.payment_store, stripe=self.stripe)


class DebtOutside(Services):
    """Changes what a seller owes after the books, in a transaction of its own."""

    @cached_property
    def transactions(self) -> Any:
        class TwoSteps(DynamoTransactions):
            def commit(self, writes: Sequence[Any], *, token: str | None = None) -> None:
                debts = [each for each in writes if isinstance(each.item, DebtItem)]
                rest = [each for each in writes if each not in debts]
                if rest:
                    super().commit(rest, token=token)
                if debts:
                    super().commit(debts)

        return TwoSteps(pause=lambda _seconds: None)


class NetsTwice(Services):
    """Nets a debt first, as a fact of that moment, and releases afterwards."""

    @cached_property
    def settlement(self) -> Any:
        class Eager(Settlement):
            def _release(self, order: Any) -> Any:
                now, gross = self._clock.now(), order.award.seller_minor
                net = gross - postings.commission_on(order, gross)
                netted = min(net, self._debts.owed_minor(order.seller_id, order.currency))
                if netted:
                    booked = postings.netted(order, netted, f"netted#{_Attempts.next()}", now)
                    self._tx.commit(
                        [self._ledger.book(booked), self._debts.net(order.seller_id, order.currency, netted)]
                    )
                intent = _transfer(order, net - netted, now)
                writes = [self._ledger.book(postings.release(order, gross, now)), self._payments.open_intent(intent)]
                return self._opened(intent, writes)

        return Eager(**money(self))


class UnguardedRest(Services):
    """Notes what is given back of an order whatever was given back meanwhile."""

    @cached_property
    def order_store(self) -> Any:
        class LastOneWins(DynamoOrders):
            def give_back(self, before: Any, after: Any) -> Write:
                guarded: Any = super().give_back(before, after)
                return Update(guarded.item, guarded.actions, OrderItem.pk.exists(), Conflict())

        return LastOneWins()
