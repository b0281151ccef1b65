"""Refunds whose cost, the fee that Stripe keeps, is the seller's: parts of a Flow, as tuples (see flows.py)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marketplace.orders.model import Order
from marketplace.payments.refund_costs import SELLER
from tests.crash.refund_deeds import RELEASED, act_confirm, act_refund, released
from tests.fakes.trade import Trade


def at_sellers_cost(prepare: Callable[[Trade], Order]) -> Callable[[Trade], Order]:
    """Begin in a deployment whose sellers bear what refunds cost."""

    def prepared(trade: Trade) -> Order:
        trade.world.settings = replace(trade.world.settings, refund_cost_bearer=SELLER)
        trade.world.restart()
        order = prepare(trade)
        assert order.refund_cost_bearer == SELLER
        return order

    return prepared


def act_cancel(trade: Trade, order: Order) -> None:
    if trade.order(order.order_id).state == "paid":
        trade.services.orders.cancel(order.order_id, order.seller_id, "broken")
    trade.world.drain()


def act_refund_then_release(trade: Trade, order: Order) -> None:
    """The cost becomes a debt, and the release pays it."""
    act_refund(trade, order)
    act_confirm(trade, order)


# prepare, act, ends
COST_FLOWS: dict[str, tuple[Any, ...]] = {
    "refund after the release at the seller's cost": (at_sellers_cost(released), act_refund, RELEASED),
    "refund at the seller's cost, then the release": (
        at_sellers_cost(lambda trade: trade.shipped()),
        act_refund_then_release,
        RELEASED,
    ),
    "cancellation at the seller's cost": (
        at_sellers_cost(lambda trade: trade.bought()),
        act_cancel,
        frozenset({"refunded"}),
    ),
}
