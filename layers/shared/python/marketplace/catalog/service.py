"""What sellers and visitors do with listings."""

from collections.abc import Sequence

from marketplace.catalog.categories import CATEGORIES
from marketplace.catalog.model import (
    LIVE,
    PHOTOS_MAX,
    Draft,
    Edit,
    Listing,
    ListingExists,
    ListingInvalid,
    ListingMissing,
    Photo,
    SellerNotActive,
    TooManyPhotos,
)
from marketplace.catalog.ports import Gate, Listings, SellerFacts, Sellers, UploadForm, Uploads
from marketplace.catalog.rules import amend, begin, declare_photo, publish, withdraw
from marketplace.kit.clock import Clock
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.principal import Idempotency
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write

_NO_FINGERPRINT = ""


class Catalog:
    """The use cases of /listings."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        listings: Listings,
        sellers: Sellers,
        uploads: Uploads,
        gate: Gate,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._listings = listings
        self._sellers = sellers
        self._uploads = uploads
        self._gate = gate

    def create_listing(self, seller_id: str, draft: Draft, idempotency: Idempotency | None = None) -> Listing:
        """Begin a draft; the same request under the same key returns the listing that the first one made.

        Raises: SellerNotActive; ListingInvalid; IdempotencyKeyReused when the key came with another body before.
        """
        kind = self._active_seller(seller_id).kind
        now = self._clock.now()
        # The key decides the id, so that two requests under one key compete for one item.
        listing_id = derived_id("lst", seller_id, idempotency.key) if idempotency else self._ids.new("lst", now)
        fingerprint = idempotency.fingerprint if idempotency else _NO_FINGERPRINT
        listing = begin(draft, listing_id=listing_id, seller_id=seller_id, seller_kind=kind, now=now)
        try:
            self._transactions.commit([self._listings.add(listing, fingerprint)])
        except ListingExists:
            return self._first_made(listing_id, fingerprint)
        return listing

    def edit_listing(self, seller_id: str, listing_id: str, edit: Edit) -> Listing:
        """Change what the edit names, and nothing that somebody changed meanwhile.

        Raises: ListingMissing; RevisionPassed; ListingInvalid; ListingIncomplete; TierLimit for a price.
        """
        before = self._own(seller_id, listing_id)
        after = amend(before, edit, self._clock.now())
        if after.state == LIVE and (after.price_minor, after.currency) != (before.price_minor, before.currency):
            self._gate.repricing(seller_id, after.price_minor, after.currency)
        return self._revise(before, after)

    def publish_listing(self, seller_id: str, listing_id: str) -> Listing:
        """Put a listing on sale; repeating it changes nothing.

        Raises: ListingMissing; SellerNotActive; ChecklistIncomplete; TierLimit; ListingIncomplete; RevisionPassed.
        """
        before = self._own(seller_id, listing_id)
        if before.state == LIVE:
            return before
        kind, counted = self._gate.publishing(seller_id, before.price_minor, before.currency)
        return self._revise(before, publish(before, seller_kind=kind, now=self._clock.now()), counted)

    def withdraw_listing(self, seller_id: str, listing_id: str) -> Listing:
        """Take a listing off sale; repeating it changes nothing.

        Raises: ListingMissing; ListingNotLive; RevisionPassed.
        """
        before = self._own(seller_id, listing_id)
        return self._revise(before, withdraw(before, self._clock.now()), self._gate.withdrawing(seller_id))

    def add_photo(
        self, seller_id: str, listing_id: str, *, content_type: str, size_bytes: int, sha256: str
    ) -> tuple[Photo, UploadForm]:
        """Attach a photo by its declared content and return the form that uploads it.

        Declaring the same content again attaches nothing, and returns a fresh form.

        Raises: ListingMissing; PhotoInvalid; TooManyPhotos.
        """
        photo = declare_photo(listing_id, content_type=content_type, size_bytes=size_bytes, sha256=sha256)
        attached = self._attach(self._own(seller_id, listing_id), photo)
        form = self._uploads.form(
            attached.key(listing_id),
            content_type=attached.content_type,
            size_bytes=attached.size_bytes,
            sha256=attached.sha256,
        )
        return attached, form

    def get_listing(self, listing_id: str, *, viewer_id: str | None = None) -> Listing:
        """Return a listing that is on sale, or in any state to its seller.

        Raises: ListingMissing.
        """
        listing = self._listings.read(listing_id)
        if listing is None or (listing.state != LIVE and listing.seller_id != viewer_id):
            raise ListingMissing
        return listing

    def list_live(
        self, *, category: str | None = None, seller_id: str | None = None, cursor: str | None = None, limit: int
    ) -> Rows[Listing]:
        """Return a page of what is on sale: the newest, or a seller's last changed; of one category or of all.

        Raises: ListingInvalid for a category that does not exist; BadCursor.
        """
        if category is not None and category not in CATEGORIES:
            raise ListingInvalid(fields={"category": "not_a_choice"})
        if seller_id is not None:
            return self._listings.of_seller(seller_id, live_only=True, category=category, cursor=cursor, limit=limit)
        return self._listings.newest(category=category, cursor=cursor, limit=limit)

    def list_own(self, seller_id: str, *, cursor: str | None = None, limit: int) -> Rows[Listing]:
        """Return a page of the seller's own listings in every state.

        Raises: BadCursor.
        """
        return self._listings.of_seller(seller_id, live_only=False, cursor=cursor, limit=limit)

    def _own(self, seller_id: str, listing_id: str) -> Listing:
        listing = self._listings.read(listing_id)
        if listing is None or listing.seller_id != seller_id:
            raise ListingMissing
        return listing

    def _active_seller(self, seller_id: str) -> SellerFacts:
        profile = self._sellers.of(seller_id)
        if profile is None or not profile.active:
            raise SellerNotActive
        return profile

    def _first_made(self, listing_id: str, fingerprint: str) -> Listing:
        made = self._listings.read_made(listing_id)
        if made is None or made[1] != fingerprint:
            raise IdempotencyKeyReused
        return made[0]

    def _revise(self, before: Listing, after: Listing, counted: Sequence[Write] = ()) -> Listing:
        if after != before:
            self._transactions.commit([self._listings.revise(before, after), *counted])
        return after

    def _attach(self, listing: Listing, photo: Photo) -> Photo:
        known = _attached(listing, photo)
        if known:
            return known
        if len(listing.photos) >= PHOTOS_MAX:
            raise TooManyPhotos
        try:
            self._transactions.commit([self._listings.attach(listing, photo, self._clock.now())])
        except TooManyPhotos:
            # The same condition fails when a twin of this request attached the photo a moment ago.
            known = _attached(self._own(listing.seller_id, listing.listing_id), photo)
            if not known:
                raise
        return photo


def _attached(listing: Listing, photo: Photo) -> Photo | None:
    return next((known for known in listing.photos if known.photo_id == photo.photo_id), None)
