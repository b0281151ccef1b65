"""The queues of all areas, as cases. What each returns was read again by its own area."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from marketplace.casework.model import APPEAL, DISPUTE, HOLD, INTENT, LISTED_MAX, PAYOUT, STANDING, Case
from marketplace.disputes.model import Dispute
from marketplace.kit.rows import Rows
from marketplace.orders.model import Order
from marketplace.payments.model import Intent
from marketplace.payouts.model import Payout
from marketplace.staff.model import Suspension
from marketplace.trust.model import OPEN
from marketplace.trust.model import Case as HoldCase

_PAGE = 50
PARKED = "parked"
Page = Callable[[str | None, int], Rows[Any]]


class OrderReads(Protocol):
    """Orders, read consistently."""

    def read_many(self, order_ids: Sequence[str]) -> list[Order]: ...


class IntentReads(Protocol):
    """Intents: named by a queue, read consistently."""

    def page_intents(self, queue: str, cursor: str | None, limit: int) -> Rows[str]: ...
    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]: ...


def disputes(page: Callable[[str | None, int], Rows[Dispute]], orders: OrderReads) -> list[Case]:
    """Return disputes and appeals that wait for a decision, or for one of the parties before it."""
    found = [each for each in _all(page) if each.waits_for_operator]
    of = _orders([each.order_id for each in found], orders)
    return [_dispute(each, of[each.order_id]) for each in found if each.order_id in of]


def holds(page: Callable[[str | None, int], Rows[HoldCase]], orders: OrderReads) -> list[Case]:
    """Return orders that a check of the payment holds, with the deadline of the order itself."""
    found = [each for each in _all(page) if each.state == OPEN]
    of = _orders([each.order_id for each in found], orders)
    return [
        Case(HOLD, each.order_id, each.state, each.opened_at, of[each.order_id].due_at, each.order_id, each.parties)
        for each in found
        if each.order_id in of
    ]


def standing(page: Callable[[str | None, int], Rows[Suspension]]) -> list[Case]:
    """Return appeals against suspensions."""
    return [
        Case(
            STANDING,
            each.account_id,
            "waiting",
            each.appealed_at or each.decided_at,
            None,
            None,
            frozenset({each.account_id, each.decided_by}),  # whoever suspended does not judge the appeal
        )
        for each in _all(page)
    ]


def intents(payments: IntentReads, orders: OrderReads) -> list[Case]:
    """Return payments and refunds that Stripe did not take, and that two people decide."""
    names = list(_all(lambda cursor, limit: payments.page_intents(PARKED, cursor, limit)))
    parts = [names[start : start + _PAGE] for start in range(0, len(names), _PAGE)]
    found = [each for part in parts for each in payments.intents(part).values() if each.state.value == PARKED]
    of = _orders([each.order_id for each in found if each.order_id], orders)
    return [_intent(each, of.get(each.order_id or "")) for each in found]


def payouts(page: Callable[[str | None, int], Rows[Payout]]) -> list[Case]:
    """Return payouts whose outcome nobody knows."""
    return [
        Case(PAYOUT, each.payout_id, each.state.value, each.created_at, None, None, frozenset({each.seller_id}))
        for each in _all(page)
    ]


def _dispute(dispute: Dispute, order: Order) -> Case:
    on_appeal = dispute.appeal is not None and dispute.appeal.is_open
    parties = frozenset({order.buyer_id, order.seller_id})
    kind = APPEAL if on_appeal else DISPUTE
    return Case(kind, dispute.dispute_id, order.state, dispute.opened_at, order.due_at, order.order_id, parties)


def _intent(intent: Intent, order: Order | None) -> Case:
    parties = frozenset({order.buyer_id, order.seller_id}) if order else frozenset[str]()
    since = intent.parked_at or intent.created_at
    return Case(INTENT, intent.intent_id, intent.state.value, since, None, intent.order_id, parties)


def _orders(order_ids: list[str], orders: OrderReads) -> dict[str, Order]:
    parts = [order_ids[start : start + _PAGE] for start in range(0, len(order_ids), _PAGE)]
    return {order.order_id: order for part in parts for order in orders.read_many(part)}


def _all(page: Page) -> Iterator[Any]:
    cursor, seen = None, 0
    while seen < LISTED_MAX:
        rows = page(cursor, _PAGE)
        seen += len(rows.items)
        yield from rows.items
        cursor = rows.cursor
        if cursor is None:
            return
