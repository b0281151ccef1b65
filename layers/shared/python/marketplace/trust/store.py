"""Receipts, cases and recent payments in DynamoDB.

    pk = order            sk = receipt#<receipt>              one decision, never changed
    pk = order            sk = case                           the hold's way through the operators' queue
    pk = velocity#<buyer> sk = paid#<when>#<order>            one paid order; any window is one range query

One item per paid order instead of a counter: a repeated message replaces the item by itself, and counts once.
"""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put, Replace
from marketplace.trust.model import (
    OPEN,
    AlreadyScreened,
    Case,
    DecisionReceipt,
    Finding,
    HoldAlreadyDecided,
    Payment,
)
from marketplace.trust.rules import HISTORY_DAYS

_CASE, _RECEIPT_PREFIX = "case", "receipt#"
_VELOCITY_PREFIX, _PAID_PREFIX = "velocity#", "paid#"
_AFTER_ANY_ORDER = "#~"  # sorts after every order id of one moment
HOLDS = "holds"  # the one partition of the operators' queue
PAYMENT_KEPT = timedelta(days=HISTORY_DAYS + 5)
PAYMENTS_READ_MAX = 200  # the newest; a buyer beyond that fired every counting rule long before


class OpenCases(GlobalSecondaryIndex[Any]):
    """Cases that wait for a person, by waiting time."""

    class Meta:
        """See data.yaml."""

        index_name = "open_cases"
        projection = AllProjection()

    case_queue = UnicodeAttribute(hash_key=True)
    opened_at = UnicodeAttribute(range_key=True)


class CaseItem(Item):
    """One case; in the index while `case_queue` is set."""

    class Meta(meta("trust")):  # type: ignore[misc]
        """See data.yaml."""

    case_queue = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute()
    receipt_id = UnicodeAttribute()
    buyer_id = UnicodeAttribute()
    seller_id = UnicodeAttribute()
    total_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    score = IntegerAttribute()
    state = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decision_receipt_id = UnicodeAttribute(null=True)

    open_cases = OpenCases()


class ReceiptItem(Item):
    """One decision."""

    class Meta(meta("trust")):  # type: ignore[misc]
        """See data.yaml."""

    decision = UnicodeAttribute()
    effect = UnicodeAttribute()
    automated = BooleanAttribute()
    decided_at = UnicodeAttribute()
    findings = JSONAttribute()
    score = IntegerAttribute()
    threshold = IntegerAttribute()
    decided_by = UnicodeAttribute(null=True)
    reasons = UnicodeAttribute(null=True)
    answers = UnicodeAttribute(null=True)


class PaymentItem(Item):
    """One paid order of a buyer."""

    class Meta(meta("trust")):  # type: ignore[misc]
        """See data.yaml."""

    payment_id = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    expires_at = IntegerAttribute()


class DynamoTrust:
    """What was decided about orders, and what the rules count."""

    def count_payment(self, buyer_id: str, payment: Payment) -> Write:
        item = PaymentItem(
            _VELOCITY_PREFIX + buyer_id,
            f"{_PAID_PREFIX}{to_text(payment.paid_at)}#{payment.order_id}",
            payment_id=payment.payment_id,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            expires_at=int((payment.paid_at + PAYMENT_KEPT).timestamp()),
        )
        return Replace(item, AlreadyScreened())

    def payments(self, buyer_id: str, since: datetime, until: datetime) -> tuple[Payment, ...]:
        # Expired items lie before `since` by PAYMENT_KEPT, so none is ever counted.
        within = PaymentItem.sk.between(
            f"{_PAID_PREFIX}{to_text(since)}", f"{_PAID_PREFIX}{to_text(until)}{_AFTER_ANY_ORDER}"
        )
        found = PaymentItem.query(
            _VELOCITY_PREFIX + buyer_id,
            within,
            consistent_read=True,
            scan_index_forward=False,
            limit=PAYMENTS_READ_MAX,
        )
        try:
            return tuple(_payment(item) for item in found)
        except PynamoDBException as error:
            raise Unavailable from error

    def put_receipt(self, receipt: DecisionReceipt, refusal: Exception) -> Write:
        item = ReceiptItem(
            receipt.order_id,
            _RECEIPT_PREFIX + receipt.receipt_id,
            decision=receipt.decision,
            effect=receipt.effect,
            automated=receipt.automated,
            decided_at=to_text(receipt.decided_at),
            findings=[_packed(finding) for finding in receipt.findings],
            score=receipt.score,
            threshold=receipt.threshold,
            decided_by=receipt.decided_by,
            reasons=receipt.reasons,
            answers=receipt.answers,
        )
        return Put(item, refusal)

    def receipts(self, order_id: str) -> tuple[DecisionReceipt, ...]:
        found = ReceiptItem.read_partition(order_id, ReceiptItem.sk.startswith(_RECEIPT_PREFIX))
        return tuple(sorted((_receipt(item) for item in found), key=lambda receipt: receipt.decided_at))

    def is_screened(self, order_id: str) -> bool:
        """Say whether the rules have left a receipt; every screening leaves one."""
        return bool(ReceiptItem.read_partition(order_id, ReceiptItem.sk.startswith(_RECEIPT_PREFIX), limit=1))

    def open_case(self, case: Case) -> Write:
        return Put(_case_item(case), AlreadyScreened())

    def case(self, order_id: str) -> Case | None:
        item = CaseItem.read(order_id, _CASE)
        return _case(item) if item else None

    def close_case(self, case: Case) -> Write:
        return Put(_case_item(case), HoldAlreadyDecided(), condition=CaseItem.state == OPEN)

    def open_cases(self, cursor: str | None, limit: int) -> Rows[Case]:
        rows = read_page(
            CaseItem.open_cases, HOLDS, sort_attribute="opened_at", cursor=cursor, limit=limit, newest_first=False
        )
        return Rows(tuple(_case(item) for item in rows.items), rows.cursor)


def _payment(item: PaymentItem) -> Payment:
    paid_at, order_id = item.sk.removeprefix(_PAID_PREFIX).split("#", 1)
    return Payment(order_id, item.payment_id, from_text(paid_at), item.amount_minor, item.currency)


_FINDING_FIELDS = Finding.__slots__


def _packed(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in _FINDING_FIELDS}


def _receipt(item: ReceiptItem) -> DecisionReceipt:
    return DecisionReceipt(
        receipt_id=item.sk.removeprefix(_RECEIPT_PREFIX),
        order_id=item.pk,
        decision=item.decision,
        effect=item.effect,
        automated=item.automated,
        decided_at=from_text(item.decided_at),
        findings=tuple(Finding(**packed) for packed in item.findings),
        score=item.score,
        threshold=item.threshold,
        decided_by=item.decided_by,
        reasons=item.reasons,
        answers=item.answers,
    )


def _case_item(case: Case) -> CaseItem:
    return CaseItem(
        case.order_id,
        _CASE,
        case_queue=HOLDS if case.state == OPEN else None,
        opened_at=to_text(case.opened_at),
        receipt_id=case.receipt_id,
        buyer_id=case.buyer_id,
        seller_id=case.seller_id,
        total_minor=case.total_minor,
        currency=case.currency,
        score=case.score,
        state=case.state,
        decided_at=_text(case.decided_at),
        decided_by=case.decided_by,
        decision_receipt_id=case.decision_receipt_id,
    )


def _case(item: CaseItem) -> Case:
    return Case(
        order_id=item.pk,
        receipt_id=item.receipt_id,
        buyer_id=item.buyer_id,
        seller_id=item.seller_id,
        total_minor=item.total_minor,
        currency=item.currency,
        score=item.score,
        opened_at=from_text(item.opened_at),
        state=item.state,
        decided_at=from_text(item.decided_at) if item.decided_at else None,
        decided_by=item.decided_by,
        decision_receipt_id=item.decision_receipt_id,
    )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
