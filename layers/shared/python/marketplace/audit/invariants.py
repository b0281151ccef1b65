"""The promises, as predicates over a View: money (M), orders (E), reviews (R). No violation is ever acceptable.

M1 each ledger transaction sums to zero            M2 all accounts of a currency sum to zero
M3 per order, captured money is somewhere          M4 what sellers got never exceeds what they were due
M5 one release an order, one object an intent      M6 refunds never exceed captures; splits sum exactly
M7 the ledger only grows                           M8 the ledger's Stripe account is Stripe's balance
M9 banks give back or keep what they took; debts are what the books say; nothing owed is negative
M10 what is on its way has an intent
P1 to P12: sellers' balances and payouts, in payouts.py; S1 to S5: those who run the marketplace, in staff.py
W1 to W4: returns, in returns.py; B1 to B7: what banks take back and ask, in banks.py
C1 to C5: disputes, in disputes.py
D1: no personal field lies as it was typed, in personal.py; A1 to A3: the ways into accounts, in doors.py
E1 release needs delivery or a decision            E2 an open dispute or chargeback freezes the money
E3 ends are absorbing                              E4 nothing waits without a clock
E5 only allowed moves; the log replays             E6 kept promises are what the orders say
E7 stock is sold once                              E8 what the fraud rules hold waits for a person
E9: what placement froze stays as it was, in placements.py
R1 one review a direction, by the parties, after the end
R2 a rating is the fold of what is published
promises.py says which of them are judged of the running marketplace, one order and one seller at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from marketplace.audit.banks import BANKS
from marketplace.audit.disputes import DISPUTES
from marketplace.audit.doors import DOORS
from marketplace.audit.money import MONEY, Predicate
from marketplace.audit.payouts import PAYOUTS
from marketplace.audit.personal import PERSONAL
from marketplace.audit.placements import PLACEMENTS
from marketplace.audit.returns import RETURNS
from marketplace.audit.staff import STAFF
from marketplace.audit.view import View, Violation
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import SYSTEM, Move, Order
from marketplace.orders.process import Kind, State
from marketplace.orders.rules import is_over, process_of
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.reviews.model import ratings_match
from marketplace.shipping.punctuality import disagreements, fold

OVERDUE_MAX = timedelta(hours=1)
_DECIDED = {"decide", "agree"}  # by an operator, or by both sides
_BY_A_PERSON = {"decide", "decide_appeal"}


def check(view: View) -> list[Violation]:
    """Run every predicate and return what is broken."""
    return [violation for predicate in PREDICATES for violation in predicate(view)]


def release_needs_delivery(view: View) -> Iterator[Violation]:
    """E1: the seller is paid after delivery and acceptance, or by a decision; never by time alone."""
    logs = _logs(view.moves)
    accepted = {"confirm", "inspection_over", "clear", "returns_done", *_DECIDED}
    for order in view.orders:
        if order.award and order.award.seller_minor > 0:
            names = [move.name for move in logs[order.order_id]]
            if not accepted & set(names):
                yield Violation("E1", order.order_id, f"paid out after {names}")
            if not _DECIDED & set(names) and order.delivered_at is None:
                yield Violation("E1", order.order_id, "paid out without evidence of delivery")


def holds_are_looked_at(view: View) -> Iterator[Violation]:
    """E8: the seller of an order that the fraud rules hold is paid only after a person looked at it."""
    logs = _logs(view.moves)
    for order in view.orders:
        looked = _BY_A_PERSON & {move.name for move in logs[order.order_id]}
        if order.risk_receipt and order.award and order.award.seller_minor > 0 and not looked:
            yield Violation("E8", order.order_id, f"pays the seller {order.award.seller_minor} of a held order")


def _is_beside(intent: Intent) -> bool:
    return "refund_id" in intent.facts or (intent.kind is IntentKind.REFUND and "beside" in intent.facts)


def disputes_freeze(view: View) -> Iterator[Violation]:
    """E2: while a dispute or chargeback is open, no award of that order is on its way.

    A refund beside the award may have been promised before: it is the buyer's already, whatever is decided.
    """
    moving = {intent.order_id for intent in view.intents if intent.order_id and not _is_beside(intent)}
    for order in view.orders:
        waits = process_of(order).states[order.state].kind is Kind.WAITING
        if waits and order.order_id in moving:
            yield Violation("E2", order.order_id, f"has an intent while {order.state}")


def ends_are_absorbing(view: View) -> Iterator[Violation]:
    """E3: nothing moves an order that has ended."""
    for order_id, log in _logs(view.moves).items():
        states = _states_of(view, order_id)
        for move in log[:-1]:
            if states and states[move.went_to].kind is Kind.END:
                yield Violation("E3", order_id, f"moved on after {move.went_to}")


def nothing_waits_without_a_clock(view: View) -> Iterator[Violation]:
    """E4: an order that has not ended has a deadline, not long passed, or an intent that people or the sweep see.

    So no order's money is held for longer than the deadlines of its process add up to, unless a person has it before
    them. What was transferred to a seller and not yet paid out is not an order's any more: see payouts.py.
    """
    waiting = {intent.order_id for intent in view.intents if _is_of_award(intent) and _holds_up(intent)}
    for order in view.orders:
        if is_over(order) or order.order_id in waiting:
            continue
        if order.due_at is None or view.now - order.due_at > OVERDUE_MAX:
            yield Violation("E4", order.order_id, f"{order.state}, due {order.due_at}")


def _holds_up(intent: Intent) -> bool:
    """Say whether an order waits for this: a refund that was paid and came back is owed, and holds up nobody else."""
    return intent.state is IntentState.OPEN or (intent.state is IntentState.PARKED and intent.result_id is None)


def the_log_replays(view: View) -> Iterator[Violation]:
    """E5: steps are gapless, each an allowed transition, and the last one is the stored state."""
    logs = _logs(view.moves)
    for order in view.orders:
        log = logs[order.order_id]
        problem = _replay(order, log)
        if problem:
            yield Violation("E5", order.order_id, problem)


def kept_promises_are_folds(view: View) -> Iterator[Violation]:
    """E6: a seller's counts of kept and broken promises are what their orders and logs give."""
    for seller_id in disagreements(view.punctuality, fold(view.orders, view.moves)):
        yield Violation("E6", seller_id, "the counts of kept promises are not what the orders say")


def reviews_are_earned(view: View) -> Iterator[Violation]:
    """R1: one a direction, by a party, on an ended order that was paid, never on oneself."""
    orders = {order.order_id: order for order in view.orders}
    for (order_id, written_by), count in Counter((each.order_id, each.written_by) for each in view.reviews).items():
        if count > 1:
            yield Violation("R1", order_id, f"{count} reviews by the {written_by}")
    for review in view.reviews:
        order = orders.get(review.order_id)
        if order is None or order.party(review.author_id) != review.written_by or order.ended_at is None:
            yield Violation("R1", review.order_id, f"review by {review.author_id} without standing")
        elif review.author_id == review.subject_id or review.written_at < order.ended_at:
            yield Violation("R1", review.order_id, "of oneself, or before the end")


def ratings_are_folds(view: View) -> Iterator[Violation]:
    """R2."""
    for rating in view.ratings:
        if not ratings_match(view.reviews, rating):
            yield Violation("R2", rating.subject_id, f"stored {rating.count} reviews, {rating.sum} stars")


def stock_is_sold_once(view: View) -> Iterator[Violation]:
    """E7: no listing was sold more often than there was of it."""
    yield from (Violation("E7", listing_id, "stock below zero") for listing_id in view.stock_sold_over)


PREDICATES: Sequence[Predicate] = (
    *MONEY,
    *PAYOUTS,
    *STAFF,
    *DOORS,
    *PERSONAL,
    *RETURNS,
    *BANKS,
    *DISPUTES,
    *PLACEMENTS,
    release_needs_delivery,
    holds_are_looked_at,
    disputes_freeze,
    ends_are_absorbing,
    nothing_waits_without_a_clock,
    the_log_replays,
    kept_promises_are_folds,
    reviews_are_earned,
    ratings_are_folds,
    stock_is_sold_once,
)


def ledger_only_grew(before: Sequence[LedgerTransaction], after: Sequence[LedgerTransaction]) -> Iterator[Violation]:
    """M7: every transaction that was there is there, unchanged."""
    now = {(each.book, each.key): each for each in after}
    for each in before:
        if now.get((each.book, each.key)) != each:
            yield Violation("M7", f"{each.book}/{each.key}", "changed or gone")


def _logs(moves: Iterable[Move]) -> defaultdict[str, list[Move]]:
    logs: defaultdict[str, list[Move]] = defaultdict(list)
    for move in sorted(moves, key=lambda each: (each.order_id, each.step)):
        logs[move.order_id].append(move)
    return logs


def _states_of(view: View, order_id: str) -> dict[str, State] | None:
    order = next((each for each in view.orders if each.order_id == order_id), None)
    return dict(process_of(order).states) if order else None


def _replay(order: Order, log: Sequence[Move]) -> str | None:
    process, state = process_of(order), ""
    if not log or log[0].went_to != process.first:
        return "the log does not begin at the beginning"
    for step, move in enumerate(log):
        if move.step != step or move.came_from != state:
            return f"step {step} comes from {move.came_from}, not from {state}"
        leaving = process.leaving(state) if state else ()
        ways = {(each.name, each.target, actor) for each in leaving for actor in each.actors}
        ways |= set() if state else {("place", process.first, SYSTEM)}
        if (move.name, move.went_to, move.actor) not in ways:
            return f"{state} does not allow {move.name} to {move.went_to} by the {move.actor}"
        state = move.went_to
    return None if (state, log[-1].step) == (order.state, order.step) else f"the log ends at {state}, not {order.state}"


def _is_of_award(intent: Intent) -> bool:
    return "refund_id" not in intent.facts
