"""What waits about orders: disputes, appeals, held payments, unproven deliveries, returns.

Which states wait for a person, until when, and what silence does, is read from the tables of orders and returns: a new
state that they mark for people is listed without a word here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from marketplace.casework.kinds import APPEAL, DELIVERY, DISPUTE, HOLD, RETURN, Words
from marketplace.casework.model import LISTED_MAX, Case
from marketplace.casework.paging import PAGE, OrderReads, Page, all_of, orders_by_id, parties_of
from marketplace.disputes.model import Dispute
from marketplace.kit.rows import Rows
from marketplace.orders.model import Order
from marketplace.orders.process import LATEST, PROCESSES
from marketplace.orders.rules import process_of
from marketplace.returns.model import Return
from marketplace.returns.process import STATES, deadline
from marketplace.trust.model import OPEN
from marketplace.trust.model import Case as HoldCase

# Orders that wait for a person, by state. What the others are listed by is their area's own queue.
KIND_OF_STATE: Mapping[str, str] = {
    "delivery_unproven": DELIVERY,
    "held": HOLD,
    "dispute_review": DISPUTE,
    "appeal_review": APPEAL,
}
_ELSEWHERE = frozenset({HOLD, DISPUTE, APPEAL})
OVERDUE_SHOWN = timedelta(hours=2)  # a return that the clock could not finish is tried again within the hour


def disputes(page: Callable[[str | None, int], Rows[Dispute]], orders: OrderReads) -> list[Case]:
    """Return disputes and appeals that wait for a decision, or for one of the parties before it."""
    found = [each for each in all_of(page) if each.waits_for_operator]
    of = orders_by_id([each.order_id for each in found], orders)
    return [_dispute(each, of[each.order_id]) for each in found if each.order_id in of]


def holds(page: Callable[[str | None, int], Rows[HoldCase]], orders: OrderReads) -> list[Case]:
    """Return orders that a check of the payment, or an issuer's warning, holds; the deadline is the order's own."""
    found = [each for each in all_of(page) if each.state == OPEN]
    of = orders_by_id([each.order_id for each in found], orders)
    return [
        Case(
            HOLD,
            each.order_id,
            each.state,
            each.opened_at,
            of[each.order_id].due_at,
            each.order_id,
            each.parties,
            _silence(of[each.order_id]),
        )
        for each in found
        if each.order_id in of
    ]


def orders_for_people(page: Page, orders: OrderReads) -> list[Case]:
    """Return orders in a state that waits for a person and that no other queue lists: unproven deliveries."""
    of = orders_by_id(list(all_of(page)), orders)
    return [
        Case(
            KIND_OF_STATE.get(order.state, DELIVERY),
            order.order_id,
            order.state,
            order.entered_at,
            order.due_at,
            order.order_id,
            parties_of(order),
            _silence(order),
        )
        for order in of.values()
        if process_of(order).states[order.state].human_queue
        and KIND_OF_STATE.get(order.state, DELIVERY) not in _ELSEWHERE
    ]


def returns(
    page: Page,
    due: Callable[[datetime, int], list[str]],
    read_many: Callable[[Sequence[str]], list[Return]],
    now: datetime,
) -> list[Case]:
    """Return returns that wait for a person, and those that the clock should have ended and could not."""
    names = list(dict.fromkeys([*all_of(page), *due(now + OVERDUE_SHOWN, LISTED_MAX)]))
    parts = [names[start : start + PAGE] for start in range(0, len(names), PAGE)]
    return [_return(each) for part in parts for each in read_many(part) if _needs_person(each, now)]


def _needs_person(found: Return, now: datetime) -> bool:
    wait = STATES.get(found.state)
    if wait is None or found.is_over:
        return False
    until = deadline(found.state, found.entered_at)
    return wait.human_queue or (until is not None and until <= now)


def _return(found: Return) -> Case:
    wait = STATES[found.state]
    return Case(
        RETURN,
        found.return_id,
        found.state,
        found.entered_at,
        deadline(found.state, found.entered_at),
        found.order_id,
        frozenset({found.buyer_id, found.seller_id}),
        Words(wait.en, wait.es) if wait else None,
    )


def _dispute(dispute: Dispute, order: Order) -> Case:
    appeal = dispute.appeal if dispute.appeal and dispute.appeal.is_open else None
    return Case(
        APPEAL if appeal else DISPUTE,
        dispute.dispute_id,
        order.state,
        appeal.at if appeal else dispute.opened_at,
        appeal.due_at if appeal and appeal.after_end else order.due_at,
        order.order_id,
        parties_of(order),
        _silence(order),
        dispute.deciders if appeal else frozenset(),
    )


def _silence(order: Order) -> Words:
    """Say what the order's process does when nobody acts; after its end only an appeal can wait."""
    process = process_of(order)
    timer = process.states[order.state].timer
    said = process.silences[timer.transition] if timer else PROCESSES[LATEST].silences["appeal_overdue"]
    return Words(said.en, said.es)
