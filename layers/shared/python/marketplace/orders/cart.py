"""From lines to orders: what a cart would cost, seller by seller, with every fee."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.catalog.model import LIVE, Listing, ListingNotAvailable, OutOfStock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX, SELLERS_MAX, Line
from marketplace.payments.fees import FeeSchedule


class CartInvalid(Invalid):
    """The lines cannot be bought together; `fields` says why."""

    code = "cart_invalid"
    title_en = "These lines cannot be bought together."
    title_es = "Estas líneas no se pueden comprar juntas."


class OwnListing(Conflict):
    """Nobody buys from themselves."""

    code = "own_listing"
    title_en = "You cannot buy your own listing."
    title_es = "No puedes comprar tu propio anuncio."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as the buyer asks for it."""

    listing_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Share:
    """One seller's part of a cart."""

    seller_id: str
    seller_kind: str
    lines: tuple[Line, ...]
    total_minor: int
    commission_minor: int
    buyer_fee_minor: int


@dataclass(frozen=True, slots=True)
class Cart:
    """What would be paid now, and how it divides. `listings` are as they were read."""

    currency: str
    total_minor: int
    shares: tuple[Share, ...]
    fee_version: str
    listings: Mapping[str, Listing]
    priced_at: datetime


def check_lines(lines: Sequence[Wanted]) -> None:
    """Refuse what no state of the catalog could make right.

    Raises: CartInvalid.
    """
    if not 1 <= len(lines) <= LINES_MAX:
        raise CartInvalid(fields={"lines": f"1_to_{LINES_MAX}"})
    if len({line.listing_id for line in lines}) != len(lines):
        raise CartInvalid(fields={"lines": "one_line_a_listing"})
    for place, line in enumerate(lines):
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise CartInvalid(fields={f"lines[{place}].quantity": f"1_to_{QUANTITY_MAX}"})


def price(
    buyer_id: str, lines: Sequence[Wanted], listings: Mapping[str, Listing], schedule: FeeSchedule, now: datetime
) -> Cart:
    """Price the lines as the listings stand.

    Raises: ListingNotAvailable, OutOfStock, OwnListing, CartInvalid.
    """
    chosen = [(line, _available(line, listings)) for line in lines]
    if any(listing.seller_id == buyer_id for _, listing in chosen):
        raise OwnListing
    currencies = {listing.currency for _, listing in chosen}
    if len(currencies) != 1:
        raise CartInvalid(fields={"lines": "one_currency"})
    by_seller: dict[str, list[tuple[Wanted, Listing]]] = {}
    for line, listing in chosen:
        by_seller.setdefault(listing.seller_id, []).append((line, listing))
    if len(by_seller) > SELLERS_MAX:
        raise CartInvalid(fields={"lines": f"at_most_{SELLERS_MAX}_sellers"})
    shares = tuple(_share(seller_id, part, schedule) for seller_id, part in by_seller.items())
    total_minor = sum(share.total_minor for share in shares)
    if total_minor > AMOUNT_MAX_MINOR:
        raise CartInvalid(fields={"lines": "total_too_large"})
    return Cart(currencies.pop(), total_minor, shares, schedule.version, listings, now)


def _available(line: Wanted, listings: Mapping[str, Listing]) -> Listing:
    listing = listings.get(line.listing_id)
    if listing is None or listing.state != LIVE:
        raise ListingNotAvailable(line.listing_id)
    if listing.stock < line.quantity:
        raise OutOfStock(line.listing_id, left=listing.stock)
    return listing


def _share(seller_id: str, part: Sequence[tuple[Wanted, Listing]], schedule: FeeSchedule) -> Share:
    lines = tuple(Line(each.listing_id, each.title, line.quantity, each.price_minor) for line, each in part)
    total_minor = sum(line.total_minor for line in lines)
    kind = part[0][1].seller_kind
    return Share(seller_id, kind, lines, total_minor, schedule.commission(total_minor, kind), buyer_fee_minor=0)
