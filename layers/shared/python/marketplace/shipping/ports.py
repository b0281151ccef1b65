"""What the shipping area needs from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.shipping.model import CarrierEvent, KnownEvent, Punctuality, ReturnsParcel, Tracking


class Parcels(Protocol):
    """Which order a parcel is. Reads are consistent."""

    def claim(self, tracking: Tracking, order_id: str, at: datetime) -> Write:
        """Give a tracking number to an order for good; refused with TrackingNumberUsed when another has it."""

    def order_of(self, tracking: Tracking) -> str | None: ...


class ReturnedParcels(Protocol):
    """Goods on their way back, and what is sent for them."""

    def sent_at(self, parcel: ReturnsParcel, tracking: Tracking) -> datetime | None:
        """Return when a parcel of an order's returns was handed over; None where no return has it."""

    def told(self, parcel: ReturnsParcel, tracking: Tracking, event: CarrierEvent) -> bool:
        """Move what this event is about, each return by itself, and say whether anything moved. Repeating is safe.

        Raises: Unavailable while somebody else moves it at the same time.
        """


class CarrierEvents(Protocol):
    """What carriers said, beside the order that it is about."""

    def keep(self, order_id: str, carrier: str, event: CarrierEvent, at: datetime, *, moved: bool) -> Write:
        """Store an event once; refused with EventSeen."""

    def is_known(self, order_id: str, carrier: str, event_id: str) -> bool: ...

    def events_of(self, order_id: str) -> list[KnownEvent]:
        """Return what carriers said of an order, in the order of its arrival here."""


class PunctualityCounts(Protocol):
    """Counts of kept and broken promises, by seller."""

    def count_kept(self, seller_id: str, counts: Mapping[str, int]) -> Write:
        """Add to a seller's counts, by field of Punctuality; never refused."""

    def punctuality(self, seller_id: str) -> Punctuality: ...


class CarrierSecrets(Protocol):
    """What proves who speaks."""

    def of(self, carrier: str) -> tuple[str, ...]:
        """Return the carrier's secrets: none for one that does not report to us, two while one is being replaced.

        Raises: Unavailable.
        """
