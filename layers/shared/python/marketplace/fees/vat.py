"""VAT on the commission: the marketplace's service to the seller, not the goods.

Which rate counts, by where the marketplace is registered and who the seller is (Council Directive 2006/112/EC):
- in the marketplace's own country: that country's standard rate;
- a trader with a checked VAT number in another member state: none, the seller accounts for it (art. 44 and 196);
- anybody else in another member state: the standard rate there, paid through the One Stop Shop (art. 58);
- outside the Union: none, outside its scope (art. 44 and 58).
Special territories (the Canary Islands, Ceuta, ...) count as their state. An accountant should look at this once.

Rates: European Commission, "VAT rates applied in the Member States of the European Union", standard rates as of
1 November 2026; United Kingdom: gov.uk, "VAT rates". A rate that changes is a new row with its date.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.fees.model import SellerFacts, VatNumberInvalid

_LONG_AGO = date.min
# Country -> (from, ten-thousandths), the oldest first; changes since 2024 are dated.
STANDARD_RATES: Mapping[str, tuple[tuple[date, int], ...]] = {
    "AT": ((_LONG_AGO, 2_000),),
    "BE": ((_LONG_AGO, 2_100),),
    "BG": ((_LONG_AGO, 2_000),),
    "CY": ((_LONG_AGO, 1_900),),
    "CZ": ((_LONG_AGO, 2_100),),
    "DE": ((_LONG_AGO, 1_900),),
    "DK": ((_LONG_AGO, 2_500),),
    "EE": ((_LONG_AGO, 2_200), (date(2025, 7, 1), 2_400)),
    "ES": ((_LONG_AGO, 2_100),),
    "FI": ((_LONG_AGO, 2_400), (date(2024, 9, 1), 2_550)),
    "FR": ((_LONG_AGO, 2_000),),
    "GR": ((_LONG_AGO, 2_400),),
    "HR": ((_LONG_AGO, 2_500),),
    "HU": ((_LONG_AGO, 2_700),),
    "IE": ((_LONG_AGO, 2_300),),
    "IT": ((_LONG_AGO, 2_200),),
    "LT": ((_LONG_AGO, 2_100),),
    "LU": ((_LONG_AGO, 1_700),),
    "LV": ((_LONG_AGO, 2_100),),
    "MT": ((_LONG_AGO, 1_800),),
    "NL": ((_LONG_AGO, 2_100),),
    "PL": ((_LONG_AGO, 2_300),),
    "PT": ((_LONG_AGO, 2_300),),
    "RO": ((_LONG_AGO, 1_900), (date(2025, 8, 1), 2_100)),
    "SE": ((_LONG_AGO, 2_500),),
    "SI": ((_LONG_AGO, 2_200),),
    "SK": ((_LONG_AGO, 2_000), (date(2025, 1, 1), 2_300)),
    "GB": ((_LONG_AGO, 2_000),),
}
UNION = frozenset(STANDARD_RATES) - {"GB"}
_PREFIXES = {"GR": "EL"}  # elsewhere the country's own code
_NUMBER = re.compile(r"[A-Z0-9+*]{2,13}")

NOT_REGISTERED, DOMESTIC, REVERSE_CHARGE = "not_registered", "domestic", "reverse_charge"
SELLER_COUNTRY, OUTSIDE = "seller_country", "outside_the_union"
REASONS: Mapping[str, tuple[str, str]] = {  # English, Spanish
    NOT_REGISTERED: (
        "The marketplace is not registered for VAT.",
        "El mercado no está registrado a efectos del IVA.",
    ),
    DOMESTIC: (
        "Standard rate of the country of marketplace and seller.",
        "Tipo general del país del mercado y del vendedor.",
    ),
    REVERSE_CHARGE: (
        "Reverse charge: the seller accounts for the VAT (art. 196, Directive 2006/112/EC).",
        "Inversión del sujeto pasivo: el vendedor liquida el IVA (art. 196, Directiva 2006/112/CE).",
    ),
    SELLER_COUNTRY: (
        "Standard rate of the seller's country (art. 58, Directive 2006/112/EC).",
        "Tipo general del país del vendedor (art. 58, Directiva 2006/112/CE).",
    ),
    OUTSIDE: (
        "Outside the scope of VAT: the seller is in another tax territory.",
        "Operación no sujeta al IVA: el vendedor está en otro territorio fiscal.",
    ),
}


@dataclass(frozen=True, slots=True)
class Vat:
    """The rate on a commission, in ten-thousandths, and why."""

    bps: int
    reason: str


def standard_rate(country: str, on: date) -> int:
    """Return a country's standard rate on a day, in ten-thousandths.

    Raises: KeyError for a country without rates here.
    """
    rows = STANDARD_RATES[country]
    return next(bps for since, bps in reversed(rows) if since <= on)


def vat_on_commission(home: str, seller: SellerFacts, at: datetime) -> Vat:
    """Say which VAT the marketplace, registered in `home` ("" for nowhere), adds to a commission."""
    if not home:
        return Vat(0, NOT_REGISTERED)
    if seller.country == home:
        return Vat(standard_rate(home, at.date()), DOMESTIC)
    if {home, seller.country} - UNION:
        return Vat(0, OUTSIDE)
    if seller.kind == "trader" and seller.terms.vat_number:
        return Vat(0, REVERSE_CHARGE)
    return Vat(standard_rate(seller.country, at.date()), SELLER_COUNTRY)


def checked_number(number: str, country: str) -> str:
    """Return a VAT number as it is kept, without spaces, dots and hyphens.

    Only its form is looked at; that it exists is for a person to see in VIES.

    Raises: VatNumberInvalid.
    """
    plain = re.sub(r"[\s.\-]", "", number).upper()
    prefix = _PREFIXES.get(country, country)
    if country not in STANDARD_RATES or not plain.startswith(prefix) or not _NUMBER.fullmatch(plain[len(prefix) :]):
        raise VatNumberInvalid(fields={"vat_number": "not_of_this_country"})
    return plain
