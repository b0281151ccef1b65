"""A listing as it stands, what may be said about it, and what can be wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime

from marketplace.catalog.promises import Promises
from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing
from marketplace.kit.money import AMOUNT_MAX_MINOR

TITLE_LENGTH_MAX = 120  # characters
DESCRIPTION_LENGTH_MAX = 5_000  # characters
PRICE_MIN_MINOR = 50  # Stripe's smallest charge in most currencies, in the minor unit
PRICE_MAX_MINOR = AMOUNT_MAX_MINOR
STOCK_MAX = 10_000  # pieces that a seller may declare
LANGUAGES = ("es", "en")

PHOTOS_MAX = 8  # per listing
PHOTO_BYTES_MAX = 5 * 1024 * 1024
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")

PAGE_LIMIT_DEFAULT = 24  # listings
PAGE_LIMIT_MAX = 50

DRAFT, LIVE, WITHDRAWN = "draft", "live", "withdrawn"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as its seller declared it; the bytes are uploaded straight to storage."""

    photo_id: str
    content_type: str
    size_bytes: int
    sha256: str  # of the bytes, 64 hexadecimal digits

    def key(self, listing_id: str) -> str:
        """Return where the bytes are in the uploads bucket."""
        return f"photos/{listing_id}/{self.photo_id}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Something for sale. A draft may be incomplete: "" or 0 stands for what was not said yet."""

    listing_id: str
    seller_id: str
    seller_kind: str  # "trader" or "private", as it was when the listing was last published
    title: str
    description: str
    category: str
    price_minor: int
    currency: str
    stock: int
    state: str
    language: str
    photos: tuple[Photo, ...]
    revision: int  # counts what the seller changed, from 1; sales change the stock and not this
    created_at: datetime
    updated_at: datetime
    listed_at: datetime | None = None  # when it first went live: withdrawing and returning gains no place
    promises: Promises = field(default_factory=Promises)

    @property
    def sold_out(self) -> bool:
        return self.state == LIVE and self.stock == 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What a seller says when a listing begins."""

    title: str
    currency: str
    language: str
    description: str = ""
    category: str = ""
    price_minor: int = 0
    stock: int = 0
    promises: Promises = field(default_factory=Promises)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a seller wants changed; None leaves a field alone.

    `revision` and `stock_seen` say what the seller was looking at: the edit is refused when that has passed.
    """

    title: str | None = None
    description: str | None = None
    category: str | None = None
    price_minor: int | None = None
    currency: str | None = None
    stock: int | None = None
    language: str | None = None
    promises: Promises | None = None
    photo_ids: tuple[str, ...] | None = None  # the photos to keep, in the order to show them
    revision: int | None = None
    stock_seen: int | None = None


class ListingMissing(Missing):
    """No such listing, or not one that the caller may see or change."""

    code = "listing_not_found"
    title_en = "There is no such listing."
    title_es = "No existe ese anuncio."


class ListingExists(Conflict):
    """A listing with this id was stored before: the request that made it is being repeated."""

    code = "listing_exists"
    title_en = "This listing exists already."
    title_es = "Este anuncio ya existe."


class ListingInvalid(Invalid):
    """What is said of the listing is outside the limits; `fields` says what."""

    code = "listing_invalid"
    title_en = "Something about this listing is not valid."
    title_es = "Algo en este anuncio no es válido."


class PhotoInvalid(Invalid):
    """No such picture can be accepted; `fields` says why."""

    code = "photo_invalid"
    title_en = "A photo is a JPEG, PNG or WebP of at most 5 MB, with its SHA-256."
    title_es = "Una foto es un JPEG, PNG o WebP de 5 MB como máximo, con su SHA-256."


class ListingIncomplete(Conflict):
    """A listing that buyers can see must be complete; `fields` says what is lacking."""

    code = "listing_incomplete"
    title_en = "The listing is not complete enough to be on sale."
    title_es = "Al anuncio le falta algo para poder estar a la venta."


class ListingNotLive(Conflict):
    """Only what is on sale can be withdrawn."""

    code = "listing_not_live"
    title_en = "This listing is not on sale."
    title_es = "Este anuncio no está a la venta."


class RevisionPassed(Conflict):
    """The listing moved on since the seller read it; nothing was overwritten."""

    code = "listing_revision_passed"
    title_en = "The listing changed since you read it. Read it again and repeat your edit."
    title_es = "El anuncio cambió desde que lo leíste. Vuelve a leerlo y repite el cambio."


class TooManyPhotos(Conflict):
    """The listing holds as many photos as it may."""

    code = "too_many_photos"
    title_en = f"A listing holds at most {PHOTOS_MAX} photos. Remove one first."
    title_es = f"Un anuncio admite como máximo {PHOTOS_MAX} fotos. Quita una antes."


class SellerNotActive(Forbidden):
    """Selling is not unlocked for this account."""

    code = "seller_not_active"
    title_en = "Finish your seller registration first."
    title_es = "Completa antes tu alta como vendedor."


class ListingNotAvailable(Conflict):
    """The listing cannot be bought: nothing was taken from its stock."""

    code = "listing_not_available"
    title_en = "This listing is no longer on sale."
    title_es = "Este anuncio ya no está a la venta."

    def __init__(self, listing_id: str) -> None:
        super().__init__(fields={"listing_id": self.code}, listing_id=listing_id)
        self.listing_id = listing_id


class ListingChanged(ListingNotAvailable):
    """The listing is not what the buyer was shown."""

    code = "listing_changed"
    title_en = "The seller changed this listing. Look at it again before buying."
    title_es = "El vendedor cambió este anuncio. Revísalo antes de comprar."


class OutOfStock(ListingNotAvailable):
    """There are fewer left than the buyer wants."""

    code = "out_of_stock"
    title_en = "There are not that many left."
    title_es = "No quedan tantas unidades."

    def __init__(self, listing_id: str, *, left: int) -> None:
        super().__init__(listing_id)
        self.facts["left"] = left
