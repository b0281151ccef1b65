"""What returns need from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.returns.model import Head, Return


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
