"""Writing, sealing, publishing and reading reviews."""

from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import Order, OrderMissing
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.reviews.model import (
    OTHER_PARTY,
    REVIEWABLE_STATES,
    SELLER,
    AlreadyReviewed,
    OrderNotEnded,
    OrderNotReviewable,
    OrderReviews,
    Rating,
    Review,
    ReviewWindowClosed,
    check_words,
    published,
)
from marketplace.reviews.ports import Links, OrderReader, Written

# Each attempt loses only to one of two facts that happen once: the other review, and its publication.
_WRITE_ATTEMPTS_MAX = 3


class Reviews:
    """The use cases of reviews. Blind: nobody reads the other's word before giving their own, or losing the chance."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        outbox: Outbox,
        reviews: Written,
        orders: OrderReader,
        links: Links,
        review_window_seconds: int,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._outbox = outbox
        self._reviews = reviews
        self._orders = orders
        self._links = links
        self._window = timedelta(seconds=review_window_seconds)

    def write_review(self, author_id: str, order_id: str, *, rating: int, text: str) -> Review:
        """Say a party's one word on an ended order; the second word publishes both.

        Repeating the same word returns what was stored.

        Raises: ReviewInvalid; OrderMissing; OrderNotEnded; OrderNotReviewable; ReviewWindowClosed; AlreadyReviewed.
        """
        text = check_words(rating, text)
        order, role = self._party(author_id, order_id)
        review = self._sealed(order, role, rating, text)
        if self._links.is_member(order.seller_id, order.buyer_id):
            raise OrderNotReviewable  # who joined the seller's team since would speak about themselves
        for _ in range(_WRITE_ATTEMPTS_MAX):
            written = self._reviews.of_order(order_id)
            if role in written:
                return _same_word(written[role], review)
            if review.written_at >= review.reveal_at:
                raise ReviewWindowClosed
            try:
                return self._store(review, written.get(OTHER_PARTY[role]))
            except Conflict:  # whichever item noticed first: something was written or published meanwhile
                continue
        raise Unavailable(retry_after_seconds=1)

    def reviews_of_order(self, account_id: str, order_id: str) -> OrderReviews:
        """Return what a party may see of its order's reviews.

        Raises: OrderMissing.
        """
        order, role = self._party(account_id, order_id)
        written = self._reviews.of_order(order_id)
        theirs = written.get(OTHER_PARTY[role])
        open_until = order.ended_at + self._window if order.ended_at and _reviewable(order) else None
        return OrderReviews(written.get(role), theirs if theirs and theirs.published_at else None, open_until)

    def reviews_about(self, subject_id: str, role: str, *, cursor: str | None = None, limit: int) -> Rows[Review]:
        """Return a page of what was published about an account as a buyer or as a seller.

        Raises: BadCursor.
        """
        return self._reviews.about(subject_id, role, cursor=cursor, limit=limit)

    def rating(self, subject_id: str, role: str = SELLER) -> Rating | None:
        """Return an account's stars in a role; None before its first published review."""
        return self._reviews.rating(subject_id, role)

    def reveal_due(self, limit: int) -> int:
        """Publish up to `limit` sealed reviews whose window ended, and say how many; repeating is harmless.

        Raises: Unavailable after trying them all, when some could not be published.
        """
        now = self._clock.now()
        revealed, failed = 0, False
        for order_id, written_by in self._reviews.due(now, limit):
            try:
                revealed += self._reveal(order_id, written_by, now)
            except Unavailable:
                failed = True  # one that cannot be published must not keep the others sealed
        if failed:
            raise Unavailable(retry_after_seconds=1)
        return revealed

    def _party(self, account_id: str, order_id: str) -> tuple[Order, str]:
        order = self._orders.read(order_id)
        role = order.party(account_id) if order else None
        if order is None or role is None:
            raise OrderMissing
        return order, role

    def _sealed(self, order: Order, role: str, rating: int, text: str) -> Review:
        if order.ended_at is None:
            raise OrderNotEnded
        if not _reviewable(order):
            raise OrderNotReviewable
        author, subject = order.buyer_id, order.seller_id
        if role == SELLER:
            author, subject = subject, author
        reveal_at = order.ended_at + self._window
        return Review(order.order_id, role, author, subject, rating, text, self._clock.now(), reveal_at)

    def _store(self, review: Review, other: Review | None) -> Review:
        if other is None:
            # Both parties may be writing at this moment: whoever comes second must see the first.
            alone = self._reviews.absent(review.order_id, OTHER_PARTY[review.written_by])
            self._transactions.commit([self._reviews.add(review), alone])
            return review
        review = published(review, review.written_at)
        writes = [self._reviews.add(review), *self._consequences(review)]
        if other.published_at is None:
            other = published(other, review.written_at)
            writes += [self._reviews.publish(other), *self._consequences(other)]
        self._transactions.commit(writes)
        return review

    def _reveal(self, order_id: str, written_by: str, now: datetime) -> int:
        review = self._reviews.of_order(order_id).get(written_by)
        # The queue's index may lag: only the review itself says whether it is due.
        if review is None or review.published_at or review.reveal_at > now:
            return 0
        review = published(review, now)
        try:
            self._transactions.commit([self._reviews.publish(review), *self._consequences(review)])
        except Conflict:  # the review, or its event, is out already
            return 0
        return 1

    def _consequences(self, review: Review) -> list[Write]:
        """Return what happens exactly when a review is published."""
        fact = event(
            "review.published",
            review.order_id,
            review.published_at or review.written_at,
            once=review.written_by,
            order_id=review.order_id,
            author_id=review.author_id,
            subject_id=review.subject_id,
        )
        return [self._reviews.count_in(review), self._outbox.publish(fact)]


def _reviewable(order: Order) -> bool:
    return order.state in REVIEWABLE_STATES and order.buyer_id != order.seller_id


def _same_word(stored: Review, review: Review) -> Review:
    if (stored.rating, stored.text) != (review.rating, review.text):
        raise AlreadyReviewed
    return stored
