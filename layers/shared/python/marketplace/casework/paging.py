"""How a queue is read to its end, up to what is listed of one kind."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from marketplace.casework.model import LISTED_MAX
from marketplace.kit.rows import Rows
from marketplace.orders.model import Order

PAGE = 50
Page = Callable[[str | None, int], Rows[Any]]


class OrderReads(Protocol):
    """Orders, read consistently."""

    def read_many(self, order_ids: Sequence[str]) -> list[Order]: ...


def all_of(page: Page) -> Iterator[Any]:
    """Yield what a queue holds, page by page, at most LISTED_MAX."""
    cursor, seen = None, 0
    while seen < LISTED_MAX:
        rows = page(cursor, PAGE)
        seen += len(rows.items)
        yield from rows.items
        cursor = rows.cursor
        if cursor is None:
            return


def orders_by_id(order_ids: Sequence[str], orders: OrderReads) -> dict[str, Order]:
    """Read orders in batches."""
    parts = [order_ids[start : start + PAGE] for start in range(0, len(order_ids), PAGE)]
    return {order.order_id: order for part in parts for order in orders.read_many(part)}


def parties_of(order: Order | None) -> frozenset[str]:
    """Name the accounts whose own matter an order is."""
    return frozenset({order.buyer_id, order.seller_id}) if order else frozenset()
