"""What carriers say of goods on their way back, and of what is sent for them.

A delivery to the seller begins their time to look; it never moves money by itself. A delivery to the buyer ends an
exchange or a repair. Each return is moved by itself: several may lie in one parcel.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions
from marketplace.orders.model import CARRIER
from marketplace.returns.model import Return
from marketplace.returns.ports import ReturnRows
from marketplace.returns.process import named
from marketplace.returns.steps import Steps
from marketplace.shipping.model import CarrierEvent, Outcome, ReturnsParcel, Tracking

_BACK = {"send", "send_back"}  # what a buyer calls handing it over
_REPLACED: Mapping[Outcome, str] = {
    Outcome.DELIVERED: "arrive",
    Outcome.ASTRAY: "go_astray",
    Outcome.RETURNED: "go_astray",
}
RETRY_AFTER_SECONDS = 1


class ReturnParcels:
    """Moves returns by their carriers' words."""

    def __init__(self, *, transactions: Transactions, rows: ReturnRows, steps: Steps) -> None:
        self._tx = transactions
        self._rows = rows
        self._steps = steps

    def sent_at(self, parcel: ReturnsParcel, tracking: Tracking) -> datetime | None:
        """Return when a parcel was handed over, by the return that has it; None where none has."""
        moments = [at for made in self._of(parcel.order_id) for at in _handed_over(made, parcel, tracking)]
        return min(moments, default=None)

    def told(self, parcel: ReturnsParcel, tracking: Tracking, event: CarrierEvent) -> bool:
        """Move the returns whose parcel this is; see shipping/ports.py.

        Raises: Unavailable.
        """
        return sum(self._moved(made, parcel, tracking, event) for made in self._of(parcel.order_id)) > 0

    def _of(self, order_id: str) -> list[Return]:
        return self._rows.read_many(self._rows.head(order_id).return_ids)

    def _moved(self, made: Return, parcel: ReturnsParcel, tracking: Tracking, event: CarrierEvent) -> bool:
        name, changes = _came_back(made, tracking, event) if parcel.goes_back else _came_for_it(made, tracking, event)
        if named(made.state, name, CARRIER) is None:
            return False  # the return is past that, or waits for something else
        _after, writes = self._steps.plan(made, name, CARRIER, **changes)
        try:
            self._tx.commit(writes)
        except Conflict as error:  # somebody moved it, or another return of the order, meanwhile: told again
            raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
        return True


def _came_back(made: Return, tracking: Tracking, event: CarrierEvent) -> tuple[str, dict[str, Any]]:
    """Return what news of a parcel to the seller means for a return, and what it changes; "" for nothing."""
    if _is(tracking, made.carrier, made.tracking_number) and event.outcome is Outcome.DELIVERED:
        return "arrive_back", {"returned_at": event.at, "returned_by": CARRIER}
    return "", {}


def _came_for_it(made: Return, tracking: Tracking, event: CarrierEvent) -> tuple[str, dict[str, Any]]:
    """Return what news of a parcel to the buyer means for a return, and what it changes; "" for nothing."""
    sent = made.replacement
    if sent is None or not _is(tracking, sent.carrier, sent.tracking_number):
        return "", {}
    if event.outcome is not Outcome.DELIVERED:
        return _REPLACED.get(event.outcome, ""), {}
    return _REPLACED[event.outcome], {"replacement": replace(sent, arrived_at=event.at, arrived_by=CARRIER)}


def _handed_over(made: Return, parcel: ReturnsParcel, tracking: Tracking) -> Iterator[datetime]:
    if parcel.goes_back and _is(tracking, made.carrier, made.tracking_number):
        yield from (step.at for step in made.log if step.name in _BACK)
    sent = made.replacement
    if sent and not parcel.goes_back and _is(tracking, sent.carrier, sent.tracking_number):
        yield sent.sent_at


def _is(tracking: Tracking, carrier: str | None, number: str | None) -> bool:
    return bool(carrier and number) and Tracking.of(str(carrier), str(number)) == tracking
