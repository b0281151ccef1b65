"""What moved at Stripe, in the shape in which it is compared with the books."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# Balance transactions by which Stripe sets money aside or frees it again: the platform owns as much as before.
# Source: Stripe, "Balance transaction types".
INSIDE_STRIPE = frozenset(
    {
        "payment_network_reserve_hold",
        "payment_network_reserve_release",
        "payout_minimum_balance_hold",
        "payout_minimum_balance_release",
        "reserve_hold",
        "reserve_release",
        "reserve_transaction",
        "reserved_funds",
    }
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One balance transaction of the platform's Stripe account.

    `amount_minor` is signed as Stripe signs it, before the fee: positive came in, negative went out. `stripe_object` is
    the object that moved the money, or the balance transaction itself where Stripe names none. `payment_id` and
    `order_id` are ours, where that object carries them.
    """

    transaction_id: str
    stripe_object: str
    kind: str  # Stripe's type: charge, transfer, refund, adjustment, ...
    amount_minor: int
    fee_minor: int
    currency: str
    created_at: datetime  # in whole seconds
    payment_id: str | None = None
    order_id: str | None = None


class StripeBooks(Protocol):
    """Stripe's own account of what moved. Reads only.

    Raises, from every method: Unavailable when a repeat may succeed; StripeRefused when Stripe knows no such thing.
    """

    def between(self, since: datetime, until: datetime) -> list[Movement]:
        """Return everything created in [since, until), all pages of it."""

    def of_object(self, stripe_object: str) -> list[Movement]:
        """Return everything that one object moved, whenever it was."""
