"""/listings: what sellers offer. Anybody reads what is on sale; an active seller writes."""

from marketplace.catalog.model import (
    ListingIncomplete,
    ListingInvalid,
    ListingMissing,
    ListingNotLive,
    PhotoInvalid,
    RevisionPassed,
    SellerNotActive,
    TooManyPhotos,
)
from marketplace.catalog.wire import (
    EditListing,
    Listing,
    ListingQuery,
    NewListing,
    NewPhoto,
    OwnQuery,
    PhotoUpload,
    listing_to_wire,
    page_to_wire,
    upload_to_wire,
)
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.team import LISTINGS, VIEW
from marketplace.payouts.errors import CurrencyNotSettled
from marketplace.selling.model import ChecklistIncomplete
from marketplace.storage.cursor import BadCursor
from marketplace.verification.tiers import TierLimit
from marketplace.web import MaybeSignedIn, Page, Public, Request, Seller, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/listings",
    access=Seller,
    body=NewListing,
    returns=Listing,
    status=201,
    idempotent=True,
    errors=(SellerNotActive, ListingInvalid, IdempotencyKeyReused),
    team=LISTINGS,
)
def create_listing(request: Request, services: Services) -> Listing:
    """Begin a draft.

    The same request under the same key returns the listing that the first one made.
    """
    made = services.catalog.create_listing(request.account.seller_id, request.body.draft(), request.idempotency)
    return listing_to_wire(made, request.locale)


@route("GET", "/listings", access=Public, query=ListingQuery, returns=Page[Listing], errors=(ListingInvalid, BadCursor))
def list_listings(request: Request, services: Services) -> Page[Listing]:
    """List what is on sale, the newest first; of a category, of a seller, or of both.

    A page may hold fewer listings than asked for: the list ends where `cursor` is null.
    """
    asked = request.query
    page = services.catalog.list_live(
        category=asked.category, seller_id=asked.seller_id, cursor=asked.cursor, limit=asked.limit
    )
    return page_to_wire(page, request.locale)


@route("GET", "/listings/mine", access=Seller, query=OwnQuery, returns=Page[Listing], errors=(BadCursor,), team=VIEW)
def list_own_listings(request: Request, services: Services) -> Page[Listing]:
    """List your own listings in every state, the last changed first."""
    asked = request.query
    page = services.catalog.list_own(request.account.seller_id, cursor=asked.cursor, limit=asked.limit)
    return page_to_wire(page, request.locale)


@route("GET", "/listings/{listing_id}", access=MaybeSignedIn, returns=Listing, errors=(ListingMissing,), team=VIEW)
def get_listing(request: Request, services: Services) -> Listing:
    """Show a listing that is on sale; its seller sees it in every state."""
    viewer_id = request.visitor.seller_id if request.visitor else None
    found = services.catalog.get_listing(request.path["listing_id"], viewer_id=viewer_id)
    return listing_to_wire(found, request.locale)


@route(
    "PATCH",
    "/listings/{listing_id}",
    access=Seller,
    body=EditListing,
    returns=Listing,
    errors=(ListingMissing, ListingInvalid, ListingIncomplete, RevisionPassed, TierLimit),
    team=LISTINGS,
)
def edit_listing(request: Request, services: Services) -> Listing:
    """Change a listing.

    Each change raises `revision`, and buyers who were shown an earlier one are asked again.
    """
    seller_id, listing_id = request.account.seller_id, request.path["listing_id"]
    return listing_to_wire(services.catalog.edit_listing(seller_id, listing_id, request.body.edit()), request.locale)


@route(
    "POST",
    "/listings/{listing_id}/publish",
    access=Seller,
    returns=Listing,
    errors=(
        ListingMissing,
        ListingIncomplete,
        SellerNotActive,
        ChecklistIncomplete,
        TierLimit,
        CurrencyNotSettled,
        RevisionPassed,
    ),
    team=LISTINGS,
)
def publish_listing(request: Request, services: Services) -> Listing:
    """Put a draft or withdrawn listing on sale; repeating it changes nothing."""
    published = services.catalog.publish_listing(request.account.seller_id, request.path["listing_id"])
    return listing_to_wire(published, request.locale)


@route(
    "POST",
    "/listings/{listing_id}/withdraw",
    access=Seller,
    returns=Listing,
    errors=(ListingMissing, ListingNotLive, RevisionPassed),
    team=LISTINGS,
)
def withdraw_listing(request: Request, services: Services) -> Listing:
    """Take a listing off sale; repeating it changes nothing."""
    withdrawn = services.catalog.withdraw_listing(request.account.seller_id, request.path["listing_id"])
    return listing_to_wire(withdrawn, request.locale)


@route(
    "POST",
    "/listings/{listing_id}/photos",
    access=Seller,
    body=NewPhoto,
    returns=PhotoUpload,
    status=201,
    errors=(ListingMissing, PhotoInvalid, TooManyPhotos),
    team=LISTINGS,
)
def add_photo(request: Request, services: Services) -> PhotoUpload:
    """Declare a photo and get the form that uploads it.

    Only the declared bytes are accepted. Declaring the same bytes again gives a fresh form and adds no photo.
    """
    listing_id, declared = request.path["listing_id"], request.body
    photo, form = services.catalog.add_photo(
        request.account.seller_id,
        listing_id,
        content_type=declared.content_type,
        size_bytes=declared.size_bytes,
        sha256=declared.sha256,
    )
    return upload_to_wire(photo, form, listing_id)


ROUTES = (
    create_listing,
    list_listings,
    list_own_listings,
    get_listing,
    edit_listing,
    publish_listing,
    withdraw_listing,
    add_photo,
)
handler = make_app("listings", *ROUTES, services=live)
