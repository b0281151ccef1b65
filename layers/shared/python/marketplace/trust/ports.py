"""What judging orders needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.trust.model import Case, DecisionReceipt, Payment


class AccountFacts(Protocol):
    """What accounts know that rules may look at."""

    def facts(self, account_id: str) -> tuple[datetime, str | None] | None:
        """Return (created at, keyed hash of the address it signed up from, if known); None for no such account.

        Raises: Unavailable.
        """


class HoldableOrders(Protocol):
    """The orders, as screening needs them."""

    def read(self, order_id: str) -> Order | None:
        """Return the order as it stands, consistently."""

    def hold(self, order: Order, receipt_id: str) -> Write:
        """Mark the order risky while it stands as read; refused with a Conflict."""


class ReleaseHolds(Protocol):
    """What a person's decision does to the held order. The writes join the decision's own transaction."""

    def clear(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Write]:
        """Lift the hold: the order goes on, or is released when only the hold kept it waiting.

        Raises: Conflict when the order's state does not allow it.
        """

    def refuse(self, order_id: str, operator_id: str, receipt_id: str) -> Sequence[Write]:
        """Refund the buyer.

        Raises: Conflict when the order's state does not allow it.
        """


class Records(Protocol):
    """Where receipts, cases and the buyers' recent payments live. Reads are consistent unless they say otherwise."""

    def count_payment(self, buyer_id: str, payment: Payment) -> Write:
        """Note a paid order of the buyer; noting it again changes nothing."""

    def payments(self, buyer_id: str, since: datetime, until: datetime) -> tuple[Payment, ...]:
        """Return the buyer's noted orders paid in [since, until], the newest ones when there are very many."""

    def put_receipt(self, receipt: DecisionReceipt, refusal: Exception) -> Write:
        """Store a receipt; refused when it exists."""

    def receipts(self, order_id: str) -> tuple[DecisionReceipt, ...]:
        """Return the decisions about an order, oldest first."""

    def open_case(self, case: Case) -> Write:
        """Put a case into the operators' queue; refused with AlreadyScreened."""

    def case(self, order_id: str) -> Case | None: ...

    def close_case(self, case: Case) -> Write:
        """Store the decision and take the case out of the queue; refused with HoldAlreadyDecided."""

    def open_cases(self, cursor: str | None, limit: int) -> Rows[Case]:
        """Return one page of the queue, longest waiting first (eventually consistent).

        Raises: BadCursor.
        """
