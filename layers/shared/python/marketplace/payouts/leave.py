"""What lets money go to a seller, asked in the last transaction before the call that sends it.

Asking earlier is not enough: a transfer or payout that was promised before a stop would leave after it. Here the stop
and the leave meet in one transaction each, so one of them comes first, for everybody.
"""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import Order
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.model import Standing
from marketplace.payouts.ports import Holds, Payees, Purses


class Stops(Protocol):
    """The kill switch, as conditions; see switch.py."""

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]: ...


class Leave:
    """Puts together what must hold at that moment; see ports.Gate."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        stops: Stops,
        purses: Purses,
        holds: Holds,
        payees: Payees,
        outbox: Outbox,
    ) -> None:
        self._holds = holds
        self._payees = payees
        self._clock = clock
        self._tx = transactions
        self._stops = stops
        self._purses = purses
        self._outbox = outbox

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]:
        """Return the conditions; see ports.Gate."""
        return [*self._stops.checks(seller_id, currency, order_id), self._purses.takes(seller_id, currency)]

    def checks_of_payout(self, currency: str, standing: Standing) -> list[Write]:
        """Return the conditions; see ports.Gate. A change of bank accounts is a change of the holds."""
        stops = self._stops.checks(standing.seller_id, currency)  # first: a stop is what a refusal says
        payee = self._payees.may_be_paid(standing.seller_id, self._clock.now())
        return [*stops, *payee, self._holds.unchanged(standing)]

    def tell_waiting(self, order: Order, amount_minor: int, until: datetime) -> None:
        """Tell the seller; see ports.Gate."""
        with suppress(Conflict):  # told before
            self._tx.commit([self._outbox.publish(self._told(order, amount_minor, until))])

    def _told(self, order: Order, amount_minor: int, until: datetime) -> Event:
        return event(
            "payout.waits_for_bank",
            order.order_id,
            self._clock.now(),
            once=f"{amount_minor}#{to_text(until)}",
            order_id=order.order_id,
            seller_id=order.seller_id,
            amount_minor=amount_minor,
            currency=order.currency,
            due_at=to_text(until),
        )
