"""What statements of withdrawal need from outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.returns.model import Return, Wanted
from marketplace.withdrawals.model import Withdrawal

# Says whether an address is the one of an account, by the blind index alone: nothing is opened.
IsAddressOf = Callable[[str, str], bool]


# Names the orders bought from an address (an index: each is read before it counts).
OrdersOf = Callable[[str], Sequence[str]]


class Withdrawals(Protocol):
    """Where statements live. Reads are consistent."""

    def read(self, withdrawal_id: str) -> Withdrawal | None: ...

    def add(self, made: Withdrawal) -> Write:
        """Store a new statement."""

    def change(self, before: Withdrawal, after: Withdrawal) -> Write:
        """Replace a statement while it is as read; refused with WithdrawalMoved."""

    def name(self, order_id: str) -> Write:
        """Note, for good, that a statement names the order; again changes nothing."""

    def named(self, order_id: str) -> bool:
        """Say whether a statement that was looked at names the order, whatever became of it."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Name statements that wait to be looked at (an index: a hint)."""


class Opening(Protocol):
    """Returns, as a withdrawal opens them."""

    def plan(
        self,
        order: Order,
        wanted: tuple[Wanted, ...],
        reason: str,
        return_id: str,
        declared_at: datetime,
        fingerprint: str = "",
    ) -> tuple[Return, list[Write]]: ...
