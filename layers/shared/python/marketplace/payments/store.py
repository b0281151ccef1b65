"""Payments, intents and received Stripe events in DynamoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payments.model import (
    Intent,
    IntentFinished,
    IntentKind,
    IntentState,
    Payment,
    PaymentMoved,
    PaymentStatus,
)
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put, Update

PAYMENT, INTENT, EVENT = "payment", "intent", "event"
AWAITING_QUEUE, OPEN_QUEUE, PARKED_QUEUE = "awaiting", "open", "parked"
EVENT_KEPT_SECONDS = 35 * 86_400  # Stripe repeats for 3 days and lists for 30


class AlreadyReceived(Conflict):
    """This Stripe event was stored before; its effects have their own guards."""

    code = "event_already_received"


class OpenWork(GlobalSecondaryIndex[Any]):
    """What the sweep looks after, by due time."""

    class Meta:
        """See data.yaml."""

        index_name = "open_work"
        projection = KeysOnlyProjection()

    work_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class PaymentItem(Item):
    """One checkout's payment."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    buyer_id = UnicodeAttribute()
    order_ids = JSONAttribute()
    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    status = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    created_at = UnicodeAttribute()
    payment_intent_id = UnicodeAttribute(null=True)
    charge_id = UnicodeAttribute(null=True)
    clears_at = UnicodeAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute()

    open_work = OpenWork()


class IntentItem(Item):
    """One effect outside."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    created_at = UnicodeAttribute()
    state = UnicodeAttribute()
    result_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    facts = JSONAttribute()
    attempt = IntegerAttribute(null=True)
    attempted_at = UnicodeAttribute(null=True)
    parked_at = UnicodeAttribute(null=True)
    unknown_since = UnicodeAttribute(null=True)
    called_at = UnicodeAttribute(null=True)
    gated = BooleanAttribute(null=True)
    let_go_at = UnicodeAttribute(null=True)
    allowed_at = UnicodeAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute()


class EventItem(Item):
    """A Stripe event that was received."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    received_at = UnicodeAttribute()
    expires_at = IntegerAttribute()


class DynamoPayments:
    """Payments and intents by key, and by what is due."""

    def read(self, payment_id: str) -> Payment | None:
        item = PaymentItem.read(payment_id, PAYMENT)
        return payment_from(item) if item else None

    def open(self, payment: Payment) -> Write:
        item = PaymentItem(
            payment.payment_id,
            PAYMENT,
            buyer_id=payment.buyer_id,
            order_ids=list(payment.order_ids),
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            status=payment.status.value,
            fingerprint=payment.fingerprint,
            created_at=to_text(payment.created_at),
            work_queue=AWAITING_QUEUE,
            due_at=to_text(payment.due_at),
        )
        return Put(item, PaymentMoved())

    def attach(self, payment: Payment, payment_intent_id: str) -> Write:
        unset_or_same = PaymentItem.payment_intent_id.does_not_exist() | (
            PaymentItem.payment_intent_id == payment_intent_id
        )
        actions = [PaymentItem.payment_intent_id.set(payment_intent_id)]
        awaiting = PaymentItem.status == PaymentStatus.AWAITING.value
        return Update(PaymentItem(payment.payment_id, PAYMENT), actions, unset_or_same & awaiting, PaymentMoved())

    def paid(self, payment: Payment, charge_id: str, clears_at: datetime | None = None) -> Write:
        actions = [PaymentItem.status.set(PaymentStatus.PAID.value), PaymentItem.charge_id.set(charge_id)]
        return self._leave(payment, actions + ([PaymentItem.clears_at.set(to_text(clears_at))] if clears_at else []))

    def expired(self, payment: Payment) -> Write:
        return self._leave(payment, [PaymentItem.status.set(PaymentStatus.EXPIRED.value)])

    def _leave(self, payment: Payment, actions: list[Any]) -> Write:
        # With the PaymentIntent as read: one whose secret was handed out meanwhile must be cancelled first.
        intent, known = PaymentItem.payment_intent_id, payment.payment_intent_id
        as_read = intent == known if known else intent.does_not_exist()
        awaiting = (PaymentItem.status == PaymentStatus.AWAITING.value) & as_read
        item = PaymentItem(payment.payment_id, PAYMENT)
        return Update(item, [*actions, PaymentItem.work_queue.remove()], awaiting, PaymentMoved())

    def intent(self, intent_id: str) -> Intent | None:
        item = IntentItem.read(intent_id, INTENT)
        return intent_from(item) if item else None

    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]:
        found = IntentItem.read_many([(intent_id, INTENT) for intent_id in intent_ids])
        return {item.pk: intent_from(item) for item in found}

    def page_intents(self, queue: str, cursor: str | None, limit: int) -> Rows[str]:
        rows = read_page(
            PaymentItem.open_work, queue, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(item.pk for item in rows.items), rows.cursor)

    def open_intent(self, intent: Intent) -> Write:
        created_at = to_text(intent.created_at)
        item = IntentItem(
            intent.intent_id,
            INTENT,
            kind=intent.kind.value,
            payment_id=intent.payment_id,
            order_id=intent.order_id,
            amount_minor=intent.amount_minor,
            currency=intent.currency,
            created_at=created_at,
            state=IntentState.OPEN.value,
            facts=dict(intent.facts),
            gated=intent.gated or None,
            work_queue=OPEN_QUEUE,
            due_at=created_at,
        )
        return Put(item, IntentFinished())

    def finish_intent(self, intent: Intent, result_id: str) -> Write:
        done = [IntentItem.state.set(IntentState.DONE.value), IntentItem.result_id.set(result_id)]
        return _leave(intent, [*done, IntentItem.work_queue.remove()])

    def park_intent(self, intent: Intent, reason: str, at: datetime) -> Write:
        parked = [IntentItem.state.set(IntentState.PARKED.value), IntentItem.reason.set(reason)]
        return _leave(intent, [*parked, IntentItem.parked_at.set(to_text(at)), IntentItem.work_queue.set(PARKED_QUEUE)])

    def fail_intent(self, intent: Intent, reason: str, at: datetime, *, out_of: str) -> Write:
        same = (IntentItem.state == IntentState.DONE.value) & (IntentItem.result_id == intent.result_id)
        actions = [
            IntentItem.state.set(IntentState.PARKED.value),
            IntentItem.reason.set(reason),
            IntentItem.parked_at.set(to_text(at)),
            IntentItem.facts.set({**intent.facts, "out_of": out_of}),
            IntentItem.work_queue.set(PARKED_QUEUE),
        ]
        return Update(IntentItem(intent.intent_id, INTENT), actions, same, IntentFinished())

    def close_intent(self, intent: Intent, reason: str) -> Write:
        actions = [IntentItem.state.set(IntentState.CLOSED.value), IntentItem.reason.set(reason)]
        return _leave(intent, [*actions, IntentItem.work_queue.remove()])

    def reopen_intent(self, intent: Intent, at: datetime) -> Write:
        actions = [
            IntentItem.state.set(IntentState.OPEN.value),
            IntentItem.attempt.set(intent.attempt + 1),
            IntentItem.attempted_at.set(to_text(at)),
            IntentItem.work_queue.set(OPEN_QUEUE),
            IntentItem.due_at.set(to_text(at)),
            IntentItem.unknown_since.remove(),
            IntentItem.called_at.remove(),
            IntentItem.let_go_at.remove(),
        ]
        return _leave(intent, actions)

    def doubt_intent(self, intent: Intent, at: datetime) -> Write:
        since = intent.unknown_since or at
        actions = [IntentItem.unknown_since.set(to_text(since)), IntentItem.called_at.set(to_text(at))]
        return _leave(intent, actions)

    def let_go(self, intent: Intent, at: datetime) -> Write:
        first = IntentItem.let_go_at
        return _leave(intent, [first.set(first | to_text(at)), IntentItem.allowed_at.set(to_text(at))])

    def postpone(self, intent: Intent, until: datetime) -> Write:
        return _leave(intent, [IntentItem.due_at.set(to_text(until))])

    def due(self, queue: str, before: datetime, limit: int) -> list[str]:
        found = PaymentItem.open_work.query(queue, OpenWork.due_at <= to_text(before), limit=limit)
        return [item.pk for item in found]

    def remember_event(self, stripe_event_id: str, kind: str, at: datetime) -> Write:
        expires_at = int(at.timestamp()) + EVENT_KEPT_SECONDS
        item = EventItem(stripe_event_id, EVENT, kind=kind, received_at=to_text(at), expires_at=expires_at)
        return Put(item, AlreadyReceived())


def _leave(intent: Intent, actions: list[Any]) -> Write:
    """Change the intent as it was read: neither another attempt nor another decision stands between."""
    attempt = IntentItem.attempt == intent.attempt if intent.attempt else IntentItem.attempt.does_not_exist()
    same = (IntentItem.state == intent.state.value) & attempt
    return Update(IntentItem(intent.intent_id, INTENT), actions, same, IntentFinished())


def payment_from(item: PaymentItem) -> Payment:
    """Read a stored payment."""
    return Payment(
        payment_id=item.pk,
        buyer_id=item.buyer_id,
        order_ids=tuple(item.order_ids),
        amount_minor=item.amount_minor,
        currency=item.currency,
        status=PaymentStatus(item.status),
        fingerprint=item.fingerprint,
        created_at=from_text(item.created_at),
        due_at=from_text(item.due_at),
        payment_intent_id=item.payment_intent_id,
        charge_id=item.charge_id,
        clears_at=_moment(item.clears_at),
    )


def intent_from(item: IntentItem) -> Intent:
    """Read a stored intent."""
    return Intent(
        intent_id=item.pk,
        kind=IntentKind(item.kind),
        payment_id=item.payment_id,
        order_id=item.order_id,
        amount_minor=item.amount_minor,
        currency=item.currency,
        created_at=from_text(item.created_at),
        state=IntentState(item.state),
        result_id=item.result_id,
        reason=item.reason,
        facts=item.facts,
        attempt=item.attempt or 0,
        attempted_at=_moment(item.attempted_at),
        parked_at=_moment(item.parked_at),
        unknown_since=_moment(item.unknown_since),
        called_at=_moment(item.called_at),
        gated=bool(item.gated),
        let_go_at=_moment(item.let_go_at),
        allowed_at=_moment(item.allowed_at),
    )


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
