"""Reviews and ratings: who may write, when others may read, and how ratings add up."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.ids import derived_id

RATING_MIN, RATING_MAX = 1, 5  # stars
TEXT_LENGTH_MAX = 2_000  # characters
PAGE_LIMIT_DEFAULT = 24  # reviews
PAGE_LIMIT_MAX = 50

BUYER, SELLER = "buyer", "seller"
OTHER_PARTY = {BUYER: SELLER, SELLER: BUYER}
REVIEWABLE_STATES = frozenset({"released", "refunded", "split"})  # the goods or the money went somewhere

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ReviewInvalid(Invalid):
    """The rating or the text is outside the limits; `fields` says which."""

    code = "review_invalid"
    title_en = "A review is 1 to 5 stars and a text of at most 2,000 characters."
    title_es = "Una reseña tiene de 1 a 5 estrellas y un texto de 2.000 caracteres como máximo."


class OrderNotEnded(Conflict):
    """The trade is still going on, so there is nothing to judge yet."""

    code = "order_not_ended"
    title_en = "This order has not ended yet. Review it when it has."
    title_es = "Este pedido aún no ha terminado. Podrás valorarlo cuando termine."


class OrderNotReviewable(Conflict):
    """The order ended without a trade between two people."""

    code = "order_not_reviewable"
    title_en = "This order cannot be reviewed."
    title_es = "Este pedido no admite reseñas."


class ReviewWindowClosed(Conflict):
    """The time for reviews of this order is over."""

    code = "review_window_closed"
    title_en = "The time for reviewing this order is over."
    title_es = "El plazo para valorar este pedido ha terminado."


class AlreadyReviewed(Conflict):
    """This party said its word on this order before, and it was another one."""

    code = "already_reviewed"
    title_en = "You have reviewed this order already."
    title_es = "Ya has valorado este pedido."


class CounterpartArrived(Conflict):
    """The other party's review came in while this one was being written down: read again."""

    code = "counterpart_arrived"
    title_en = "The other party has just reviewed this order. Repeat your review."
    title_es = "La otra parte acaba de valorar este pedido. Repite tu reseña."


class AlreadyPublished(Conflict):
    """The review was published before: whoever publishes it again is repeating finished work."""

    code = "review_already_published"
    title_en = "This review is published already."
    title_es = "Esta reseña ya está publicada."


@dataclass(frozen=True, slots=True)
class Review:
    """One party's word on the other, sealed until `published_at` is set."""

    order_id: str
    written_by: str  # BUYER or SELLER: the part that the author played in the order
    author_id: str
    subject_id: str  # the account that is reviewed
    rating: int  # 1 to 5 stars
    text: str
    written_at: datetime
    reveal_at: datetime  # when the window ends, and the review is published whatever the other party did
    published_at: datetime | None = None

    @property
    def review_id(self) -> str:
        return derived_id("rev", self.order_id, self.written_by)

    @property
    def subject_role(self) -> str:
        return OTHER_PARTY[self.written_by]


@dataclass(frozen=True, slots=True)
class Rating:
    """The published stars of one account in one role."""

    subject_id: str
    role: str  # BUYER or SELLER
    count: int
    sum: int  # of all stars
    stars: tuple[int, int, int, int, int]  # how many reviews gave 1, 2, 3, 4 and 5

    @property
    def average_hundredths(self) -> int:
        """Return the mean in hundredths of a star, rounded half up."""
        return (self.sum * 200 + self.count) // (2 * self.count) if self.count else 0


@dataclass(frozen=True, slots=True)
class OrderReviews:
    """What one party may see of an order's reviews: its own, and the other's once published."""

    mine: Review | None
    theirs: Review | None
    open_until: datetime | None  # None while the order goes on, or when it admits no reviews


def check_words(rating: int, text: str) -> str:
    """Return the text without surrounding space.

    Raises: ReviewInvalid.
    """
    fields: dict[str, str] = {}
    clean = text.strip()
    if not RATING_MIN <= rating <= RATING_MAX:
        fields["rating"] = "out_of_range"
    if not clean:
        fields["text"] = "required"
    elif len(clean) > TEXT_LENGTH_MAX:
        fields["text"] = "too_long"
    elif any(map(_is_control, clean)):
        fields["text"] = "control_character"
    if fields:
        raise ReviewInvalid(fields=fields)
    return clean


def published(review: Review, at: datetime) -> Review:
    """Return the review as everybody may read it."""
    return replace(review, published_at=at)


def rate(reviews: Iterable[Review], subject_id: str, role: str) -> Rating:
    """Fold the published reviews of one account in one role into its rating."""
    stars = [0] * RATING_MAX
    for review in reviews:
        if review.published_at and (review.subject_id, review.subject_role) == (subject_id, role):
            stars[review.rating - 1] += 1
    total = sum(value * count for value, count in enumerate(stars, start=1))
    return Rating(subject_id, role, sum(stars), total, (stars[0], stars[1], stars[2], stars[3], stars[4]))


def ratings_match(reviews: Iterable[Review], rating: Rating) -> bool:
    """Tell whether a stored rating is what the published reviews give (invariant R2)."""
    return rate(reviews, rating.subject_id, rating.role) == rating


def _is_control(character: str) -> bool:
    in_category = unicodedata.category(character) == "Cc" and character not in "\n\t"
    return in_category or character in _DIRECTION_OVERRIDES
