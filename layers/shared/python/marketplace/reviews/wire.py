"""Reviews and ratings as JSON."""

from typing import Annotated

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.reviews import model
from marketplace.web.wire import PageQuery

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Role = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [model.BUYER, model.SELLER]})]


class NewReview(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One party's word on the other; it cannot be changed afterwards."""

    rating: Annotated[int, msgspec.Meta(ge=model.RATING_MIN, le=model.RATING_MAX)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=model.TEXT_LENGTH_MAX)]


class ReviewQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How many reviews, and after which."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=model.PAGE_LIMIT_MAX)] = model.PAGE_LIMIT_DEFAULT


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review as the parties of its order see it; sealed while `published_at` is null, until `reveal_at` at most."""

    review_id: str
    order_id: str
    written_by: Role
    author_id: str
    subject_id: str
    rating: int
    text: str
    written_at: Moment
    reveal_at: Moment
    published_at: Moment | None


class OrderReviews(msgspec.Struct, frozen=True, kw_only=True):
    """Your review and the other party's, which stays null until both are in or `open_until` has passed."""

    mine: Review | None
    theirs: Review | None
    open_until: Moment | None


class PublishedReview(msgspec.Struct, frozen=True, kw_only=True):
    """A review as everybody sees it: who traded what with whom is nobody else's business."""

    review_id: str
    written_by: Role
    rating: int
    text: str
    published_at: Moment


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """All published stars: the mean in hundredths of a star, and how many reviews gave 1, 2, 3, 4 and 5."""

    count: int
    average_hundredths: int
    stars: tuple[int, int, int, int, int]


class SubjectReviews(msgspec.Struct, frozen=True, kw_only=True):
    """One page of what was published about somebody, and the rating it adds up to (null before the first review)."""

    rating: Rating | None
    items: list[PublishedReview]
    cursor: str | None


def review_to_wire(review: model.Review) -> Review:
    """Show a review to a party of its order."""
    return Review(
        review_id=review.review_id,
        order_id=review.order_id,
        written_by=review.written_by,
        author_id=review.author_id,
        subject_id=review.subject_id,
        rating=review.rating,
        text=review.text,
        written_at=to_text(review.written_at),
        reveal_at=to_text(review.reveal_at),
        published_at=to_text(review.published_at) if review.published_at else None,
    )


def order_reviews_to_wire(found: model.OrderReviews) -> OrderReviews:
    """Show a party what it may see of its order's reviews."""
    return OrderReviews(
        mine=review_to_wire(found.mine) if found.mine else None,
        theirs=review_to_wire(found.theirs) if found.theirs else None,
        open_until=to_text(found.open_until) if found.open_until else None,
    )


def rating_to_wire(rating: model.Rating | None) -> Rating | None:
    """Show a rating; None stays None."""
    if rating is None:
        return None
    return Rating(count=rating.count, average_hundredths=rating.average_hundredths, stars=rating.stars)


def about_to_wire(page: Rows[model.Review], rating: model.Rating | None) -> SubjectReviews:
    """Show everybody what was published about somebody."""
    items = [
        PublishedReview(
            review_id=review.review_id,
            written_by=review.written_by,
            rating=review.rating,
            text=review.text,
            published_at=to_text(review.published_at),
        )
        for review in page.items
        if review.published_at
    ]
    return SubjectReviews(rating=rating_to_wire(rating), items=items, cursor=page.cursor)
