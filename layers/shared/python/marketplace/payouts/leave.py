"""What lets money go to a seller, asked in the last transaction before the call that sends it.

Asking earlier is not enough: a transfer or payout that was promised before a stop would leave after it. Here the stop
and the leave meet in one transaction each, so one of them comes first, for everybody.
"""

from contextlib import suppress
from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.model import Cause
from marketplace.payouts.ports import Purses


class Stops(Protocol):
    """The kill switch, as conditions; see switch.py."""

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]: ...


class Leave:
    """Puts together what must hold at that moment; see ports.Gate."""

    def __init__(
        self, *, clock: Clock, transactions: Transactions, stops: Stops, purses: Purses, outbox: Outbox
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._stops = stops
        self._purses = purses
        self._outbox = outbox

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]:
        """Return the conditions; see ports.Gate."""
        return [*self._stops.checks(seller_id, currency, order_id), self._purses.takes(seller_id, currency)]

    def tell_waiting(self, seller_id: str, currency: str, amount_minor: int) -> None:
        """Tell the seller; see ports.Gate."""
        with suppress(Conflict):  # told this month
            self._tx.commit([self._outbox.publish(self._told(seller_id, currency, amount_minor))])

    def _told(self, seller_id: str, currency: str, amount_minor: int) -> Event:
        now = self._clock.now()
        return event(
            "payout.held",
            seller_id,
            now,
            once=f"{currency}#{Cause.CURRENCY.value}#{now:%Y-%m}",
            seller_id=seller_id,
            cause=Cause.CURRENCY.value,
            amount_minor=amount_minor,
            currency=currency,
            until="",
        )
