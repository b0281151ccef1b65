"""Early fraud warnings: a card's issuer reports a payment before its holder disputes it.

A refund in time costs less than the chargeback that mostly follows: its fee, its place in the card networks' count,
and, once the goods have left, the goods. So what nobody has sent yet is refunded at once while it is small; anything
else that still runs is held for a person; what has ended is only noted. The table below is all of the policy.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OPERATOR, Order, TransitionRefused
from marketplace.orders.ports import Orders
from marketplace.orders.rules import is_over
from marketplace.payments.model import FraudWarning, Payment, PaymentStatus, WarningNoted
from marketplace.payments.ports import Completion, Payments, StripePayments, WarningRows
from marketplace.payments.refund_model import (
    Cause,
    ChargeDisputed,
    DisputeDecides,
    RefundNeedsPerson,
    RefundTooLarge,
    TooManyRefunds,
)
from marketplace.trust.model import AlreadyScreened

# Minor units, about EUR 100 in each: a chargeback's fee is a fifth of it, and the goods are still there.
REFUND_MAX_MINOR: Mapping[str, int] = {"eur": 10_000, "usd": 11_000, "gbp": 8_500, "jpy": 16_000}
REASON = "The card's issuer reported this payment as fraud. / El emisor de la tarjeta señaló este pago como fraude."
# Why a refund cannot be made by itself although the policy wants it: a bank, a dispute, a person or a limit is in the
# way. Whatever is only not possible now (an order being settled) comes again.
DECIDED_ELSEWHERE = (
    ChargeDisputed,
    DisputeDecides,
    RefundNeedsPerson,
    RefundTooLarge,
    TooManyRefunds,
    TransitionRefused,
)


class Policy(StrEnum):
    """What a warning does to one order."""

    REFUND = "refund"
    HOLD = "hold"
    NOTE = "note"


class RefundWrites(Protocol):
    """Refunds, as warnings see them."""

    def request(
        self,
        order: Order,
        amount_minor: int,
        *,
        reason: str,
        actor: str,
        refund_id: str,
        requested_by: str,
        cause: str = ...,
    ) -> list[Write]: ...


class Holds(Protocol):
    """Holds, as warnings see them."""

    def writes(self, order: Order, warning_id: str, fraud_type: str) -> list[Write]: ...


def policy(order: Order) -> Policy:
    """Say what a warning about this order's payment does."""
    if is_over(order) or order.award is not None or order.state == "charged_back":
        return Policy.NOTE
    if order.state == "paid" and order.left_minor <= REFUND_MAX_MINOR.get(order.currency, 0):
        return Policy.REFUND
    return Policy.HOLD


class FraudWarnings:
    """Follows warnings; each order of the payment is dealt with once, whatever is delivered how often."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        orders: Orders,
        stripe: StripePayments,
        completion: Completion,
        warnings: WarningRows,
        refunds: RefundWrites,
        holds: Holds,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._orders = orders
        self._stripe = stripe
        self._completion = completion
        self._warnings = warnings
        self._refunds = refunds
        self._holds = holds

    def follow(self, warning_id: str) -> None:
        """Re-read the warning at Stripe and do to each order of its payment what the policy says.

        Raises: Unavailable.
        """
        warning = self._stripe.read_warning(warning_id)
        intent_id = warning.payment_intent_id
        named = self._stripe.read_payment(intent_id).payment_id if intent_id else None
        payment = self._payments.read(named) if named else None
        if payment is None or payment.payment_intent_id != intent_id:
            return  # another system's payment on the same Stripe account, whatever names it carries
        if payment.status is not PaymentStatus.PAID:
            payment = self._completion.complete(payment.payment_id)
        if payment.status is not PaymentStatus.PAID:
            return  # it came too late, and goes back anyway
        for order in self._orders.read_many(payment.order_ids):
            self._deal(order, payment, warning)

    def _deal(self, order: Order, payment: Payment, warning: FraudWarning) -> None:
        if self._warnings.noted(payment.payment_id, warning.warning_id, order.order_id):
            return
        done, writes = self._decided(order, warning)
        facts = (payment.payment_id, warning.warning_id, order.order_id, done.value, warning.fraud_type)
        note = self._warnings.note(*facts, self._clock.now())
        try:
            self._tx.commit([note, *writes])
        except WarningNoted:
            return  # somebody else dealt with it
        except (Conflict, AlreadyScreened):
            raise Unavailable(retry_after_seconds=1) from None  # the order moved under us: come again

    def _decided(self, order: Order, warning: FraudWarning) -> tuple[Policy, Sequence[Write]]:
        """Return what is done to the order, and its writes: what cannot be refunded by itself is held for a person."""
        wanted = policy(order) if warning.actionable else Policy.NOTE
        if wanted is Policy.NOTE:
            return wanted, []
        refund = self._refund(order, warning) if wanted is Policy.REFUND else None
        if refund is not None:
            return Policy.REFUND, refund
        return Policy.HOLD, self._holds.writes(order, warning.warning_id, warning.fraud_type)

    def _refund(self, order: Order, warning: FraudWarning) -> Sequence[Write] | None:
        """Return the writes that give all of it back; None where somebody else decides about the money already."""
        try:
            return self._refunds.request(
                order,
                order.left_minor,
                reason=REASON,
                actor=OPERATOR,
                refund_id=derived_id("ref", warning.warning_id, order.order_id),
                requested_by="system",
                cause=Cause.DECISION,
            )
        except DECIDED_ELSEWHERE:
            return None
