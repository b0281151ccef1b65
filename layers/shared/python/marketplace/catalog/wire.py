"""Listings as JSON."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from marketplace.catalog import model, promises
from marketplace.catalog.categories import CATEGORIES
from marketplace.catalog.ports import UploadForm
from marketplace.catalog.promises import BUYER_PAYS, FULFILMENTS, GOODS, NO_WITHDRAWAL, SELLER_PAYS
from marketplace.kit.clock import to_text
from marketplace.kit.money import CURRENCIES
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page, PageQuery

ID_LENGTH_MAX = 128  # characters

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH_MAX)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
# The rules refuse other choices; the enumerations tell frontends which there are.
CategoryCode = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": [*CATEGORIES]})]
CategoryOrNone = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": ["", *CATEGORIES]})]
Currency = Annotated[str, msgspec.Meta(max_length=3, extra_json_schema={"enum": [*CURRENCIES]})]
Language = Annotated[str, msgspec.Meta(max_length=2, extra_json_schema={"enum": [*model.LANGUAGES]})]
PhotoType = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": [*model.PHOTO_TYPES]})]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=model.TITLE_LENGTH_MAX)]
Description = Annotated[str, msgspec.Meta(max_length=model.DESCRIPTION_LENGTH_MAX)]
PriceMinor = Annotated[int, msgspec.Meta(ge=0, le=model.PRICE_MAX_MINOR)]
Stock = Annotated[int, msgspec.Meta(ge=0, le=model.STOCK_MAX)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=model.PAGE_LIMIT_MAX)]


Fulfilment = Annotated[str, msgspec.Meta(max_length=20, extra_json_schema={"enum": [*FULFILMENTS]})]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
ReturnCost = Annotated[str, msgspec.Meta(max_length=20, extra_json_schema={"enum": [BUYER_PAYS, SELLER_PAYS]})]
Exempt = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": [*NO_WITHDRAWAL]})]


class Milestone(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a service, done and paid for by itself; `handling_days` count from the payment of the whole."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=promises.MILESTONE_TITLE_LENGTH_MAX)]
    percent: Annotated[int, msgspec.Meta(ge=1, le=99)]
    handling_days: Days


class Promises(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What you promise with a listing; buyers see it, and an order keeps it as it stood.

    Days count from payment to shipment (`handling_days`), from there to delivery (`delivery_days`, goods only), and
    from delivery to the last day of giving back (`return_days`; a trader's buyer has at least 14). `return_cost` says
    who pays for sending back; `no_withdrawal` names the law's exception that applies, where one does.
    """

    fulfilment: Fulfilment = GOODS
    handling_days: Days | None = None
    delivery_days: Days | None = None
    return_days: Days | None = None
    return_cost: ReturnCost = BUYER_PAYS
    no_withdrawal: Exempt | None = None
    milestones: Annotated[list[Milestone], msgspec.Meta(max_length=promises.MILESTONES_MAX)] = []

    def value(self) -> promises.Promises:
        parts = tuple(promises.Milestone(**msgspec.structs.asdict(part)) for part in self.milestones)
        return promises.Promises(**msgspec.structs.asdict(self) | {"milestones": parts})


class NewListing(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a listing begins with. What is left out may come later; going on sale needs everything."""

    title: Title
    currency: Currency
    language: Language
    description: Description = ""
    category: CategoryOrNone = ""
    price_minor: PriceMinor = 0
    stock: Stock = 0
    promises: Promises = Promises()

    def draft(self) -> model.Draft:
        return model.Draft(**msgspec.structs.asdict(self) | {"promises": self.promises.value()})


class EditListing(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to change. `revision` and `stock_seen` say what you last read: the edit is refused when that has passed.

    `photo_ids` names the photos to keep, in the order to show them.
    """

    title: Title | None = None
    description: Description | None = None
    category: CategoryOrNone | None = None
    price_minor: PriceMinor | None = None
    currency: Currency | None = None
    stock: Stock | None = None
    language: Language | None = None
    promises: Promises | None = None
    photo_ids: Annotated[list[Identifier], msgspec.Meta(max_length=model.PHOTOS_MAX)] | None = None
    revision: Annotated[int, msgspec.Meta(ge=1)] | None = None
    stock_seen: Stock | None = None

    def edit(self) -> model.Edit:
        said = msgspec.structs.asdict(self)
        said["photo_ids"] = None if self.photo_ids is None else tuple(self.photo_ids)
        said["promises"] = self.promises.value() if self.promises else None
        return model.Edit(**said)


class NewPhoto(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A photo before its upload: exactly these bytes will be accepted. `sha256` is 64 hexadecimal digits."""

    content_type: PhotoType
    size_bytes: Annotated[int, msgspec.Meta(ge=1, le=model.PHOTO_BYTES_MAX)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class ListingQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which listings, and how many."""

    category: CategoryCode | None = None
    seller_id: Identifier | None = None
    limit: Limit = model.PAGE_LIMIT_DEFAULT


class OwnQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How many listings, and after which."""

    limit: Limit = model.PAGE_LIMIT_DEFAULT


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """A photo; `key` is its path in the photo storage."""

    photo_id: str
    key: str
    content_type: str
    size_bytes: int
    sha256: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Something for sale. A draft has "" and 0 for what was not said yet; `category_label` is in your language."""

    listing_id: str
    seller_id: str
    seller_kind: Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["trader", "private"]})]
    title: str
    description: str
    category: str
    category_label: str
    price_minor: int
    currency: str
    stock: int
    sold_out: bool
    state: Annotated[str, msgspec.Meta(extra_json_schema={"enum": [model.DRAFT, model.LIVE, model.WITHDRAWN]})]
    language: str
    photos: list[Photo]
    revision: int
    created_at: Moment
    updated_at: Moment
    listed_at: Moment | None
    promises: Promises
    return_days: int  # in which a buyer may give it back without a reason; 0 for not at all


class PhotoUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Post `fields` and then the file, as multipart/form-data, to `url` before it expires."""

    photo: Photo
    url: str
    fields: Mapping[str, str]
    expires_in_seconds: int


def listing_to_wire(listing: model.Listing, locale: str) -> Listing:
    """Show a listing to somebody who reads `locale`."""
    category = CATEGORIES.get(listing.category)
    return Listing(
        listing_id=listing.listing_id,
        seller_id=listing.seller_id,
        seller_kind=listing.seller_kind,
        title=listing.title,
        description=listing.description,
        category=listing.category,
        category_label=category.label(locale) if category else "",
        price_minor=listing.price_minor,
        currency=listing.currency,
        stock=listing.stock,
        sold_out=listing.sold_out,
        state=listing.state,
        language=listing.language,
        photos=[_photo(photo, listing.listing_id) for photo in listing.photos],
        revision=listing.revision,
        created_at=to_text(listing.created_at),
        updated_at=to_text(listing.updated_at),
        listed_at=to_text(listing.listed_at) if listing.listed_at else None,
        promises=_promises(listing.promises),
        return_days=promises.return_days(listing.promises, listing.seller_kind),
    )


def page_to_wire(page: Rows[model.Listing], locale: str) -> Page[Listing]:
    """Show a page of listings."""
    return Page(items=[listing_to_wire(listing, locale) for listing in page.items], cursor=page.cursor)


def upload_to_wire(photo: model.Photo, form: UploadForm, listing_id: str) -> PhotoUpload:
    """Show where to send a photo's bytes."""
    return PhotoUpload(
        photo=_photo(photo, listing_id), url=form.url, fields=form.fields, expires_in_seconds=form.expires_in_seconds
    )


def _promises(said: promises.Promises) -> Promises:
    plain = {name: getattr(said, name) for name in promises.Promises.__slots__}
    parts = [
        Milestone(title=part.title, percent=part.percent, handling_days=part.handling_days) for part in said.milestones
    ]
    return Promises(**plain | {"milestones": parts})


def _photo(photo: model.Photo, listing_id: str) -> Photo:
    return Photo(
        photo_id=photo.photo_id,
        key=photo.key(listing_id),
        content_type=photo.content_type,
        size_bytes=photo.size_bytes,
        sha256=photo.sha256,
    )
