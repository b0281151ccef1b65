"""What somebody else does between two calls of one process."""

from collections.abc import Callable
from typing import Any

from marketplace.orders.model import Order


class Meanwhile:
    """A store of orders; once one of them has been read, somebody else does something, once."""

    def __init__(self, orders: Any, order_id: str, happens: Callable[[], object]) -> None:
        self._orders = orders
        self._order_id = order_id
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)

    def read(self, order_id: str) -> Order | None:
        order: Order | None = self._orders.read(order_id)
        happens = self._happens
        if happens is not None and order_id == self._order_id:
            self._happens = None
            happens()
        return order
