"""What time and crashes leave undone, found and finished; running it again finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError
from marketplace.orders.clock import OrderClock
from marketplace.orders.ports import DueOrders
from marketplace.payments.model import IntentKind
from marketplace.payments.ports import Payments
from marketplace.payments.service import PaymentService

BATCH_MAX = 50  # of each kind, in one run


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did. `failed` stays for the next run."""

    payments: int
    orders: int
    intents: int
    failed: int


class Sweep:
    """Finishes unpaid checkouts, overdue orders and open intents."""

    def __init__(
        self, *, clock: Clock, payments: Payments, service: PaymentService, orders: DueOrders, order_clock: OrderClock
    ) -> None:
        self._clock = clock
        self._payments = payments
        self._service = service
        self._orders = orders
        self._order_clock = order_clock

    def run(self) -> Swept:
        """Do one round; an item that fails is left and does not stop the others."""
        now = self._clock.now()
        done = {"payments": 0, "orders": 0, "intents": 0, "failed": 0}
        for payment_id in self._payments.due("awaiting", now, BATCH_MAX):
            done["payments" if self._tried(self._service.expire, payment_id) else "failed"] += 1
        for order_id in self._orders.due(now, BATCH_MAX):
            done["orders" if self._tried(self._order_clock.catch_up, order_id) else "failed"] += 1
        for intent_id in self._payments.due("open", now, BATCH_MAX):
            done["intents" if self._tried(self._finish, intent_id) else "failed"] += 1
        return Swept(**done)

    def _finish(self, intent_id: str) -> None:
        intent = self._payments.intent(intent_id)
        if intent is None:
            return
        if intent.kind is IntentKind.LATE_REFUND:
            self._service.finish_late_refund(intent_id)
        elif intent.order_id:
            self._order_clock.catch_up(intent.order_id)

    @staticmethod
    def _tried(work: Callable[[str], object], subject: str) -> bool:
        try:
            work(subject)
        except DomainError:
            return False
        return True
