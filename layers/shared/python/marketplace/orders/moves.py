"""Move an order along its process: the one place that turns a transition into writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.writes import Write
from marketplace.orders.model import SYSTEM, Award, BankAsks, Move, Order
from marketplace.orders.ports import Orders, PaidOut, PromisesKept, Stock
from marketplace.orders.process import Effect, Kind, Transition
from marketplace.orders.reminders import ReminderRows, reminder_writes
from marketplace.orders.rules import (
    ASKING_SINCE,
    allowed,
    asked_deadline,
    award_of,
    deadline,
    is_over,
    process_of,
    waits_for_bank,
)
from marketplace.orders.timers import Timers
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payments.model import Intent, IntentKind, refund_intent_id
from marketplace.payments.ports import Payments
from marketplace.shipping.punctuality import counted, promises_at

HELD = "held"  # its deadline is the first hold's, whatever interrupted it
_AWARDS = {Effect.AWARD_SELLER, Effect.AWARD_BUYER, Effect.AWARD_DECIDED, Effect.AWARD_STANDS}


@dataclass(frozen=True, slots=True)
class Step:
    """An order's next state and everything that must be written with it."""

    before: Order
    after: Order
    writes: list[Write] = field(default_factory=list)


class Mover:
    """Plans moves; whoever asked commits them, together with what else belongs to the same fact."""

    def __init__(
        self,
        *,
        clock: Clock,
        timers: Timers,
        orders: Orders,
        payments: Payments,
        stock: Stock,
        outbox: Outbox,
        paid_out: PaidOut,
        reminders: ReminderRows,
        kept: PromisesKept,
    ) -> None:
        self._clock = clock
        self._timers = timers
        self._orders = orders
        self._payments = payments
        self._stock = stock
        self._outbox = outbox
        self._paid_out = paid_out
        self._reminders = reminders
        self._kept = kept

    def plan(
        self,
        order: Order,
        name: str,
        actor: str,
        *,
        decided: Award | None = None,
        facts: Mapping[str, str | int] | None = None,
        **changes: Any,
    ) -> Step:
        """Plan the move that `name` means for this order now.

        `decided` is an operator's award; `changes` are attributes of the order that the move sets.

        Raises: TransitionRefused; BankAsks.
        """
        transition = allowed(order, name, actor)
        now = self._clock.now()
        if waits_for_bank(order, transition, now):
            raise BankAsks
        given = {**_at_bank(order, transition), **_proposal(transition, decided), **promises_at(order, name, now)}
        given |= changes
        after = self._arrive(replace(order, award=award_of(order, transition, decided), **given), transition, now)
        move = Move(order.order_id, after.step, name, order.state, after.state, actor, now, facts or {})
        writes = self._orders.move(order, after, move)
        writes.append(self._outbox.publish(_told(order, after, name, now)))
        writes += self._effects(after, transition, now)
        writes += reminder_writes(order, after, process_of(after), self._timers, self._reminders)
        counts = counted(order, after, name)
        if counts:
            writes.append(self._kept.count_kept(after.seller_id, counts))
        if is_over(after) and after.award and after.award.seller_minor:
            writes.append(self._paid_out.count_paid_out(after.seller_id))
        return Step(order, after, writes)

    def ask(self, order: Order, until: datetime | None) -> list[Write]:
        """Return the writes that let the release wait for a bank until then, or (None) go on; none where it is over."""
        process = process_of(order)
        over = order.award is not None or process.states[order.state].kind is not Kind.WAITING
        if order.process_version < ASKING_SINCE or over or order.asked_until == until:
            return []
        own = deadline(process, order.state, order.terms, order.entered_at, self._timers)
        after = replace(order, asked_until=until)
        if until is None and asked_deadline(order, own) != own:
            after = replace(after, due_at=max(own, self._clock.now()) if own else None)
        elif until is not None:
            after = replace(after, due_at=asked_deadline(after, order.due_at))
        return [self._orders.ask(order, after)]

    def note_delivery(self, order: Order, at: datetime, by: str) -> list[Write]:
        """Return the writes that note a delivery which moves nothing; none where one is known.

        It is the evidence that a dispute, once it is dropped or decided, leaves: see Guard.PROVEN.
        """
        if order.delivered_at is not None:
            return []
        after = replace(order, delivered_at=at, delivered_by=by)
        counts = counted(order, after, "")
        kept = [self._kept.count_kept(order.seller_id, counts)] if counts else []
        return [self._orders.note_delivery(order, after), *kept]

    def first(self, order: Order) -> list[Write]:
        """Return the writes that place a new order."""
        move = Move(order.order_id, order.step, "place", "", order.state, SYSTEM, order.placed_at)
        return [*self._orders.place(order, move), self._outbox.publish(_told(order, order, "place", order.placed_at))]

    def _arrive(self, order: Order, transition: Transition, now: datetime) -> Order:
        process = process_of(order)
        state = process.states[transition.target]
        due_at = deadline(process, state.name, order.terms, now, self._timers)
        # Work is due at once: the sweep repeats it until it is done, should nobody else.
        due_at = now if state.kind is Kind.WORKING else due_at
        moved = replace(order, state=state.name, step=order.step + 1, entered_at=now, due_at=due_at)
        if state.name == HELD:
            until = order.hold_until or due_at
            moved = replace(moved, hold_until=until, due_at=until)
        moved = replace(moved, due_at=asked_deadline(moved, moved.due_at))
        return replace(moved, ended_at=now) if is_over(moved) else moved

    def _effects(self, after: Order, transition: Transition, now: datetime) -> list[Write]:
        writes: list[Write] = []
        if Effect.RESTOCK in transition.effects or _still_there(after, transition):
            writes += [self._stock.restock(line.listing_id, line.stocked) for line in after.lines if line.stocked]
        if _AWARDS & set(transition.effects):
            writes += [self._payments.open_intent(intent) for intent in intents_of(after, now)]
        return writes


def _still_there(after: Order, transition: Transition) -> bool:
    """Say whether goods that were never sent stay with the seller although no cancellation said so.

    A bank kept all of the payment, or all of it goes back after a bank's case that began before the shipment.
    """
    if after.shipped_at is not None or after.delivered_at is not None:
        return False
    effects = set(transition.effects)
    to_buyer = bool(effects & _AWARDS) and after.award is not None and after.award.seller_minor == 0
    return Effect.LOST in effects or to_buyer


def _at_bank(order: Order, transition: Transition) -> dict[str, int]:
    effects = set(transition.effects)
    if effects & {Effect.LOST, Effect.LOST_IN_PART}:
        return {"withdrawn_minor": 0, "lost_minor": order.lost_minor + order.withdrawn_minor}
    return {"withdrawn_minor": 0} if Effect.REINSTATED in effects else {}


def _proposal(transition: Transition, decided: Award | None) -> dict[str, Award | None]:
    """Return what becomes of a decision that waits for its appeal: a bank's chargeback ends it undone."""
    effects = set(transition.effects)
    if Effect.AWARD_PROPOSED in effects:
        return {"proposed": decided}
    return {"proposed": None} if effects & {Effect.WITHDRAWN, Effect.AWARD_STANDS, Effect.AWARD_DECIDED} else {}


def intents_of(order: Order, now: datetime) -> list[Intent]:
    """Return the effect that is certain when an order is awarded: the buyer's part, who never waits for the seller.

    What is transferred to the seller depends on what they owe by then: see payments/settlement.py.
    """
    if order.award is None or not order.award.refund_minor:
        return []
    intent_id, amount_minor = refund_intent_id(order.order_id), order.award.refund_minor
    parts = (order.payment_id, order.order_id, amount_minor, order.currency, now)
    return [Intent(intent_id, IntentKind.REFUND, *parts)]


def _told(before: Order, after: Order, name: str, now: datetime) -> Event:
    deadline_data = {"due_at": to_text(after.due_at)} if after.due_at else {}
    return event(
        f"order.{after.state}",
        after.order_id,
        now,
        once=str(after.step),
        buyer_id=after.buyer_id,
        seller_id=after.seller_id,
        via=name,
        came_from=before.state if name != "place" else "",
        step=after.step,
        total_minor=after.total_minor,
        currency=after.currency,
        payment_id=after.payment_id,
        process_version=after.process_version,
        seller_kind=after.seller_kind,
        **deadline_data,
    )
