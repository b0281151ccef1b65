"""Flows in which Stripe has room for paying the same thing twice; elsewhere it refuses the second time by itself."""

from contextlib import suppress

from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from tests.crash.collection_deeds import sold
from tests.crash.payout_deeds import next_date, pay_out, released
from tests.fakes.trade import Trade


def smaller_of_two(trade: Trade) -> Order:
    """Shipped orders of one cart, so that the charge has more than what the smaller one transfers."""
    wanted = [(trade.listing(trade.seller(), price_minor=price), 1) for price in (20_000, 3_333)]
    placed = trade.place(trade.person("Buyer"), *wanted)
    trade.pay(placed)
    trade.world.drain()
    for order in placed.orders:
        trade.services.orders.ship(order.order_id, order.seller_id, "correos", f"PK{order.order_id[-8:]}")
    trade.world.drain()
    return min(placed.orders, key=lambda order: order.total_minor)


def due_beside_a_stopped_one(trade: Trade) -> Order:
    """A payout's date, of a seller at whose account more lies: what a stopped order brought."""
    order = released(trade)
    other = sold(trade, order, 20_000)
    trade.services.switch.stop(f"order:{other.order_id}", "manual", "Something looks wrong.", by="acc_finance")
    trade.world.drain()
    next_date(trade, order)
    return order


def confirm(trade: Trade, order: Order) -> None:
    """The buyer says that it came."""
    with suppress(DomainError):
        trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()


PART_FLOWS = {
    "release of a part": (smaller_of_two, confirm, frozenset({"shipped", "released"})),
    "payout of a part": (due_beside_a_stopped_one, pay_out, frozenset({"released"})),
}
