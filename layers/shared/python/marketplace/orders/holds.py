"""What a person's decision about a risky order does to it; the writes join the decision's own transaction."""

from collections.abc import Sequence

from marketplace.kit.writes import Write
from marketplace.orders.model import OPERATOR, Order, OrderMissing, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.rules import allowed_actions


class Holds:
    """Lifts holds, or ends the orders that they were placed on."""

    def __init__(self, *, orders: Orders, mover: Mover) -> None:
        self._orders = orders
        self._mover = mover

    def clear(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Write]:
        """Lift the hold: the order goes on, or is released when only the hold kept it waiting.

        Raises: OrderMissing; TransitionRefused when there is no hold any more.
        """
        order = self._read(order_id)
        if "clear" in allowed_actions(order, OPERATOR):
            facts = {"operator_id": operator_id, "receipt_id": receipt_id}
            return self._mover.plan(order, "clear", OPERATOR, facts=facts, risk_receipt=None).writes
        if order.risk_receipt is None:
            raise TransitionRefused(state=order.state, transition="clear")
        return [self._orders.unhold(order)]

    def refuse(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Write]:
        """End the order with everything back to the buyer.

        Raises: OrderMissing; TransitionRefused when the money is already on its way or a dispute decides it.
        """
        order = self._read(order_id)
        facts = {"operator_id": operator_id, "receipt_id": receipt_id}
        return self._mover.plan(order, "refuse", OPERATOR, facts=facts).writes

    def _read(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order
