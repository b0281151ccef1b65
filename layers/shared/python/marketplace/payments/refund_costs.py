"""What Stripe keeps of a payment that is given back, and who bears it.

Stripe returns no processing fee with a refund. The marketplace bears it, unless the deployment says that sellers do
(`REFUND_COST_BEARER`, frozen on each order at placement): then the fee's part that belongs to the refund is their debt.
"""

from marketplace.kit.money import split
from marketplace.ledger.model import STRIPE_FEES, balances
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.payments.ports import Payments

PLATFORM, SELLER = "platform", "seller"


class RefundCosts:
    """Says what a refund costs its seller."""

    def __init__(self, *, payments: Payments, ledger: Ledger) -> None:
        self._payments = payments
        self._ledger = ledger

    def of(self, order: Order, amount_minor: int, *, before_minor: int) -> int:
        """Return the seller's cost of giving back `amount_minor` when `before_minor` was given back already.

        The costs of any number of refunds sum to at most the order's share of the fee.
        """
        if order.refund_cost_bearer != SELLER:
            return 0
        fee_minor = self._fee_of(order)
        return _part(fee_minor, before_minor + amount_minor, order) - _part(fee_minor, before_minor, order)

    def of_award(self, order: Order, amount_minor: int) -> int:
        """Return the seller's cost of an award's refund."""
        return self.of(order, amount_minor, before_minor=order.refunded_minor)

    def _fee_of(self, order: Order) -> int:
        """Return the order's share of what Stripe kept of its payment."""
        payment = self._payments.read(order.payment_id)
        if payment is None or payment.amount_minor < order.total_minor:
            return 0
        booked = (each for each in self._ledger.of_book(order.payment_id) if each.kind == "processing_fee")
        fee_minor = balances(booked).get((STRIPE_FEES, order.currency), 0)
        return fee_minor * order.total_minor // payment.amount_minor


def _part(fee_minor: int, given_back_minor: int, order: Order) -> int:
    return split(fee_minor, [given_back_minor, order.total_minor - given_back_minor])[0]
