"""How much somebody may have under way at once: counted in the transaction that places an order.

Nothing is written when an order ends. A row that is full is looked at again, order by order, and what has ended since
is let go of; only then is anybody refused.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import Order
from marketplace.orders.rules import is_over
from marketplace.selling.model import TeamMoved
from marketplace.selling.ports import Bound, Exposures, OrderReader
from marketplace.verification.tiers import (
    EXPOSED_ORDERS_MAX,
    IN_FLIGHT,
    OPEN_ORDERS,
    SellerAtLimit,
    Tier,
    exceeded,
)

BUYING = "open#buyer"
_SELLING = "open#seller#"


@dataclass(frozen=True, slots=True)
class Row:
    """Whose exposure, in which part, and by what it grows."""

    account_id: str
    name: str
    orders: Mapping[str, int]  # what each comes to, in the minor unit
    bound: Bound


class Exposure:
    """Bounds what buyers and sellers have under way; see orders.ports.Exposure."""

    def __init__(self, *, transactions: Transactions, rows: Exposures, orders: OrderReader) -> None:
        self._tx = transactions
        self._rows = rows
        self._orders = orders

    def rows(self, buyer_id: str, tier: int, orders: Iterable[Order], seller_tiers: Mapping[str, int]) -> list[Row]:
        """Return what these new orders add to: the buyer's row, and that of each seller whom a bound concerns."""
        orders = list(orders)
        most = OPEN_ORDERS.at(tier) or 0
        bound = Bound(most, None, exceeded(OPEN_ORDERS, tier, most + 1))
        bought = Row(buyer_id, BUYING, {order.order_id: order.total_minor for order in orders}, bound)
        sold: dict[tuple[str, str], list[Order]] = {}  # several of one seller: kinds, or parts of a service
        for order in orders:
            if seller_tiers.get(order.seller_id, 0) < Tier.IDENTITY:
                sold.setdefault((order.seller_id, order.currency), []).append(order)
        return [bought, *(self._sold(each, seller_tiers.get(each[0].seller_id, 0)) for each in sold.values())]

    def writes(self, rows: Iterable[Row]) -> list[Write]:
        """Return the writes that add to the rows.

        Raises: TierLimit and SellerAtLimit for what no emptier row would hold either.
        """
        found = []
        for row in rows:
            most = row.bound.minor_most
            if len(row.orders) > row.bound.orders_most or (most is not None and sum(row.orders.values()) > most):
                raise row.bound.refusal
            found.append(self._rows.add(row.name, row.account_id, row.orders, bound=row.bound))
        return found

    def let_go(self, rows: Iterable[Row]) -> bool:
        """Take out of the rows what has ended; False when there was nothing to take out."""
        return sum(map(self._let_go, rows)) > 0  # each of them: any() would stop at the first

    def _let_go(self, row: Row) -> bool:
        held = self._rows.held(row.name, row.account_id)
        if held is None:
            return False
        order_ids, revision = held
        open_orders = {
            order.order_id: order.total_minor
            for order in self._orders.read_many(sorted(order_ids))
            if not is_over(order)
        }
        if open_orders.keys() == order_ids:
            return False
        with suppress(TeamMoved):  # somebody else is ordering: whoever of us commits first finds the room
            self._tx.commit([self._rows.keep(row.name, row.account_id, open_orders, revision)])
        return True

    def _sold(self, orders: list[Order], tier: int) -> Row:
        seller_id, currency = orders[0].seller_id, orders[0].currency
        bound = Bound(EXPOSED_ORDERS_MAX, IN_FLIGHT.at(tier, currency), SellerAtLimit())
        return Row(seller_id, f"{_SELLING}{currency}", {order.order_id: order.total_minor for order in orders}, bound)
