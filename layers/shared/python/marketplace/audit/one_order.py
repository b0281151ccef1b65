"""One order's part of the View: its row, its log, its book and its payment's, and all that happened to its money."""

from typing import Any

from marketplace.audit import sources
from marketplace.audit.view import View
from marketplace.kit.clock import Clock
from marketplace.kit.ids import derived_id
from marketplace.payments.order_intents import intents_of
from marketplace.payments.ports import Payments


class OrderViews:
    """Gathers them: eight reads, one more where there are returns, and one where a bank took something."""

    def __init__(
        self,
        *,
        clock: Clock,
        orders: sources.Orders,
        ledger: sources.Ledger,
        payments: Payments,
        refunds: sources.Refunds,
        returns: sources.Returns,
        disputes: sources.Disputes,
        holds: sources.Holds,
    ) -> None:
        self._clock = clock
        self._orders = orders
        self._ledger = ledger
        self._payments = payments
        self._refunds = refunds
        self._returns = returns
        self._disputes = disputes
        self._holds = holds

    def of(self, order_id: str) -> View | None:
        """Return an order's part; None when there is no such order.

        Raises: Contradiction when a stored transaction does not balance; Unavailable.
        """
        order = self._orders.read(order_id)
        if order is None:
            return None
        refunds, book = self._refunds.of_order(order_id), self._ledger.of_book(order_id)
        of_bank = any(each.kind.startswith("chargeback_") for each in book)
        held = self._holds.holds(order.seller_id) if of_bank else []
        return View(
            now=self._clock.now(),
            orders=[order],
            moves=self._orders.moves(order_id),
            payments=[],
            intents=intents_of(order_id, refunds, book, self._payments),
            ledger=[*book, *self._ledger.of_book(order.payment_id)],
            refunds=refunds,
            payout_holds=[(order.seller_id, each, None) for each in held],
            **self._returned(order_id),
            **self._disputed(order_id),
        )

    def _returned(self, order_id: str) -> dict[str, Any]:
        head = self._returns.head(order_id)
        found = self._returns.read_many(head.return_ids) if head.return_ids else []
        return {"return_heads": [head] if head.revision else [], "returns": found}

    def _disputed(self, order_id: str) -> dict[str, Any]:
        dispute = self._disputes.read(derived_id("dsp", order_id))
        return {"disputes": [dispute] if dispute else []}
