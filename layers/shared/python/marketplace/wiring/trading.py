"""Listings, orders and disputes."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.orders.timers import Timers
from marketplace.wiring.selling import Selling

if TYPE_CHECKING:
    from marketplace.catalog.service import Catalog
    from marketplace.disputes.service import DisputeService
    from marketplace.orders.holds import Holds
    from marketplace.orders.moves import Mover
    from marketplace.orders.service import OrderService


class Trading(Selling):
    """Listings, orders and disputes."""

    @cached_property
    def timers(self) -> Timers:
        return Timers(self.settings.timers)

    @cached_property
    def catalog(self) -> "Catalog":
        from marketplace.catalog.service import Catalog

        return Catalog(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            listings=self.listing_store,
            sellers=self.sellers,
            uploads=self.uploads,
        )

    @cached_property
    def mover(self) -> "Mover":
        from marketplace.orders.moves import Mover

        return Mover(
            clock=self.clock,
            timers=self.timers,
            orders=self.order_store,
            payments=self.payment_store,
            stock=self.listing_store,
            outbox=self.outbox,
        )

    @cached_property
    def orders(self) -> "OrderService":
        from marketplace.orders.service import OrderService

        return OrderService(
            clock=self.clock,
            timers=self.timers,
            transactions=self.transactions,
            orders=self.order_store,
            pages=self.order_store,
            mover=self.mover,
            screenings=self.trust_store,
        )

    @cached_property
    def holds(self) -> "Holds":
        from marketplace.orders.holds import Holds

        return Holds(orders=self.order_store, mover=self.mover)

    @cached_property
    def disputes(self) -> "DisputeService":
        from marketplace.disputes.service import DisputeService

        return DisputeService(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            disputes=self.dispute_store,
            orders=self.order_store,
            mover=self.mover,
            outbox=self.outbox,
            uploads=self.uploads,
        )
