"""Banks' cases in the payments table: the case by Stripe's id, and a name of it beside its payment."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payments.bank_case import AT_BANK, CLOSED_CASES, TO_ANSWER, Answer, BankCase, BankCaseMoved
from marketplace.payments.model import WarningNoted
from marketplace.payments.store import OpenWork, PaymentItem
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put

CASE = "chargeback"
_NAME = "chargeback#"


class BankCaseItem(Item):
    """One case of a bank."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    payment_id = UnicodeAttribute()
    order_ids = JSONAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    answer_by = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute()
    inquiry = BooleanAttribute()
    answer = UnicodeAttribute()
    asked_by = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    evidence = JSONAttribute()
    answers_before = IntegerAttribute()
    attempt = IntegerAttribute()
    why_refused = UnicodeAttribute(null=True)
    reminded = BooleanAttribute()
    revision = IntegerAttribute()
    work_queue = UnicodeAttribute()
    due_at = UnicodeAttribute()


class CaseNameItem(Item):
    """That a payment has such a case."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""


class DynamoBankCases:
    """Cases by Stripe's id, by payment, and by what is to be done."""

    def read(self, dispute_id: str) -> BankCase | None:
        item = BankCaseItem.read(dispute_id, CASE)
        return case_from(item) if item else None

    def of_payment(self, payment_id: str) -> list[BankCase]:
        names = CaseNameItem.read_partition(payment_id, CaseNameItem.sk.startswith(_NAME))
        return self.read_many([item.sk.removeprefix(_NAME) for item in names])

    def read_many(self, dispute_ids: Sequence[str]) -> list[BankCase]:
        found = BankCaseItem.read_many([(each, CASE) for each in dispute_ids]) if dispute_ids else []
        kept = {item.pk: case_from(item) for item in found}
        return [kept[each] for each in dispute_ids if each in kept]

    def open(self, case: BankCase) -> list[Write]:
        """Store a new case; refused with BankCaseMoved when it is known."""
        name = CaseNameItem(case.payment_id, _NAME + case.dispute_id)
        return [Put(_item(case), BankCaseMoved()), Put(name, BankCaseMoved())]

    def change(self, before: BankCase, after: BankCase) -> Write:
        """Store the case anew; refused with BankCaseMoved when it is not as it was read."""
        return Put(_item(after), BankCaseMoved(), condition=BankCaseItem.revision == before.revision)

    def due(self, before: datetime, limit: int) -> list[str]:
        """Name cases that have something to be done (an index: a hint)."""
        found = PaymentItem.open_work.query(TO_ANSWER, OpenWork.due_at <= to_text(before), limit=limit)
        return [item.pk for item in found]

    def page(self, queue: str, cursor: str | None, limit: int) -> Rows[str]:
        """Name the cases of a queue, the most urgent first (an index: for people, never for deciding)."""
        rows = read_page(
            PaymentItem.open_work, queue, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(item.pk for item in rows.items), rows.cursor)


def _item(case: BankCase) -> BankCaseItem:
    queue = CLOSED_CASES if case.is_closed else TO_ANSWER if _is_to_answer(case) else AT_BANK
    return BankCaseItem(
        case.dispute_id,
        CASE,
        payment_id=case.payment_id,
        order_ids=list(case.order_ids),
        status=case.status,
        reason=case.reason,
        amount_minor=case.amount_minor,
        currency=case.currency,
        opened_at=to_text(case.opened_at),
        answer_by=_text(case.answer_by),
        changed_at=to_text(case.changed_at),
        inquiry=case.inquiry,
        answer=case.answer.value,
        asked_by=case.asked_by,
        asked_at=_text(case.asked_at),
        answered_at=_text(case.answered_at),
        evidence=dict(case.evidence),
        answers_before=case.answers_before,
        attempt=case.attempt,
        why_refused=case.why_refused,
        reminded=case.reminded,
        revision=case.revision,
        work_queue=queue,
        due_at=to_text(case.acts_at or case.answer_by or case.changed_at),
    )


def _is_to_answer(case: BankCase) -> bool:
    return case.answer is Answer.WANTED or case.can_be_answered


def case_from(item: BankCaseItem) -> BankCase:
    """Read a stored case."""
    return BankCase(
        dispute_id=item.pk,
        payment_id=item.payment_id,
        order_ids=tuple(item.order_ids),
        status=item.status,
        reason=item.reason,
        amount_minor=item.amount_minor,
        currency=item.currency,
        opened_at=from_text(item.opened_at),
        answer_by=_moment(item.answer_by),
        changed_at=from_text(item.changed_at),
        inquiry=item.inquiry,
        answer=Answer(item.answer),
        asked_by=item.asked_by,
        asked_at=_moment(item.asked_at),
        answered_at=_moment(item.answered_at),
        evidence=item.evidence,
        answers_before=item.answers_before,
        attempt=item.attempt,
        why_refused=item.why_refused,
        reminded=item.reminded,
        revision=item.revision,
    )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None


class WarningItem(Item):
    """What an issuer's early warning did to one order."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    done = UnicodeAttribute()
    fraud_type = UnicodeAttribute()
    noted_at = UnicodeAttribute()


class DynamoWarnings:
    """Early warnings, beside their payment."""

    def noted(self, payment_id: str, warning_id: str, order_id: str) -> bool:
        return WarningItem.read(payment_id, _warning(warning_id, order_id)) is not None

    def note(self, payment_id: str, warning_id: str, order_id: str, done: str, fraud_type: str, at: datetime) -> Write:
        """Note what was done; refused with WarningNoted when it was."""
        key = _warning(warning_id, order_id)
        item = WarningItem(payment_id, key, done=done, fraud_type=fraud_type, noted_at=to_text(at))
        return Put(item, WarningNoted())


def _warning(warning_id: str, order_id: str) -> str:
    return f"warning#{warning_id}#{order_id}"
