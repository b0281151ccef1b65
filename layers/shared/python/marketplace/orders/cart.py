"""From lines to orders: what a cart would cost, seller by seller, with every fee."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.accounts.model import Shop
from marketplace.catalog.model import LIVE, Listing, ListingNotAvailable, OutOfStock
from marketplace.catalog.promises import milestone_amounts, return_days
from marketplace.fees.charging import Charge, Pricing
from marketplace.fees.model import carried_by
from marketplace.fees.vat import Vat
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.money import AMOUNT_MAX_MINOR, split
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX, SELLERS_MAX, Line, LineFee, Terms


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


class SellerNotSelling(Conflict):
    """A seller who may not sell now, for whatever reason: theirs to know."""

    code = "seller_not_selling"
    title_en = "One of these sellers does not sell at the moment. Take their articles out; nothing was charged."
    title_es = "Uno de estos vendedores no vende por ahora. Quita sus artículos; no se ha cobrado nada."


class CurrencyNotPayable(Conflict):
    """A seller's bank accounts take no money in the currency of what they offer."""

    code = "currency_not_payable"
    title_en = "One of these sellers cannot be paid in this currency at the moment. Nothing was charged."
    title_es = "A uno de estos vendedores no se le puede pagar en esta moneda por ahora. No se ha cobrado nada."


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
    commission_minor: int  # without VAT
    commission_vat_minor: int
    vat: Vat
    line_fees: tuple[LineFee, ...]
    buyer_fee_minor: int
    terms: Terms
    milestone: tuple[int, int] | None = None  # of a service in parts: which part, of how many

    @property
    def seller_receives_minor(self) -> int:
        return self.total_minor - self.commission_minor - self.commission_vat_minor


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


def check_sellers(lines: Sequence[Wanted], listings: Mapping[str, Listing], shops: Mapping[str, Shop]) -> None:
    """Let through what each seller may sell now, and can be paid for; listings stay live when a seller may not.

    Raises: SellerNotSelling, CurrencyNotPayable.
    """
    for place, line in enumerate(lines):
        listing = listings.get(line.listing_id)
        if listing is None or listing.state != LIVE:
            continue  # price() says what is wrong with it
        shop = shops.get(listing.seller_id)
        if shop is None:
            raise SellerNotSelling(fields={f"lines[{place}]": "seller_not_selling"})
        if shop.settles is not None and listing.currency not in shop.settles:
            raise CurrencyNotPayable(fields={f"lines[{place}]": "currency_not_payable"})


def price(
    buyer_id: str, lines: Sequence[Wanted], listings: Mapping[str, Listing], pricing: Pricing, now: datetime
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
    shares = tuple(_share(part, pricing) for part in _parts(chosen))
    if len(shares) > SELLERS_MAX:
        raise CartInvalid(fields={"lines": f"at_most_{SELLERS_MAX}_sellers"})
    total_minor = sum(share.total_minor for share in shares)
    if total_minor > AMOUNT_MAX_MINOR:
        raise CartInvalid(fields={"lines": "total_too_large"})
    return Cart(currencies.pop(), total_minor, shares, pricing.schedule.version, listings, now)


def _available(line: Wanted, listings: Mapping[str, Listing]) -> Listing:
    listing = listings.get(line.listing_id)
    if listing is None or listing.state != LIVE:
        raise ListingNotAvailable(line.listing_id)
    if listing.stock < line.quantity:
        raise OutOfStock(line.listing_id, left=listing.stock)
    return listing


@dataclass(frozen=True, slots=True)
class _Part:
    """What becomes one order: lines of one seller that are supplied alike, or one milestone of a service."""

    lines: tuple[tuple[Line, Listing], ...]
    handling_days: int | None
    milestone: tuple[int, int] | None = None
    whole: Line | None = None  # of a milestone: the service as it was bought
    amounts: tuple[int, ...] = ()  # of all its milestones


def _parts(chosen: Sequence[tuple[Wanted, Listing]]) -> list[_Part]:
    alike: dict[tuple[str, str], list[tuple[Line, Listing]]] = {}
    parts: list[_Part] = []
    for wanted, listing in chosen:
        if listing.promises.milestones:
            parts += _milestones(wanted, listing)
        else:
            alike.setdefault((listing.seller_id, listing.promises.fulfilment), []).append(
                (_line(wanted, listing), listing)
            )
    together = [
        _Part(tuple(lines), _longest(each.promises.handling_days for _, each in lines)) for lines in alike.values()
    ]
    return [*together, *parts]


def _milestones(wanted: Wanted, listing: Listing) -> list[_Part]:
    """Divide a service into its parts, each an order of its own: done, released and disputed by itself."""
    if wanted.quantity != 1:
        raise CartInvalid(fields={"lines": "one_of_a_service_in_parts"})
    said = listing.promises.milestones
    amounts = milestone_amounts(listing.price_minor, said)
    if min(amounts) <= 0:
        raise CartInvalid(fields={"lines": "part_of_a_service_too_small"})
    whole = _line(wanted, listing)
    return [
        _Part(
            (
                (
                    replace(whole, title=f"{listing.title}: {part.title}", unit_minor=amount, pieces=int(place == 1)),
                    listing,
                ),
            ),
            part.handling_days,
            (place, len(said)),
            whole,
            tuple(amounts),
        )
        for place, (part, amount) in enumerate(zip(said, amounts, strict=True), start=1)
    ]


def _line(wanted: Wanted, listing: Listing) -> Line:
    said = listing.promises
    return Line(
        listing.listing_id,
        listing.title,
        wanted.quantity,
        listing.price_minor,
        listing.category,
        return_days(said, listing.seller_kind),
        said.return_cost,
        said.no_withdrawal,
    )


def _longest(days: Iterable[int | None]) -> int | None:
    """Return the latest of several promises; one that was not made counts as the usual one, so none is known."""
    said = list(days)
    return None if None in said else max(each for each in said if each is not None)


def _charge(part: _Part, listing: Listing, pricing: Pricing) -> Charge:
    """Return the commission on a part; that on a service is one, however many parts it is paid out in."""
    if part.whole is None or part.milestone is None:
        return pricing.charge(listing.seller_id, listing.seller_kind, part.lines)
    charge = pricing.charge(listing.seller_id, listing.seller_kind, ((part.whole, listing),))
    place = part.milestone[0] - 1
    (fee,) = charge.line_fees
    taken = split(fee.commission_minor, part.amounts)[place]
    mine = replace(fee, commission_minor=min(taken, carried_by(part.amounts[place], charge.vat.bps)))
    return replace(charge, line_fees=(mine,))


def _share(part: _Part, pricing: Pricing) -> Share:
    lines, listing = tuple(line for line, _ in part.lines), part.lines[0][1]
    charge = _charge(part, listing, pricing)
    delivery = _longest(each.promises.delivery_days for _, each in part.lines)
    return Share(
        listing.seller_id,
        listing.seller_kind,
        lines,
        sum(line.total_minor for line in lines),
        charge.commission_minor,
        charge.vat_minor,
        charge.vat,
        charge.line_fees,
        buyer_fee_minor=0,
        terms=Terms(listing.seller_kind, listing.promises.fulfilment, part.handling_days, delivery),
        milestone=part.milestone,
    )
