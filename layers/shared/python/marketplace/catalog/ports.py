"""What the catalog needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.catalog.model import Listing, Photo
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write


class Listings(Protocol):
    """Where listings live. Reads by id are consistent; pages may lag a moment behind."""

    def read(self, listing_id: str) -> Listing | None:
        """Return the listing as it stands."""

    def read_many(self, listing_ids: Sequence[str]) -> Mapping[str, Listing]:
        """Return those that exist, in one round trip."""

    def read_made(self, listing_id: str) -> tuple[Listing, str] | None:
        """Return a listing with the fingerprint of the request that made it ("" for one without a key)."""

    def add(self, listing: Listing, fingerprint: str) -> Write:
        """Store a new listing; refused with ListingExists when its id is taken."""

    def revise(self, before: Listing, after: Listing) -> Write:
        """Store what differs while seller, revision (and stock, if it differs) are as before; else RevisionPassed."""

    def attach(self, listing: Listing, photo: Photo, at: datetime) -> Write:
        """Append a photo that is not there yet while there is room; else TooManyPhotos. Raises the revision."""

    def reserve(self, listing: Listing, quantity: int) -> Write:
        """Take `quantity` >= 1 while it is live, at these terms, with enough left; else ListingNotAvailable."""

    def restock(self, listing_id: str, quantity: int) -> Write:
        """Give back `quantity` >= 1 in whatever state the listing is; the caller guards against doing it twice."""

    def newest(self, *, category: str | None, cursor: str | None, limit: int) -> Rows[Listing]:
        """Return live listings, the last listed first. Raises: BadCursor."""

    def of_seller(
        self, seller_id: str, *, live_only: bool, category: str | None = None, cursor: str | None, limit: int
    ) -> Rows[Listing]:
        """Return a seller's listings, the last changed first; a page may be short before the end. Raises: BadCursor."""


class SellerFacts(Protocol):
    """The part of a seller's profile that the catalog looks at."""

    @property
    def kind(self) -> str:
        """Return "trader" or "private"."""

    @property
    def active(self) -> bool:
        """Tell whether the seller may sell now."""


class Sellers(Protocol):
    """The sellers, as the accounts area knows them."""

    def of(self, seller_id: str) -> SellerFacts | None:
        """Return the seller's profile in one read, None for an account that never applied."""


class Gate(Protocol):
    """What a seller may put on sale, as far as it depends on who they are."""

    def publishing(self, seller_id: str, price_minor: int, currency: str) -> tuple[str, list[Write]]:
        """Return the seller's kind and the writes that count one more listing; one round trip.

        Raises: SellerNotActive; a Forbidden error that says what is missing.
        """

    def repricing(self, seller_id: str, price_minor: int, currency: str) -> None:
        """Let a listing on sale have this price, or raise a Forbidden error."""

    def withdrawing(self, seller_id: str) -> list[Write]:
        """Return the writes that count one listing less; none of them can be refused."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A signed form: whoever posts the declared bytes with these fields to this address stores them."""

    url: str
    fields: Mapping[str, str]
    expires_in_seconds: int


class Uploads(Protocol):
    """Storage that takes bytes straight from a client."""

    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        """Sign a form that takes exactly this content, of this type, at this key.

        `sha256` is 64 hexadecimal digits.
        """
