"""Deliberately broken variants of the real code: each is the real services with one part replaced by a worse one.

They are what the suite is measured by: a suite that finds nothing wrong with them proves nothing about the rest.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Write
from marketplace.ledger import postings
from marketplace.ledger.store import DynamoLedger
from marketplace.payments import stripe_gateway
from marketplace.payments.intents import Intents
from marketplace.payments.leave_store import DynamoLeaves
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.payments.settlement import Settlement
from marketplace.payments.settlement import _transfer as opened_transfer
from marketplace.payments.store import PAYMENT, DynamoPayments, PaymentItem
from marketplace.payments.stripe_gateway import StripeGateway
from marketplace.storage.transaction import Check, Replace
from marketplace.wiring import Services


def money(services: Services) -> dict[str, Any]:
    """What a settlement is made from."""
    return {
        "clock": services.clock,
        "transactions": services.transactions,
        "payments": services.payment_store,
        "orders": services.order_store,
        "mover": services.mover,
        "ledger": services.ledger,
        "sellers": services.sellers,
        "intents": services.intents,
        "debts": services.debts,
        "costs": services.refund_costs,
        "overtaken": services.overtaken,
        "earnings": services.earnings,
        "gate": services.switch,
        "standing": DynamoLeaves(),
    }


def harmless(intent: Intent) -> Write:
    """A write that only looks."""
    return Check(PaymentItem(intent.payment_id, PAYMENT), PaymentItem.pk.exists(), Conflict())


class NoIntentRow(Services):
    """Pays straight from the order: no intent is stored, only the key is stable, and Stripe forgets keys."""

    @cached_property
    def payment_store(self) -> Any:
        class Store(DynamoPayments):
            def open_intent(self, intent: Intent) -> Write:
                return harmless(intent)

        return Store()

    @cached_property
    def settlement(self) -> Any:
        class Straight(Settlement):
            def settle(self, order_id: str) -> Any:
                order = self._read(order_id)
                if order.state == "settling":
                    self._pay(order)
                return self._read(order_id)

            def _pay(self, order: Any) -> None:
                gross = order.award.seller_minor
                intent = opened_transfer(order, gross - postings.commission_on(order, gross), order.entered_at)
                payment = self._payments.read(order.payment_id)
                assert payment is not None
                transfer_id = self._intents._call(intent, str(payment.charge_id), self._destination(order))
                booked = [self._ledger.book(postings.release(order, gross, self._clock.now()))]
                booked += self._transferred(order, payment, intent, transfer_id)
                self._tx.commit([*booked, *self._mover.plan(order, "settle", "system").writes])

        return Straight(**money(self))


class _Attempts:
    """Counts over restarts, as random keys would differ."""

    made = 0

    @classmethod
    def next(cls) -> int:
        cls.made += 1
        return cls.made


def _rekeyed(gateway: Any, intent: Intent, params: dict[str, Any], key: str) -> str:
    with stripe_gateway._meanings():
        return str(gateway._v1.transfers.create(params, {"idempotency_key": key}).id)


def _transfer(intent: Intent, destination: str, charge_id: str) -> dict[str, Any]:
    return {
        "amount": intent.amount_minor,
        "currency": intent.currency,
        "destination": destination,
        "source_transaction": charge_id,
        "transfer_group": intent.payment_id,
        "metadata": stripe_gateway._names(intent),
    }


class KeyPerAttempt(Services):
    """Makes a new idempotency key for each call."""

    @cached_property
    def stripe(self) -> Any:
        class Gateway(StripeGateway):
            def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
                key = f"{intent.intent_id}#{_Attempts.next()}"
                return _rekeyed(self, intent, _transfer(intent, destination, charge_id), key)

        return Gateway(lambda: self.stripe_client)


class NewKeyAfterFailure(Services):
    """Takes an unanswered call for a failed one, and asks again under a new key."""

    @cached_property
    def stripe(self) -> Any:
        class Gateway(StripeGateway):
            def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
                try:
                    return super().transfer(intent, destination=destination, charge_id=charge_id)
                except Unavailable:
                    params = _transfer(intent, destination, charge_id)
                    return _rekeyed(self, intent, params, f"{intent.intent_id}#again")

        return Gateway(lambda: self.stripe_client)


class NoSourceTransaction(Services):
    """Transfers from whatever balance there is, instead of from the charge that was held."""

    @cached_property
    def stripe(self) -> Any:
        class Gateway(StripeGateway):
            def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
                params = _transfer(intent, destination, charge_id)
                del params["source_transaction"]
                return _rekeyed(self, intent, params, intent.intent_id)

        return Gateway(lambda: self.stripe_client)


class NoCommission(Services):
    """Transfers the gross amount."""

    @cached_property
    def settlement(self) -> Any:
        class Generous(Settlement):
            def _perform(self, order: Any, intent: Intent, *, closes: bool) -> Any:
                whole = intent.kind is IntentKind.TRANSFER and order.award
                gross = replace(intent, amount_minor=order.award.seller_minor) if whole else intent
                return super()._perform(order, gross, closes=closes)

        return Generous(**money(self))


class UnguardedRelease(Services):
    """Books each release as a new fact, in a transaction of its own before the order is closed."""

    @cached_property
    def ledger(self) -> Any:
        class Anything(DynamoLedger):
            def book(self, transaction: Any) -> Write:
                if transaction.kind not in {"release", "transfer"}:
                    return super().book(transaction)
                return super().book(replace(transaction, key=f"{transaction.key}#{_Attempts.next()}"))

        return Anything()

    @cached_property
    def intents(self) -> Any:
        class BookedApart(Intents):
            def _close(self, intent: Intent, writes: Sequence[Any], state: IntentState) -> IntentState:
                booked = [each for each in writes if table(each) == "ledger"]
                if booked:
                    self._tx.commit(booked)
                return super()._close(intent, [each for each in writes if each not in booked], state)

        return BookedApart(
            clock=self.clock, transactions=self.transactions, payments=self.payment_store, stripe=self.stripe
        )


def table(write: Any) -> str:
    return str(type(write.item).Meta.table_name.rsplit("-", 1)[-1])


class BookedOver(Services):
    """Books a refund into the entry of its capture, as if less had been paid."""

    @cached_property
    def ledger(self) -> Any:
        class Tidy(DynamoLedger):
            def book(self, transaction: Any) -> Write:
                if transaction.kind != "refund":
                    return super().book(transaction)
                capture = next(each for each in self.of_book(transaction.book) if each.kind == "capture")
                both = replace(capture, postings=capture.postings + transaction.postings)
                return Replace(super().book(both).item, Conflict())  # type: ignore[attr-defined]

        return Tidy()


class UnkeyedLedger(Services):
    """Names a ledger transaction after the moment, not after the fact: whoever comes again books again."""

    @cached_property
    def ledger(self) -> Any:
        class Diary(DynamoLedger):
            def book(self, transaction: Any) -> Write:
                return super().book(replace(transaction, key=f"{transaction.key}#{_Attempts.next()}"))

        return Diary()
