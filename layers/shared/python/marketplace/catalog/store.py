"""The catalog table: one item a listing; the shelves' indexes hold only what is live."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute, JSONAttribute, ListAttribute, UnicodeAttribute
from pynamodb.expressions.condition import size
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from marketplace.catalog.model import (
    LIVE,
    PHOTOS_MAX,
    Listing,
    ListingExists,
    ListingMissing,
    ListingNotAvailable,
    Photo,
    RevisionPassed,
    TooManyPhotos,
)
from marketplace.catalog.promises import Milestone, Promises
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put, Update

_SORT = "listing"
# A public page of a seller's listings passes over drafts; this many queries at most look for enough live ones.
_SELLER_QUERIES_MAX = 4


class PhotoAttribute(Attribute[Photo]):
    """A photo as one line of text, so that a condition can look for it in a list."""

    attr_type = "S"

    def serialize(self, value: Any) -> str:
        return f"{value.photo_id} {value.content_type} {value.size_bytes} {value.sha256}"

    def deserialize(self, value: str) -> Photo:
        photo_id, content_type, size_bytes, sha256 = value.split(" ")
        return Photo(photo_id, content_type, int(size_bytes), sha256)


class Newest(GlobalSecondaryIndex[Any]):
    """What is live, by when it was listed."""

    class Meta:
        """See data.yaml."""

        index_name = "newest"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class ByCategory(GlobalSecondaryIndex[Any]):
    """What is live in a category, by when it was listed."""

    class Meta:
        """See data.yaml."""

        index_name = "by_category"
        projection = AllProjection()

    category_shelf = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class BySeller(GlobalSecondaryIndex[Any]):
    """A seller's listings in every state, by their last change."""

    class Meta:
        """See data.yaml."""

        index_name = "by_seller"
        projection = AllProjection()

    seller_id = UnicodeAttribute(hash_key=True)
    updated_at = UnicodeAttribute(range_key=True)


class ListingItem(Item):
    """One listing."""

    class Meta(meta("catalog")):  # type: ignore[misc]
        """See data.yaml."""

    newest = Newest()
    by_category = ByCategory()
    by_seller = BySeller()

    seller_id = UnicodeAttribute()
    seller_kind = UnicodeAttribute()
    title = UnicodeAttribute()
    description = UnicodeAttribute()
    category = UnicodeAttribute()
    price_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    stock = IntegerAttribute()
    state = UnicodeAttribute()
    language = UnicodeAttribute()
    photos: ListAttribute[Any] = ListAttribute(of=PhotoAttribute)
    revision = IntegerAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    listed_at = UnicodeAttribute(null=True)
    promises = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute()  # of the request that made it
    shelf = UnicodeAttribute(null=True)  # LIVE while live
    category_shelf = UnicodeAttribute(null=True)  # the category while live


class DynamoListings:
    """Keeps listings in DynamoDB."""

    def read(self, listing_id: str) -> Listing | None:
        item = ListingItem.read(listing_id, _SORT)
        return _listing(item) if item else None

    def read_many(self, listing_ids: Sequence[str]) -> Mapping[str, Listing]:
        keys = [(listing_id, _SORT) for listing_id in dict.fromkeys(listing_ids)]
        return {item.pk: _listing(item) for item in ListingItem.read_many(keys)}

    def read_made(self, listing_id: str) -> tuple[Listing, str] | None:
        item = ListingItem.read(listing_id, _SORT)
        return (_listing(item), item.fingerprint) if item else None

    def add(self, listing: Listing, fingerprint: str) -> Write:
        item = ListingItem(listing.listing_id, _SORT, fingerprint=fingerprint, **_stored(listing))
        return Put(item, refusal=ListingExists())

    def revise(self, before: Listing, after: Listing) -> Write:
        was, is_now = _stored(before), _stored(after)
        actions = [_set(name, value) for name, value in is_now.items() if value != was[name]]
        condition = (ListingItem.seller_id == before.seller_id) & (ListingItem.revision == before.revision)
        if after.stock != before.stock:
            condition &= ListingItem.stock == before.stock  # sales change the stock and not the revision
        return Update(_key(before.listing_id), actions, condition, RevisionPassed())

    def attach(self, listing: Listing, photo: Photo, at: datetime) -> Write:
        actions = [
            ListingItem.photos.set(ListingItem.photos.append([photo])),
            ListingItem.updated_at.set(to_text(at)),
            ListingItem.revision.add(1),
        ]
        condition = (
            (ListingItem.seller_id == listing.seller_id)
            & (size(ListingItem.photos) < PHOTOS_MAX)
            & ~ListingItem.photos.contains(photo)
        )
        return Update(_key(listing.listing_id), actions, condition, TooManyPhotos())

    def reserve(self, listing: Listing, quantity: int) -> Write:
        condition = (
            (ListingItem.state == LIVE)
            & (ListingItem.revision == listing.revision)
            & (ListingItem.price_minor == listing.price_minor)
            & (ListingItem.currency == listing.currency)
            & (ListingItem.stock >= _pieces(quantity))
        )
        refusal = ListingNotAvailable(listing.listing_id)
        return Update(_key(listing.listing_id), [ListingItem.stock.add(-quantity)], condition, refusal)

    def restock(self, listing_id: str, quantity: int) -> Write:
        give_back = [ListingItem.stock.add(_pieces(quantity))]
        return Update(_key(listing_id), give_back, ListingItem.pk.exists(), ListingMissing())

    def newest(self, *, category: str | None, cursor: str | None, limit: int) -> Rows[Listing]:
        index, shelf = (ListingItem.by_category, category) if category else (ListingItem.newest, LIVE)
        return _page(read_page(index, shelf, sort_attribute="listed_at", cursor=cursor, limit=limit))

    def of_seller(
        self, seller_id: str, *, live_only: bool, category: str | None = None, cursor: str | None, limit: int
    ) -> Rows[Listing]:
        found: list[Listing] = []
        for _ in range(_SELLER_QUERIES_MAX):
            rows = read_page(
                ListingItem.by_seller, seller_id, sort_attribute="updated_at", cursor=cursor, limit=limit - len(found)
            )
            found += [listing for listing in _page(rows).items if _wanted(listing, live_only, category)]
            cursor = rows.cursor
            if cursor is None or len(found) == limit:
                break
        return Rows(tuple(found), cursor)


def _key(listing_id: str) -> ListingItem:
    return ListingItem(listing_id, _SORT)


def _wanted(listing: Listing, live_only: bool, category: str | None) -> bool:
    return (listing.state == LIVE or not live_only) and category in {None, listing.category}


def _pieces(quantity: int) -> int:
    if quantity < 1:
        raise ValueError(f"stock moves by at least one piece, not by {quantity}")
    return quantity


def _set(name: str, value: Any) -> Action:
    attribute = getattr(ListingItem, name)
    action: Action = attribute.remove() if value is None else attribute.set(value)
    return action


def _stored(listing: Listing) -> dict[str, Any]:
    """Return the attributes of a listing; None for one that is not stored."""
    live = listing.state == LIVE
    return {
        "seller_id": listing.seller_id,
        "seller_kind": listing.seller_kind,
        "title": listing.title,
        "description": listing.description,
        "category": listing.category,
        "price_minor": listing.price_minor,
        "currency": listing.currency,
        "stock": listing.stock,
        "state": listing.state,
        "language": listing.language,
        "photos": list(listing.photos),
        "revision": listing.revision,
        "created_at": to_text(listing.created_at),
        "updated_at": to_text(listing.updated_at),
        "listed_at": to_text(listing.listed_at) if listing.listed_at else None,
        "promises": _stored_promises(listing.promises),
        "shelf": LIVE if live else None,
        "category_shelf": listing.category if live else None,
    }


def _stored_promises(said: Promises) -> dict[str, Any]:
    plain = {name: getattr(said, name) for name in Promises.__slots__}
    return plain | {"milestones": [[part.title, part.percent, part.handling_days] for part in said.milestones]}


def _promises(stored: Mapping[str, Any]) -> Promises:
    return Promises(**{**stored, "milestones": tuple(Milestone(*part) for part in stored.get("milestones", ()))})


def _page(rows: Rows[ListingItem]) -> Rows[Listing]:
    return Rows(tuple(_listing(item) for item in rows.items), rows.cursor)


def _listing(item: ListingItem) -> Listing:
    return Listing(
        listing_id=item.pk,
        seller_id=item.seller_id,
        seller_kind=item.seller_kind,
        title=item.title,
        description=item.description,
        category=item.category,
        price_minor=item.price_minor,
        currency=item.currency,
        stock=item.stock,
        state=item.state,
        language=item.language,
        photos=tuple(item.photos),
        revision=item.revision,
        created_at=from_text(item.created_at),
        updated_at=from_text(item.updated_at),
        listed_at=from_text(item.listed_at) if item.listed_at else None,
        promises=_promises(item.promises) if item.promises else Promises(),
    )
