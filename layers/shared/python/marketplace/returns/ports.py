"""What returns need from outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from marketplace.kit.files import Download
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.returns.model import Head, Return
from marketplace.shipping.model import Tracking


class ReturnRows(Protocol):
    """Where returns live. Reads are consistent."""

    def read(self, return_id: str) -> Return | None: ...

    def read_many(self, return_ids: Sequence[str]) -> list[Return]:
        """Return those that exist, in the order asked."""

    def head(self, order_id: str) -> Head:
        """Return what the order's returns have taken; an empty one where there is none."""

    def open(self, made: Return) -> Write:
        """Store a new return; refused with ReturnsMoved when its id is taken."""

    def move(self, before: Return, after: Return) -> Write:
        """Replace `before` while nobody moved it; refused with ReturnRefused."""

    def keep(self, before: Head, after: Head) -> Write:
        """Replace an order's head while it is as read; refused with ReturnsMoved."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Name returns, and orders to let go on, whose time has come (an index: a hint)."""


# Says when an order's buyer was told of the right of withdrawal on a durable medium; None for never.
InformedAt = Callable[[Order], datetime | None]


class Parcels(Protocol):
    """Which order's goods, or returned goods, a parcel is. Reads are consistent."""

    def claim(self, tracking: Tracking, order_id: str, at: datetime) -> Write:
        """Give a tracking number to one subject for good; refused with TrackingNumberUsed when another has it."""

    def order_of(self, tracking: Tracking) -> str | None: ...


class Evidence(Protocol):
    """Files that the buyer of an order uploaded before there was a dispute."""

    def shown_before(self, order_id: str) -> tuple[str, ...]:
        """Name those that were really uploaded."""

    def read_before(self, order_id: str, evidence_id: str) -> Download:
        """Return where one is read for some minutes; EvidenceMissing when there is none."""


class DisputeDesk(Evidence, Protocol):
    """Disputes, as a claim that was refused opens one, or opens again what was taken back before."""

    def opening_again(
        self, order_id: str, buyer_id: str, reason: str, statement: str, wanted_minor: int | None
    ) -> tuple[Any, list[Write]]: ...


class RefundDesk(Protocol):
    """The refunds, as returns ask for them."""

    def request(
        self,
        order: Order,
        amount_minor: int,
        *,
        reason: str,
        actor: str,
        refund_id: str,
        requested_by: str,
        cause: str = ...,
        lines: Sequence[Any] = (),
        fingerprint: str = "",
    ) -> list[Write]: ...
