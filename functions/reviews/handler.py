"""Reviews: the parties of an ended order write, everybody reads what is published."""

from marketplace.orders.model import OrderMissing
from marketplace.reviews.model import (
    BUYER,
    SELLER,
    AlreadyReviewed,
    OrderNotEnded,
    OrderNotReviewable,
    ReviewInvalid,
    ReviewWindowClosed,
)
from marketplace.reviews.wire import (
    NewReview,
    OrderReviews,
    Review,
    ReviewQuery,
    SubjectReviews,
    about_to_wire,
    order_reviews_to_wire,
    review_to_wire,
)
from marketplace.storage.cursor import BadCursor
from marketplace.web import Public, Request, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/orders/{order_id}/reviews",
    access=Verified,
    body=NewReview,
    returns=Review,
    status=201,
    errors=(ReviewInvalid, OrderMissing, OrderNotEnded, OrderNotReviewable, ReviewWindowClosed, AlreadyReviewed),
)
def write_review(request: Request, services: Services) -> Review:
    """Review the other party of an order that has ended.

    Nobody reads it before the other party has written too, or the time for reviews is over. Repeating the same
    review is safe; another one is refused.
    """
    said = request.body
    written = services.reviews.write_review(
        request.account.account_id, request.path["order_id"], rating=said.rating, text=said.text
    )
    return review_to_wire(written)


@route("GET", "/orders/{order_id}/reviews", access=Verified, returns=OrderReviews, errors=(OrderMissing,))
def get_order_reviews(request: Request, services: Services) -> OrderReviews:
    """Show the parties their reviews: your own at once, the other one when it is published."""
    found = services.reviews.reviews_of_order(request.account.account_id, request.path["order_id"])
    return order_reviews_to_wire(found)


@route(
    "GET", "/sellers/{seller_id}/reviews", access=Public, query=ReviewQuery, returns=SubjectReviews, errors=(BadCursor,)
)
def list_seller_reviews(request: Request, services: Services) -> SubjectReviews:
    """List what buyers published about a seller, the last published first."""
    return _about(request, services, request.path["seller_id"], SELLER)


@route(
    "GET", "/buyers/{account_id}/reviews", access=Public, query=ReviewQuery, returns=SubjectReviews, errors=(BadCursor,)
)
def list_buyer_reviews(request: Request, services: Services) -> SubjectReviews:
    """List what sellers published about a buyer, the last published first."""
    return _about(request, services, request.path["account_id"], BUYER)


def _about(request: Request, services: Services, subject_id: str, role: str) -> SubjectReviews:
    asked = request.query
    page = services.reviews.reviews_about(subject_id, role, cursor=asked.cursor, limit=asked.limit)
    return about_to_wire(page, services.reviews.rating(subject_id, role))


ROUTES = (write_review, get_order_reviews, list_seller_reviews, list_buyer_reviews)
handler = make_app("reviews", *ROUTES, services=live)
