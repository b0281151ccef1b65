"""What waits about money: parked intents, payouts, holds on payouts, stops, and banks' questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from marketplace.casework.kinds import CHARGEBACK, INQUIRY, INTENT, PAYOUT, PAYOUT_HOLD, STOP
from marketplace.casework.model import Case
from marketplace.casework.paging import PAGE, OrderReads, all_of, orders_by_id, parties_of
from marketplace.kit.rows import Rows
from marketplace.orders.model import Order
from marketplace.payments.bank_case import TO_ANSWER, BankCase
from marketplace.payments.model import Intent
from marketplace.payouts.model import Hold, Payout
from marketplace.payouts.switch import Change

PARKED = "parked"


class IntentReads(Protocol):
    """Intents: named by a queue, read consistently."""

    def page_intents(self, queue: str, cursor: str | None, limit: int) -> Rows[str]: ...
    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]: ...


class BankCaseReads(Protocol):
    """Banks' cases: named by a queue, read consistently."""

    def page(self, queue: str, cursor: str | None, limit: int) -> Rows[str]: ...
    def read_many(self, dispute_ids: Sequence[str]) -> list[BankCase]: ...


def intents(payments: IntentReads, orders: OrderReads) -> list[Case]:
    """Return payments and refunds that Stripe did not take or a bank gave back, and that two people decide."""
    names = list(all_of(lambda cursor, limit: payments.page_intents(PARKED, cursor, limit)))
    parts = [names[start : start + PAGE] for start in range(0, len(names), PAGE)]
    found = [each for part in parts for each in payments.intents(part).values() if each.state.value == PARKED]
    of = orders_by_id([each.order_id for each in found if each.order_id], orders)
    return [_intent(each, of.get(each.order_id or "")) for each in found]


def payouts(page: Callable[[str | None, int], Rows[Payout]]) -> list[Case]:
    """Return payouts whose outcome nobody knows."""
    return [
        Case(PAYOUT, each.payout_id, each.state.value, each.created_at, None, None, frozenset({each.seller_id}))
        for each in all_of(page)
    ]


def payout_holds(page: Callable[[str | None, int], Rows[tuple[str, Hold]]]) -> list[Case]:
    """Return holds on payouts that a person placed or must lift."""
    found = list(all_of(page))
    return [
        Case(
            PAYOUT_HOLD,
            f"{seller_id}.{hold.cause.value}.{hold.key}",
            hold.cause.value,
            hold.since,
            hold.until,
            hold.order_id,
            frozenset({seller_id}),
        )
        for seller_id, hold in found
        if hold.since is not None
    ]


def stops(standing: Iterable[Change]) -> list[Case]:
    """Return what is stopped now."""
    return [Case(STOP, each.scope, each.cause, each.at, None) for each in standing]


def bank_cases(cases: BankCaseReads, orders: OrderReads) -> list[Case]:
    """Return banks' inquiries and chargebacks that have no answer yet, by the bank's deadline."""
    names = list(all_of(lambda cursor, limit: cases.page(TO_ANSWER, cursor, limit)))
    parts = [names[start : start + PAGE] for start in range(0, len(names), PAGE)]
    found = [each for part in parts for each in cases.read_many(part) if each.can_be_answered]
    of = orders_by_id(list(dict.fromkeys(name for each in found for name in each.order_ids)), orders)
    return [_bank_case(each, of) for each in found]


def _bank_case(case: BankCase, of: Mapping[str, Order]) -> Case:
    parties = frozenset[str]().union(*(parties_of(of.get(name)) for name in case.order_ids))
    return Case(
        INQUIRY if case.inquiry else CHARGEBACK,
        case.dispute_id,
        case.status,
        case.opened_at,
        case.answer_by,
        case.order_ids[0] if len(case.order_ids) == 1 else None,
        parties,
    )


def _intent(intent: Intent, order: Order | None) -> Case:
    since = intent.parked_at or intent.created_at
    return Case(INTENT, intent.intent_id, intent.kind.value, since, None, intent.order_id, parties_of(order))
