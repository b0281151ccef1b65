"""What waits about money: what stopped, what could not be paid, payouts, holds, stops, and banks' questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.casework.kinds import (
    ANSWER_LEFT,
    ANSWER_REFUSED,
    ANSWER_STUCK,
    CHARGEBACK,
    INQUIRY,
    INTENT,
    PAYOUT,
    PAYOUT_HOLD,
    STOP,
    UNCLAIMED,
)
from marketplace.casework.model import Case
from marketplace.casework.paging import PAGE, OrderReads, all_of, orders_by_id, parties_of
from marketplace.kit.rows import Rows
from marketplace.orders.model import Order
from marketplace.payments.bank_case import TO_ANSWER, Answer, BankCase
from marketplace.payments.model import Intent, Payment, intent_name
from marketplace.payments.unclaimed_model import Stage, Unclaimed
from marketplace.payouts.model import Hold, Payout
from marketplace.payouts.switch import Change

PARKED = "parked"
_OF_ANSWER = {Answer.WANTED: ANSWER_STUCK, Answer.REFUSED: ANSWER_REFUSED, Answer.LEFT: ANSWER_LEFT}


class IntentReads(Protocol):
    """Intents: named by a queue, read consistently."""

    def page_intents(self, queue: str, cursor: str | None, limit: int) -> Rows[str]: ...
    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]: ...


class PaymentReads(Protocol):
    """Payments, read consistently."""

    def read(self, payment_id: str) -> Payment | None: ...


class UnclaimedReads(Protocol):
    """Money that waits: named by its queue, read consistently."""

    def page(self, cursor: str | None, limit: int) -> Rows[str]: ...
    def read_many(self, names: tuple[str, ...]) -> list[Unclaimed]: ...


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


def unclaimed(rows: UnclaimedReads, orders: OrderReads, payments: PaymentReads) -> list[Case]:
    """Return amounts about which two people have yet to decide, also of payments that came too late for any order."""
    names = list(all_of(rows.page))
    parts = [tuple(names[start : start + PAGE]) for start in range(0, len(names), PAGE)]
    found = [each for part in parts for each in rows.read_many(part) if each.stage is Stage.WAITING]
    of = orders_by_id([each.order_id for each in found if each.order_id], orders)
    return [_unclaimed(each, of, payments) for each in found]


def payouts(page: Callable[[str | None, int], Rows[Payout]]) -> list[Case]:
    """Return payouts whose outcome nobody knows."""
    return [
        Case(
            PAYOUT,
            each.payout_id,
            each.state.value,
            each.created_at,
            None,
            None,
            frozenset({each.seller_id}),
            amount_minor=each.amount_minor,
            currency=each.currency,
        )
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


def bank_cases(cases: BankCaseReads, orders: OrderReads, now: datetime) -> list[Case]:
    """Return banks' inquiries and chargebacks that have no answer, by the bank's deadline.

    An answer that is on its way is left out until it should have arrived.
    """
    names = list(all_of(lambda cursor, limit: cases.page(TO_ANSWER, cursor, limit)))
    parts = [names[start : start + PAGE] for start in range(0, len(names), PAGE)]
    found = [each for part in parts for each in cases.read_many(part) if each.can_be_answered or each.is_overdue(now)]
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
        _OF_ANSWER.get(case.answer),
        amount_minor=case.amount_minor,
        currency=case.currency,
    )


def _intent(intent: Intent, order: Order | None) -> Case:
    since = intent.parked_at or intent.created_at
    return Case(
        INTENT,
        intent_name(intent.intent_id),
        intent.kind.value,
        since,
        None,
        intent.order_id,
        parties_of(order),
        amount_minor=intent.amount_minor,
        currency=intent.currency,
    )


def _unclaimed(found: Unclaimed, of: Mapping[str, Order], payments: PaymentReads) -> Case:
    payment = None if found.order_id else payments.read(found.payment_id)
    return Case(
        UNCLAIMED,
        intent_name(found.name),
        found.whose.value,
        found.since,
        found.decide_by,
        found.order_id,
        frozenset({payment.buyer_id}) if payment else parties_of(of.get(found.order_id or "")),
        amount_minor=found.amount_minor,
        currency=found.currency,
    )
