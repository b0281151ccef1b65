"""The reviews table: two items an order at most, and one rating per account and role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.reviews.model import (
    AlreadyPublished,
    AlreadyReviewed,
    CounterpartArrived,
    Rating,
    Review,
)
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Check, Put, Update

_SORT_PREFIX = "review#"
_RATING_SORT = "rating"
_SEALED = "open"  # the one partition of the reveal queue


class BySubject(GlobalSecondaryIndex[Any]):
    """What was published about an account in a role, by publication."""

    class Meta:
        """See data.yaml."""

        index_name = "by_subject"
        projection = AllProjection()

    subject_id = UnicodeAttribute(hash_key=True)
    published_at = UnicodeAttribute(range_key=True)


class Unrevealed(GlobalSecondaryIndex[Any]):
    """Sealed reviews, by the end of their window."""

    class Meta:
        """See data.yaml."""

        index_name = "unrevealed"
        projection = KeysOnlyProjection()

    reveal_queue = UnicodeAttribute(hash_key=True)
    reveal_at = UnicodeAttribute(range_key=True)


class ReviewItem(Item):
    """One review."""

    class Meta(meta("reviews")):  # type: ignore[misc]
        """See data.yaml."""

    by_subject = BySubject()
    unrevealed = Unrevealed()

    author_id = UnicodeAttribute()
    reviewed_id = UnicodeAttribute()
    rating = IntegerAttribute()
    text = UnicodeAttribute()
    written_at = UnicodeAttribute()
    reveal_at = UnicodeAttribute()
    reveal_queue = UnicodeAttribute(null=True)  # _SEALED until published
    published_at = UnicodeAttribute(null=True)
    subject_id = UnicodeAttribute(
        null=True
    )  # role and account; only published reviews have it, so only they are listed


class RatingItem(Item):
    """The published stars of an account in a role."""

    class Meta(meta("reviews")):  # type: ignore[misc]
        """See data.yaml."""

    review_count = IntegerAttribute()
    stars_total = IntegerAttribute()
    stars_1 = IntegerAttribute(default=0)
    stars_2 = IntegerAttribute(default=0)
    stars_3 = IntegerAttribute(default=0)
    stars_4 = IntegerAttribute(default=0)
    stars_5 = IntegerAttribute(default=0)


class DynamoReviews:
    """Keeps reviews and ratings in DynamoDB."""

    def of_order(self, order_id: str) -> dict[str, Review]:
        items = ReviewItem.read_partition(order_id, ReviewItem.sk.startswith(_SORT_PREFIX))
        return {review.written_by: review for review in map(_review, items)}

    def add(self, review: Review) -> Write:
        item = _key(review.order_id, review.written_by)
        item.author_id, item.reviewed_id = review.author_id, review.subject_id
        item.rating, item.text = review.rating, review.text
        item.written_at, item.reveal_at = to_text(review.written_at), to_text(review.reveal_at)
        if review.published_at:
            item.published_at, item.subject_id = to_text(review.published_at), _subject(review)
        else:
            item.reveal_queue = _SEALED
        return Put(item, refusal=AlreadyReviewed())

    def absent(self, order_id: str, written_by: str) -> Write:
        return Check(_key(order_id, written_by), ReviewItem.pk.does_not_exist(), CounterpartArrived())

    def publish(self, review: Review) -> Write:
        if review.published_at is None:
            raise ValueError("a review is published at a moment")
        actions = [
            ReviewItem.published_at.set(to_text(review.published_at)),
            ReviewItem.subject_id.set(_subject(review)),
            ReviewItem.reveal_queue.remove(),
        ]
        sealed = ReviewItem.reveal_queue == _SEALED
        return Update(_key(review.order_id, review.written_by), actions, sealed, AlreadyPublished())

    def count_in(self, review: Review) -> Write:
        item = RatingItem(_rating_key(review.subject_id, review.subject_role), _RATING_SORT)
        stars: Any = getattr(RatingItem, f"stars_{review.rating}")
        actions = [RatingItem.review_count.add(1), RatingItem.stars_total.add(review.rating), stars.add(1)]
        # ADD commutes, and the write that publishes the review is what keeps it from being counted twice.
        always = RatingItem.pk.exists() | RatingItem.pk.does_not_exist()
        return Update(item, actions, always, AlreadyPublished())

    def due(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        ended = ReviewItem.reveal_at <= to_text(now)
        try:
            found = list(ReviewItem.unrevealed.query(_SEALED, ended, limit=limit, page_size=limit))
        except PynamoDBException as error:
            raise Unavailable from error
        return [(item.pk, _written_by(item)) for item in found]

    def about(self, subject_id: str, role: str, *, cursor: str | None, limit: int) -> Rows[Review]:
        partition = _role_subject(subject_id, role)
        rows = read_page(ReviewItem.by_subject, partition, sort_attribute="published_at", cursor=cursor, limit=limit)
        return Rows(tuple(map(_review, rows.items)), rows.cursor)

    def rating(self, subject_id: str, role: str) -> Rating | None:
        item = RatingItem.read(_rating_key(subject_id, role), _RATING_SORT)
        if item is None:
            return None
        stars = (item.stars_1, item.stars_2, item.stars_3, item.stars_4, item.stars_5)
        return Rating(subject_id, role, item.review_count, item.stars_total, stars)


def _key(order_id: str, written_by: str) -> ReviewItem:
    return ReviewItem(order_id, f"{_SORT_PREFIX}{written_by}")


def _written_by(item: ReviewItem) -> str:
    return item.sk.removeprefix(_SORT_PREFIX)


def _role_subject(account_id: str, role: str) -> str:
    return f"{role}#{account_id}"


def _subject(review: Review) -> str:
    return _role_subject(review.subject_id, review.subject_role)


def _rating_key(account_id: str, role: str) -> str:
    return f"rating#{_role_subject(account_id, role)}"


def _review(item: ReviewItem) -> Review:
    return Review(
        order_id=item.pk,
        written_by=_written_by(item),
        author_id=item.author_id,
        subject_id=item.reviewed_id,
        rating=item.rating,
        text=item.text,
        written_at=from_text(item.written_at),
        reveal_at=from_text(item.reveal_at),
        published_at=from_text(item.published_at) if item.published_at else None,
    )
