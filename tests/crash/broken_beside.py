"""More broken variants (see broken.py): of what happens before and beside the paying."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.catalog.store import DynamoListings
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write
from marketplace.orders.clock import OrderClock
from marketplace.orders.rules import process_of
from marketplace.orders.store import DynamoOrders
from marketplace.orders.table_store import OrderItem, log_entry, order_item
from marketplace.outbox.model import event
from marketplace.outbox.store import OutboxItem
from marketplace.payments.intents import Intents
from marketplace.payments.model import (
    Intent,
    IntentKind,
    IntentState,
    PaymentStatus,
    refund_intent_id,
    transfer_intent_id,
)
from marketplace.payments.service import PaymentService
from marketplace.payments.settlement import Settlement
from marketplace.payments.store import DynamoPayments
from marketplace.payments.sweep import Swept
from marketplace.payments.webhook import StripeWebhook, _hints, _parse
from marketplace.storage.transaction import DynamoTransactions, Put, Replace, Update
from marketplace.wiring import Services
from tests.crash.broken import harmless, money, table


class DedupeOutside(Services):
    """Notes a Stripe event as received first, and stores it after that."""

    @cached_property
    def stripe_webhook(self) -> Any:
        class Noted(StripeWebhook):
            def receive(self, raw: bytes, signature: str) -> str:
                found, now = _parse(raw), self._clock.now()
                hints: dict[str, Any] = {**_hints(found)}
                try:
                    self._tx.commit([self._payments.remember_event(found["id"], found["type"], now)])
                except Conflict:
                    return str(found["id"])
                self._tx.commit([self._outbox.publish(event("stripe.event_received", found["id"], now, **hints))])
                return str(found["id"])

        return Noted(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            outbox=self.outbox,
            secret=self.webhook_secret,
        )


class IndexDecides(Services):
    """Asks the index which intents are left, and believes it: an index may be one look behind."""

    @cached_property
    def settlement(self) -> Any:
        class Hopeful(Settlement):
            _last: Sequence[str] = ()

            def settle(self, order_id: str) -> Any:
                order = self._read(order_id)
                now = self._clock.now()
                behind, self._last = self._last, self._payments.due("open", now, 50)
                known = dict(self._payments.intents([refund_intent_id(order_id), transfer_intent_id(order_id)]))
                if order.state == "settling" and transfer_intent_id(order_id) not in known:
                    released = self._release(order)
                    known |= {released.intent_id: released} if released else {}
                wanted = [intent for name, intent in known.items() if name in behind]
                for intent in wanted if order.state == "settling" else ():
                    self._perform(order, intent, closes=intent is wanted[-1])
                after = self._read(order_id)
                return self._close(after) if after.state == "settling" else after

        return Hopeful(**money(self))


class StaleTimer(Services):
    """Does what a timer was set for without looking whether its time has come."""

    @cached_property
    def order_clock(self) -> Any:
        class Rash(OrderClock):
            def tick(self, order_id: str) -> str:
                order = self._read(order_id)
                timer = process_of(order).states[order.state].timer
                if timer:
                    self._apply(order, timer.transition)
                return super().tick(order_id)

        return Rash(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            tokens=self.order_store,
            mover=self.mover,
            executions=self.executions,
            settlement=self.settlement,
            cases=self.disputes,
            losses=self.chargebacks,
            returns=self.open_returns,
            decisions=self.decisions,
        )


class UnguardedMove(Services):
    """Stores an order as it was read and changed, whatever happened to it meanwhile."""

    @cached_property
    def order_store(self) -> Any:
        class LastOneWins(DynamoOrders):
            def move(self, before: Any, after: Any, move: Any) -> list[Write]:
                log = log_entry(move)
                return [Replace(order_item(after), Conflict()), Replace(log.item, Conflict())]  # type: ignore[attr-defined]

        return LastOneWins()

    @cached_property
    def payment_store(self) -> Any:
        class Store(DynamoPayments):
            def open_intent(self, intent: Intent) -> Write:
                return Replace(super().open_intent(intent).item, Conflict())  # type: ignore[attr-defined]

        return Store()


class ForgetsHold(Services):
    """Lets a hold that was placed while the buyer confirmed be overwritten."""

    @cached_property
    def order_store(self) -> Any:
        class Forgetful(DynamoOrders):
            def move(self, before: Any, after: Any, move: Any) -> list[Write]:
                same = (OrderItem.step == before.step) & (OrderItem.state == before.state)
                return [Put(order_item(after), Conflict(), condition=same), log_entry(move)]

        return Forgetful()


class Repriced(Services):
    """Reckons an order's commission anew at each move, by the fees of that day: they rose by a cent."""

    @cached_property
    def order_store(self) -> Any:
        class Adjusting(DynamoOrders):
            def move(self, before: Any, after: Any, move: Any) -> list[Write]:
                same = (OrderItem.step == before.step) & (OrderItem.state == before.state)
                fees = [replace(fee, commission_minor=fee.commission_minor + 1) for fee in after.line_fees]
                total_minor = sum(fee.commission_minor for fee in fees)
                dearer = replace(after, line_fees=tuple(fees), commission_minor=total_minor)
                return [Put(order_item(dearer), Conflict(), condition=same), log_entry(move)]

        return Adjusting()


class IntentNotClosed(Services):
    """Refunds, books it, and leaves the intent open."""

    @cached_property
    def payment_store(self) -> Any:
        class Store(DynamoPayments):
            def finish_intent(self, intent: Intent, result_id: str) -> Write:
                if intent.kind is not IntentKind.REFUND:
                    return super().finish_intent(intent, result_id)
                return harmless(intent)

        return Store()


def _payments(services: Services, kind: type[PaymentService]) -> PaymentService:
    return kind(
        clock=services.clock,
        transactions=services.transactions,
        payments=services.payment_store,
        orders=services.order_store,
        mover=services.mover,
        ledger=services.ledger,
        stripe=services.stripe,
        intents=services.intents,
        outbox=services.outbox,
    )


class ExpiresUnasked(Services):
    """Gives an unpaid cart's goods back without cancelling the payment at Stripe."""

    @cached_property
    def payments(self) -> Any:
        class Impatient(PaymentService):
            def expire(self, payment_id: str) -> Any:
                payment = self._read(payment_id)
                over = payment.status is PaymentStatus.AWAITING and self._clock.now() >= payment.due_at
                return self._expired(payment) if over else payment

        return _payments(self, Impatient)


class AmountUnchecked(Services):
    """Takes any payment that succeeded for the whole one."""

    @cached_property
    def payments(self) -> Any:
        class Trusting(PaymentService):
            def _paid(self, payment: Any, found: Any) -> Any:
                return super()._paid(payment, replace(found, amount_minor=payment.amount_minor))

        return _payments(self, Trusting)


class OutboxApart(Services):
    """Commits the business first, and publishes its events afterwards."""

    @cached_property
    def transactions(self) -> Any:
        class TwoSteps(DynamoTransactions):
            def commit(self, writes: Sequence[Any], *, token: str | None = None) -> None:
                events = [each for each in writes if isinstance(each.item, OutboxItem)]
                rest = [each for each in writes if each not in events]
                if rest:
                    super().commit(rest, token=token)
                if events:
                    super().commit(events)

        return TwoSteps(pause=lambda _seconds: None)


class NoSweep(Services):
    """Trusts that every nudge arrives and every execution lives."""

    @cached_property
    def sweep(self) -> Any:
        class Asleep:
            def run(self) -> Swept:
                return Swept(0, 0, 0, 0, 0)

        return Asleep()


class BookedBeforeTheCall(Services):
    """Records the result before there is one."""

    @cached_property
    def intents(self) -> Any:
        class Foreseeing(Intents):
            def perform(
                self, intent: Intent, *, charge_id: str, destination: str | None, record: Any, **_given: Any
            ) -> IntentState:
                if intent.state is not IntentState.OPEN:
                    return intent.state
                expected = f"expected-{intent.intent_id}"
                done = self._close(
                    intent, [self._payments.finish_intent(intent, expected), *record(expected)], IntentState.DONE
                )
                self._call(intent, charge_id, destination)
                return done

        return Foreseeing(
            clock=self.clock, transactions=self.transactions, payments=self.payment_store, stripe=self.stripe
        )


class SoldTwice(Services):
    """Takes from the stock what a look a moment ago said was there."""

    @cached_property
    def listing_store(self) -> Any:
        class Unconditional(DynamoListings):
            def reserve(self, listing: Any, quantity: int) -> Write:
                guarded: Any = super().reserve(listing, quantity)
                return Update(guarded.item, guarded.actions, type(guarded.item).pk.exists(), guarded.refusal)

        return Unconditional()


class FreedTwice(Services):
    """Gives a cart's goods back in a transaction of its own, before the cart is noted as expired."""

    @cached_property
    def transactions(self) -> Any:
        class StockFirst(DynamoTransactions):
            def commit(self, writes: Sequence[Any], *, token: str | None = None) -> None:
                back = [each for each in writes if isinstance(each, Update) and table(each) == "catalog"]
                back = [
                    each for each in back if "-" not in str(each.actions[0])
                ]  # a reservation adds less than nothing
                rest = [each for each in writes if each not in back]
                if back and rest:
                    super().commit(back)
                super().commit(rest or back, token=token)

        return StockFirst(pause=lambda _seconds: None)
