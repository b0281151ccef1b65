"""Carriers' events: proven, kept once, and obeyed where the order's process lets a carrier move it.

An event is a hint about one parcel. One for a parcel that nobody claimed is acknowledged and forgotten, for the carrier
could do nothing about it. One that the order is past is kept and moves nothing, so that any order of arrival is
harmless. A delivery that fails half-way is sent again by the carrier, and does what is left.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions
from marketplace.orders.model import CARRIER, Order, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.rules import allowed
from marketplace.shipping.adapters import adapter_of, parse
from marketplace.shipping.model import (
    TOLERANCE_SECONDS,
    CarrierEvent,
    CarrierEventRefused,
    CarrierUnknown,
    EventSeen,
    Outcome,
    Tracking,
    TrackingInvalid,
)
from marketplace.shipping.ports import CarrierEvents, CarrierSecrets, Parcels

ATTEMPTS_MAX = 3  # while somebody else moves the order at the same time
_MOVES = {Outcome.DELIVERED: "arrive", Outcome.ASTRAY: "go_astray", Outcome.RETURNED: "go_astray"}


class CarrierWebhook:
    """Takes carriers' events in."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: Orders,
        mover: Mover,
        parcels: Parcels,
        events: CarrierEvents,
        secrets: CarrierSecrets,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._mover = mover
        self._parcels = parcels
        self._events = events
        self._secrets = secrets

    def receive(self, carrier: str, raw: bytes, headers: Mapping[str, str]) -> int:
        """Take in one delivery, and return how many orders it moved.

        Raises: CarrierUnknown; BadCarrierSignature; Invalid, CarrierEventRefused; Unavailable to have it sent again.
        """
        secrets = self._secrets.of(carrier)
        if not secrets:
            raise CarrierUnknown
        adapter = adapter_of(carrier)
        adapter.prove(raw, headers, secrets, int(self._clock.now().timestamp()))
        events = adapter.read(parse(raw))
        found = [(event, order) for event in events if (order := self._order_of(carrier, event))]
        for event, order in found:
            self._require_possible(event, order)
        return sum(self._take(carrier, event, order.order_id) for event, order in found)

    def _order_of(self, carrier: str, event: CarrierEvent) -> Order | None:
        try:
            order_id = self._parcels.order_of(Tracking.of(carrier, event.tracking_number))
        except TrackingInvalid:
            return None  # no parcel of ours has such a number
        return self._orders.read(order_id) if order_id else None

    def _require_possible(self, event: CarrierEvent, order: Order) -> None:
        latest = self._clock.now() + timedelta(seconds=TOLERANCE_SECONDS)
        shipped = order.shipped_at
        early = event.outcome is not Outcome.MOVING and shipped is not None and event.at < _whole_second(shipped)
        if event.at > latest or early:
            raise CarrierEventRefused(fields={"occurred_at": "before_shipment" if early else "in_the_future"})

    def _take(self, carrier: str, event: CarrierEvent, order_id: str) -> bool:
        if event.outcome is Outcome.MOVING or self._events.is_known(order_id, carrier, event.event_id):
            return False
        for _attempt in range(ATTEMPTS_MAX):
            order = self._orders.read(order_id)
            if order is None:
                return False
            try:
                return self._take_once(carrier, event, order)
            except EventSeen:
                return False
            except TransitionRefused:
                continue  # somebody moved it meanwhile: look again
        raise Unavailable(retry_after_seconds=1)

    def _take_once(self, carrier: str, event: CarrierEvent, order: Order) -> bool:
        name, writes = _MOVES[event.outcome], []
        with suppress(TransitionRefused):  # the order is past that, or its process knows no carriers
            allowed(order, name, CARRIER)
            if event.outcome is Outcome.DELIVERED and self._went_back(order.order_id):
                raise TransitionRefused(state=order.state, transition=name)  # a person looks at it
            facts = {"carrier": carrier, "event_id": event.event_id}
            writes = self._mover.plan(order, name, CARRIER, facts=facts, **_arrived(event)).writes
        kept = self._events.keep(order.order_id, carrier, event, self._clock.now(), moved=bool(writes))
        self._tx.commit([*writes, kept])
        return bool(writes)

    def _went_back(self, order_id: str) -> bool:
        return any(event.outcome == Outcome.RETURNED for event in self._events.events_of(order_id))


def _arrived(event: CarrierEvent) -> dict[str, Any]:
    if event.outcome is not Outcome.DELIVERED:
        return {}
    return {"delivered_at": event.at, "delivered_by": CARRIER}


def _whole_second(moment: datetime) -> datetime:
    """Carriers count in seconds."""
    return moment.replace(microsecond=0)
