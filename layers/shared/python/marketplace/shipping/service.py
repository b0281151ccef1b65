"""Carriers' events: proven, kept once, and obeyed where the order's process lets a carrier move it.

An event is a hint about one parcel. One for a parcel that nobody claimed is acknowledged and forgotten, for the carrier
could do nothing about it. One that the order is past is kept and moves nothing, so that any order of arrival is
harmless; but that goods arrived is noted on the order whatever goes on about it, or a dispute would hide it for good. A
delivery that fails half-way is sent again by the carrier, and does what is left.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import CARRIER, Order, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.rules import allowed, process_of
from marketplace.shipping.adapters import adapter_of, parse
from marketplace.shipping.model import (
    TOLERANCE_SECONDS,
    CarrierEvent,
    CarrierEventRefused,
    CarrierUnknown,
    EventSeen,
    Outcome,
    ReturnsParcel,
    Tracking,
    TrackingInvalid,
)
from marketplace.shipping.ports import CarrierEvents, CarrierSecrets, Parcels, ReturnedParcels

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
        returned: ReturnedParcels | None = None,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._mover = mover
        self._parcels = parcels
        self._events = events
        self._secrets = secrets
        self._returned = returned

    def receive(self, carrier: str, raw: bytes, headers: Mapping[str, str]) -> int:
        """Take in one delivery, and return how many orders and returns it moved.

        What cannot have happened then is left out where others of the same delivery can: they wait for nothing.

        Raises: CarrierUnknown; BadCarrierSignature; Invalid, CarrierEventRefused; Unavailable to have it sent again.
        """
        secrets = self._secrets.of(carrier)
        if not secrets:
            raise CarrierUnknown
        adapter = adapter_of(carrier)
        adapter.prove(raw, headers, secrets, int(self._clock.now().timestamp()))
        events = adapter.read(parse(raw))
        found = [(event, subject) for event in events if (subject := self._subject_of(carrier, event))]
        why = {event: self._impossible(event, self._sent_at(carrier, event, subject)) for event, subject in found}
        if found and all(why.values()):
            raise CarrierEventRefused(fields={"occurred_at": why[found[0][0]]})
        return sum(self._take(carrier, event, subject) for event, subject in found if not why[event])

    def _subject_of(self, carrier: str, event: CarrierEvent) -> str | None:
        """Name the order, or the order's returns, whose parcel this is."""
        try:
            return self._parcels.order_of(Tracking.of(carrier, event.tracking_number))
        except TrackingInvalid:
            return None  # no parcel of ours has such a number

    def _sent_at(self, carrier: str, event: CarrierEvent, subject: str) -> datetime | None:
        if parcel := ReturnsParcel.of(subject):
            tracking = Tracking.of(carrier, event.tracking_number)
            return self._returned.sent_at(parcel, tracking) if self._returned else None
        order = self._orders.read(subject)
        return order.shipped_at if order else None

    def _impossible(self, event: CarrierEvent, shipped: datetime | None) -> str:
        """Say why this cannot have happened then; "" where it can."""
        latest = self._clock.now() + timedelta(seconds=TOLERANCE_SECONDS)
        early = event.outcome is not Outcome.MOVING and shipped is not None and event.at < _whole_second(shipped)
        if early:
            return "before_shipment"
        return "in_the_future" if event.at > latest else ""

    def _take(self, carrier: str, event: CarrierEvent, order_id: str) -> bool:
        if event.outcome is Outcome.MOVING:
            return False
        parcel, known = ReturnsParcel.of(order_id), self._events.is_known(order_id, carrier, event.event_id)
        if known and (parcel is None or event.outcome is not Outcome.RETURNED):
            return False
        if parcel:
            return self._take_returned(carrier, event, parcel)
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

    def _take_returned(self, carrier: str, event: CarrierEvent, parcel: ReturnsParcel) -> bool:
        """Move what the parcel belongs to, then keep the event: what died in between is told again.

        That a parcel went back is kept first, and told however often it comes: its delivery is no longer the buyer's.
        """
        if event.outcome is Outcome.RETURNED:
            with suppress(EventSeen):
                self._tx.commit([self._events.keep(parcel.subject, carrier, event, self._clock.now(), moved=False)])
            tracking = Tracking.of(carrier, event.tracking_number)
            return self._returned.told(parcel, tracking, event) if self._returned else False
        tracking, moved = Tracking.of(carrier, event.tracking_number), False
        if self._returned and not self._is_of_the_way_back(parcel.subject, tracking, event):
            moved = self._returned.told(parcel, tracking, event)
        with suppress(EventSeen):  # twice at once
            self._tx.commit([self._events.keep(parcel.subject, carrier, event, self._clock.now(), moved=moved)])
        return moved

    def _take_once(self, carrier: str, event: CarrierEvent, order: Order) -> bool:
        writes, moved = self._planned(carrier, event, order)
        kept = self._events.keep(order.order_id, carrier, event, self._clock.now(), moved=moved)
        self._tx.commit([*writes, kept])
        return moved

    def _planned(self, carrier: str, event: CarrierEvent, order: Order) -> tuple[list[Write], bool]:
        """Return what an event writes on its order, and whether that moves it."""
        name, tracking = _MOVES[event.outcome], Tracking.of(carrier, event.tracking_number)
        if self._is_of_the_way_back(order.order_id, tracking, event):
            return [], False  # a person looks at it
        try:
            allowed(order, name, CARRIER)
        except TransitionRefused:  # the order is past that, or its process knows no carriers
            noted = event.outcome is Outcome.DELIVERED and _knows_carriers(order)
            return (self._mover.note_delivery(order, event.at, CARRIER) if noted else []), False
        facts = {"carrier": carrier, "event_id": event.event_id}
        return self._mover.plan(order, name, CARRIER, facts=facts, **_arrived(event)).writes, True

    def _is_of_the_way_back(self, subject: str, tracking: Tracking, event: CarrierEvent) -> bool:
        """Say whether this parcel, and no other of the same subject, was delivered to whoever had sent it."""
        if event.outcome is not Outcome.DELIVERED:
            return False
        went_back = (each for each in self._events.events_of(subject) if each.outcome == Outcome.RETURNED)
        own = {"", tracking.number}  # one that was kept without its number may have been this one
        return any(each.carrier == tracking.carrier and each.tracking_number in own for each in went_back)


def _knows_carriers(order: Order) -> bool:
    return any(CARRIER in row.actors for row in process_of(order).transitions)


def _arrived(event: CarrierEvent) -> dict[str, Any]:
    if event.outcome is not Outcome.DELIVERED:
        return {}
    return {"delivered_at": event.at, "delivered_by": CARRIER}


def _whole_second(moment: datetime) -> datetime:
    """Carriers count in seconds."""
    return moment.replace(microsecond=0)
