"""What becomes of an order: where silence leads and who gets the money then, and until when how much can come back.

Pure: computed from the order as it stands and from the version of the process that it was placed under, so that what is
shown before paying is what the clock does later (tests/unit/orders/test_outlook.py runs both against each other).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.kit.periods import last_moment
from marketplace.orders.model import BUYER, GOODS, SELLER, Award, Order
from marketplace.orders.outlook_returns import after_returns
from marketplace.orders.process import Effect, Kind, Process, Transition
from marketplace.orders.rules import Default, award_of, deadline, guards, process_of, promised_days
from marketplace.orders.timers import Timers
from marketplace.returns.model import Return
from marketplace.returns.rights import Right, rights_of

STEPS_MAX = 40  # more would be a circle, which the model checker refuses
NOBODY, BOTH = "nobody", "both"
# Periods, in the order in which they follow each other.
CANCEL, UNDELIVERED, INSPECTION, RETURN, AFTER = "cancel", "undelivered", "inspection", "return", "after"


@dataclass(frozen=True, slots=True)
class Ending:
    """Where an order ends when nobody says anything from now on."""

    state: str
    at: datetime | None  # None when it is there already
    award: Award | None  # None when no money was held
    path: tuple[Default, ...]  # each deadline on the way, and what it does
    returned_minor: int = 0  # what open returns give back to the buyer on the way

    @property
    def favours(self) -> str:
        """Say who gets the money: BUYER, SELLER, BOTH or NOBODY."""
        back_minor = self.returned_minor + (self.award.refund_minor if self.award else 0)
        if self.award is None or not (back_minor or self.award.seller_minor):
            return NOBODY
        if back_minor and self.award.seller_minor:
            return BOTH
        return BUYER if back_minor else SELLER


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, and the most that can come back to the buyer in it."""

    code: str
    starts: datetime
    ends: datetime | None  # None for good
    refund_minor: int
    return_cost: str  # who pays for sending it back: BUYER, SELLER or NOBODY
    is_estimate: bool  # a date that hangs on a delivery which has not happened


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that is told beforehand."""

    ending: Ending
    refunds: tuple[Period, ...]
    buyer_fees_lost_minor: int  # fees that a refund does not give back to the buyer
    seller_fees_lost_minor: int  # commission and its VAT that a full refund does not give back to the seller
    refund_cost_bearer: str  # who bears what Stripe keeps of a refunded payment
    rights: tuple[Right, ...] = ()  # what the buyer can do with what arrives


def outlook_of(order: Order, timers: Timers, country: str = "", returns: Sequence[Return] = ()) -> Outlook:
    """Tell what becomes of an order; `country` is the one whose law the marketplace answers to, `returns` its own.

    A buyer pays no fees, and commission follows the seller's part: a refund leaves neither behind.
    """
    periods, rights = tuple(_periods(order, timers)), rights_of(order, country, expected_delivery(order))
    return Outlook(silent_end(order, timers, returns), periods, 0, 0, order.refund_cost_bearer, rights)


def silent_end(order: Order, timers: Timers, returns: Sequence[Return] = ()) -> Ending:
    """Follow the deadlines, each wait starting when the one before ran out, to the end; first those of `returns`."""
    process = process_of(order)
    path: list[Default] = []
    at, back_minor = None, 0
    gone = after_returns(process, order, returns)
    if gone:
        path, at, back_minor = [*gone.path], gone.at, gone.given_back_minor
        order = _after(process, gone.order, gone.goes_on, gone.at, timers)
    for _ in range(STEPS_MAX):
        state = process.states[order.state]
        if state.kind is Kind.END:
            return Ending(order.state, at, order.award, tuple(path), back_minor)
        if state.kind is Kind.WORKING:
            found = process.named(order.state, "settle", guards(order))
        else:
            found = process.named(order.state, state.timer.transition, guards(order)) if state.timer else None
            at = order.due_at
        if found is None or (at is None and state.kind is Kind.WAITING):
            break
        if state.kind is Kind.WAITING and at is not None:
            path.append(Default(order.state, found.name, found.target, at, process.silences[found.name]))
        order = _after(process, order, found, at or order.entered_at, timers)
    return Ending(order.state, at, order.award, tuple(path), back_minor)


def _after(process: Process, order: Order, found: Transition, at: datetime, timers: Timers) -> Order:
    """Move an order in thought, as orders/moves.py does in earnest."""
    effects = set(found.effects)
    moved = replace(order, award=award_of(order, found, None), state=found.target, entered_at=at)
    if effects & {Effect.LOST, Effect.LOST_IN_PART}:
        moved = replace(moved, lost_minor=order.lost_minor + order.withdrawn_minor, withdrawn_minor=0)
    return replace(moved, due_at=deadline(process, found.target, order.terms, at, timers))


def expected_delivery(order: Order) -> datetime:
    """Return when the order arrived, or is to arrive as promised."""
    promised = promised_days("handling", order.terms)
    if order.fulfilment == GOODS:
        promised += promised_days("delivery", order.terms)
    return order.delivered_at or order.promised_delivery_by or order.placed_at + timedelta(days=promised)


def _periods(order: Order, timers: Timers) -> Iterator[Period]:
    process, left_minor = process_of(order), order.left_minor
    if order.ended_at is None and process.named(order.state, "cancel", guards(order)):
        yield Period(CANCEL, order.placed_at, order.due_at, left_minor, NOBODY, is_estimate=False)
    arrives, arrived = expected_delivery(order), order.delivered_at is not None
    if order.ended_at is None and not arrived:
        yield Period(UNDELIVERED, order.placed_at, arrives, left_minor, NOBODY, is_estimate=True)
    checked = order.due_at if order.state == "delivered" else None
    checked = checked or deadline(process, "delivered", order.terms, arrives, timers)
    if order.ended_at is None and checked:
        yield Period(INSPECTION, arrives, checked, left_minor, NOBODY, is_estimate=not arrived)
    last = checked or arrives
    for days in sorted({line.return_days for line in order.lines if line.return_days}):
        lines = [line for line in order.lines if line.return_days >= days]
        remaining_minor = order.seller_left_minor if order.award else left_minor
        minor = min(remaining_minor, sum(line.total_minor for line in lines))
        pays = SELLER if any(line.return_cost == SELLER for line in lines) else BUYER
        until = last_moment(arrives, days)
        yield Period(RETURN, arrives, until, minor, pays, is_estimate=not arrived)
        last = max(last, until)
    yield Period(AFTER, last, None, 0, NOBODY, is_estimate=not arrived)
