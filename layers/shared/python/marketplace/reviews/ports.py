"""What the reviews area needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.reviews.model import Rating, Review


class OrderReader(Protocol):
    """The orders, as reviews see them."""

    def read(self, order_id: str) -> Order | None:
        """Return the order as it stands, consistently."""


class Links(Protocol):
    """Who belongs to whom: nobody praises a seller for whom they act."""

    def is_member(self, seller_id: str, account_id: str) -> bool:
        """Say whether the account belongs to the seller's team, consistently."""


class Written(Protocol):
    """Where reviews and ratings live. Reads by order are consistent; pages may lag a moment behind."""

    def of_order(self, order_id: str) -> dict[str, Review]:
        """Return an order's reviews by who wrote them, sealed ones too, in one round trip."""

    def add(self, review: Review) -> Write:
        """Store a review, sealed or published as it says; refused with AlreadyReviewed."""

    def absent(self, order_id: str, written_by: str) -> Write:
        """Hold only while that party has written nothing; else CounterpartArrived."""

    def publish(self, review: Review) -> Write:
        """Unseal a stored review at its `published_at`; refused with AlreadyPublished."""

    def count_in(self, review: Review) -> Write:
        """Add the stars to the subject's rating; the caller commits it with what publishes the review."""

    def due(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Return up to `limit` (order id, written by) of sealed reviews whose window ended, oldest first."""

    def about(self, subject_id: str, role: str, *, cursor: str | None, limit: int) -> Rows[Review]:
        """Return published reviews of an account in a role, the last published first. Raises: BadCursor."""

    def rating(self, subject_id: str, role: str) -> Rating | None:
        """Return an account's rating in a role; None before its first published review."""
