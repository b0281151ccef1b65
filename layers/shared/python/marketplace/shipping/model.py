"""Tracking numbers, and what a carrier says happened to one."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from marketplace.kit.errors import Conflict, Invalid, Missing

EVENT_BYTES_MAX = 256 * 1024  # of one delivery
EVENTS_MAX = 20  # in one delivery
EVENT_ID_LENGTH_MAX = 128  # characters
TOLERANCE_SECONDS = 300  # between a carrier's clock and ours
# Of the subjects of parcels that are not the order's own: to the seller, and to the buyer.
BACK_PREFIX, OUT_PREFIX = "returns-in#", "returns-out#"
_NOT_OF_A_NAME = re.compile(r"[^0-9a-z]+")
_SEPARATORS = re.compile(r"[^0-9A-Z]+")


class TrackingInvalid(Invalid):
    """Not a carrier and a number by which a parcel could be found."""

    code = "tracking_invalid"
    title_en = "That is no carrier and tracking number."
    title_es = "Eso no es un transportista y un número de seguimiento."


class TrackingNumberUsed(Conflict):
    """Each parcel goes one way for one order: a number used twice would prove the delivery of something else."""

    code = "tracking_number_used"
    title_en = "This tracking number belongs to another parcel."
    title_es = "Este número de seguimiento es de otro envío."


class CarrierUnknown(Missing):
    """No carrier of that name reports to us."""

    code = "carrier_not_found"
    title_en = "There is no such carrier here."
    title_es = "Aquí no hay ningún transportista con ese nombre."


class BadCarrierSignature(Invalid):
    """Not from this carrier, or not lately."""

    code = "bad_signature"
    title_en = "The signature does not match."
    title_es = "La firma no coincide."


class CarrierEventRefused(Invalid):
    """Signed, but it cannot have happened then."""

    code = "carrier_event_refused"
    title_en = "This cannot have happened at that time."
    title_es = "Esto no pudo ocurrir en ese momento."


class EventSeen(Conflict):
    """The same event came before."""

    code = "carrier_event_seen"


class Outcome(StrEnum):
    """What carriers tell that matters to an order; the stations on the way do not."""

    DELIVERED = "delivered"
    ASTRAY = "astray"  # lost, or failed for good
    RETURNED = "returned"  # on its way back: what is delivered then is delivered to the sender
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One thing that a carrier says of one parcel."""

    event_id: str
    tracking_number: str
    outcome: Outcome
    at: datetime  # as the carrier says


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """A carrier's event as it was kept with its order, and whether it moved the order."""

    order_id: str
    carrier: str
    event_id: str
    outcome: str
    at: datetime
    received_at: datetime
    moved: bool
    tracking_number: str = ""  # in the one spelling; "" where it was kept without


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How a seller's promises were kept, as counts of orders."""

    seller_id: str
    shipped_on_time: int = 0
    shipped_late: int = 0
    delivered_on_time: int = 0
    delivered_late: int = 0


@dataclass(frozen=True, slots=True)
class Tracking:
    """A carrier and a number in the one spelling under which they are compared."""

    carrier: str
    number: str

    @classmethod
    def of(cls, carrier: str, number: str) -> "Tracking":
        """Spell what somebody typed; `DHL Express` and `dhl` are one carrier, and blanks in a number mean nothing.

        Raises: TrackingInvalid.
        """
        words = _NOT_OF_A_NAME.sub(" ", carrier.casefold()).split()
        plain = _SEPARATORS.sub("", number.upper())
        wrong = {"carrier": words, "tracking_number": plain}
        if not words or not plain:
            raise TrackingInvalid(fields={name: "letters_and_digits" for name, found in wrong.items() if not found})
        return cls(words[0], plain)


@dataclass(frozen=True, slots=True)
class ReturnsParcel:
    """The subject of a parcel of an order's returns: one number may carry several of them, and goes one way."""

    order_id: str
    goes_back: bool  # to the seller; else it comes to the buyer for what went back

    @property
    def subject(self) -> str:
        return (BACK_PREFIX if self.goes_back else OUT_PREFIX) + self.order_id

    @classmethod
    def of(cls, subject: str) -> "ReturnsParcel | None":
        """Read a subject; None for an order's own parcel."""
        for prefix, goes_back in ((BACK_PREFIX, True), (OUT_PREFIX, False)):
            if subject.startswith(prefix):
                return cls(subject.removeprefix(prefix), goes_back)
        return None
