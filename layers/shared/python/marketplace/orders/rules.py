"""What the process says about one order: which move is allowed, by when, and what silence leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.business_days import add_business_days
from marketplace.orders.model import OPERATOR, Award, Order, Terms, TransitionRefused
from marketplace.orders.process import PROCESSES, Effect, Guard, Kind, Process, Silence, Timer, Transition
from marketplace.orders.timers import DEFAULT_PROMISES, Timers

ASKING_SINCE = 2  # the version of the process from which a bank's question keeps the release waiting


@dataclass(frozen=True, slots=True)
class Default:
    """One step of what happens when nobody does anything."""

    state: str
    transition: str
    target: str
    at: datetime
    silence: Silence


def process_of(order: Order) -> Process:
    """Return the version the order was placed under."""
    return PROCESSES[order.process_version]


def guards(order: Order) -> frozenset[Guard]:
    """Return the facts that pick between transitions of one name."""
    facts = {Guard.RISKY if order.risk_receipt else Guard.CLEAR, Guard(order.fulfilment)}
    arrived = Guard.PROVEN if order.delivered_at else Guard.UNPROVEN
    facts.add(Guard.RETURNING if order.returning else arrived)
    facts.add(Guard.IN_PART if 0 < order.withdrawn_minor < order.left_minor else Guard.WHOLE)
    if order.award:
        shared = order.award.refund_minor and order.award.seller_minor
        whole = Guard.ALL_TO_BUYER if order.award.refund_minor else Guard.ALL_TO_SELLER
        facts.add(Guard.SHARED if shared else whole)
    return frozenset(facts)


def allowed(order: Order, name: str, actor: str) -> Transition:
    """Return the transition that `name` means for this order now.

    Raises: TransitionRefused when the state, the facts or the actor do not allow it.
    """
    found = process_of(order).named(order.state, name, guards(order))
    if found is None or actor not in found.actors:
        raise TransitionRefused(state=order.state, transition=name)
    return found


def allowed_actions(order: Order, actor: str) -> list[str]:
    """Name what this actor may do now, in the table's order."""
    facts = guards(order)
    leaving = process_of(order).leaving(order.state)
    return [row.name for row in leaving if actor in row.actors and (row.guard is None or row.guard in facts)]


def waits_for_bank(order: Order, transition: Transition, now: datetime) -> bool:
    """Say whether a bank's question keeps this move from paying the seller.

    It does where the buyer's word or silence pays, and not where people decided; nor before this rule was published,
    with version 2.
    """
    pays = Effect.AWARD_SELLER in transition.effects and OPERATOR not in transition.actors
    asked = order.asked_until is not None and now < order.asked_until
    return pays and asked and order.process_version >= ASKING_SINCE


def asked_deadline(order: Order, due_at: datetime | None) -> datetime | None:
    """Return the deadline of the order's state while a bank asks: no silence pays the seller before."""
    timer = process_of(order).states[order.state].timer
    if due_at is None or timer is None or order.asked_until is None or order.process_version < ASKING_SINCE:
        return due_at
    rows = (row for row in process_of(order).leaving(order.state) if row.name == timer.transition)
    return max(due_at, order.asked_until) if any(Effect.AWARD_SELLER in row.effects for row in rows) else due_at


def deadline(process: Process, state: str, terms: Terms, entered_at: datetime, timers: Timers) -> datetime | None:
    """Return when the state's timer acts; None where there is none."""
    timer = process.states[state].timer
    return _after(timer, terms, entered_at, timers) if timer else None


def _after(timer: Timer, terms: Terms, entered_at: datetime, timers: Timers) -> datetime:
    name = timer.length_for(terms.seller_kind)
    length = timers.length(name)
    if timers.is_overridden(name):
        return entered_at + length
    if timer.business_days:
        return add_business_days(entered_at, length.days)
    if timer.promise is None:
        return entered_at + length
    return entered_at + timedelta(days=promised_days(timer.promise, terms)) + length


def promised_days(promise: str, terms: Terms) -> int:
    """Return the days that the listing promised, or those that count where it promised nothing."""
    given = {"handling": terms.handling_days, "delivery": terms.delivery_days}[promise]
    return DEFAULT_PROMISES[promise] if given is None else given


def award_of(order: Order, transition: Transition, decided: Award | None) -> Award | None:
    """Return how the money is divided by this transition, or the award that already stands."""
    if Effect.AWARD_SELLER in transition.effects:
        return Award(refund_minor=0, seller_minor=order.left_minor)
    if Effect.AWARD_BUYER in transition.effects:
        return Award(refund_minor=order.left_minor, seller_minor=0)
    if Effect.AWARD_STANDS in transition.effects:
        return order.proposed
    return decided if Effect.AWARD_DECIDED in transition.effects else order.award


def due_transition(order: Order, now: datetime) -> Transition | None:
    """Return the transition whose time has come, or None: a timer that fires early changes nothing."""
    timer = process_of(order).states[order.state].timer
    if timer is None or order.due_at is None or now < order.due_at:
        return None
    return process_of(order).named(order.state, timer.transition, guards(order))


def is_over(order: Order) -> bool:
    """Say whether the order has reached an end."""
    return process_of(order).states[order.state].kind is Kind.END


def if_nobody_acts(
    process: Process, state: str, terms: Terms, due_at: datetime | None, timers: Timers, facts: frozenset[Guard]
) -> Iterator[Default]:
    """Follow the timers from `state` to the end, each wait starting when the one before ran out.

    `due_at` is the present deadline, where it is known (it may have been moved).
    """
    at = due_at
    while (timer := process.states[state].timer) and at is not None:
        found = process.named(state, timer.transition, facts)
        if found is None:
            return
        yield Default(state, found.name, found.target, at, process.silences[found.name])
        state = found.target
        at = deadline(process, state, terms, at, timers)
