"""Hold an order because its card's issuer warned of fraud: a receipt, and a case for a person, as screening does."""

from collections.abc import Callable
from datetime import datetime

from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.outbox.ports import Outbox
from marketplace.trust.model import (
    ABOUT_BUYER,
    FIRED,
    HOLD,
    HOLD_SCORE,
    IN_FORCE,
    TOO_LATE,
    AlreadyScreened,
    Case,
    DecisionReceipt,
    Finding,
)
from marketplace.trust.ports import HoldableOrders, Records
from marketplace.trust.screening import RECEIPT, hold_event, is_decided

RULE = "issuer_warned"
VERSION = 1


class WarnedHolds:
    """Turns an issuer's warning into writes; whoever follows the warning commits them."""

    def __init__(
        self, *, records: Records, orders: HoldableOrders, outbox: Outbox, now: Callable[[], datetime]
    ) -> None:
        self._records = records
        self._orders = orders
        self._outbox = outbox
        self._now = now

    def writes(self, order: Order, warning_id: str, fraud_type: str) -> list[Write]:
        """Return the writes that hold the order for a person, or only note the warning where that is too late.

        They refuse with a Conflict when the order moved meanwhile.
        """
        at = self._now()
        held = order.risk_receipt is not None or self._records.case(order.order_id) is not None
        late = is_decided(order)
        receipt = DecisionReceipt(
            receipt_id=derived_id(RECEIPT, warning_id, order.order_id),
            order_id=order.order_id,
            decision=HOLD,
            effect=TOO_LATE if late else IN_FORCE,
            automated=True,
            decided_at=at,
            findings=(_finding(fraud_type),),
            score=HOLD_SCORE,
        )
        noted = self._records.put_receipt(receipt, AlreadyScreened())
        if held or late:
            return [noted]
        case = Case(
            order_id=order.order_id,
            receipt_id=receipt.receipt_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            total_minor=order.total_minor,
            currency=order.currency,
            score=receipt.score,
            opened_at=at,
        )
        return [
            noted,
            self._records.open_case(case),
            self._orders.hold(order, receipt.receipt_id),
            self._outbox.publish(hold_event("hold.placed", case, receipt)),
        ]


def _finding(fraud_type: str) -> Finding:
    return Finding(
        rule_id=RULE,
        version=VERSION,
        weight=HOLD_SCORE,
        outcome=FIRED,
        about=ABOUT_BUYER,
        reason_en="The issuer of the card reported this payment as possibly fraudulent.",
        reason_es="El emisor de la tarjeta señaló este pago como posible fraude.",
        remedy_en="The cardholder's confirmation to their bank that the payment is theirs.",
        remedy_es="Que la persona titular confirme a su banco que el pago es suyo.",
        facts={"fraud_type": fraud_type},
    )
