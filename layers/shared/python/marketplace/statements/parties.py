"""Who invoices and who is invoiced: names, addresses and tax numbers, as they were when the invoice was issued.

What is personal lies on the invoice as the vault sealed it, for its own place: a copy of what the seller's rows hold.
It opens only when the document is read, and with the seller's key it is gone for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from marketplace.accounts.sealed_values import sealed_text
from marketplace.fees.model import Terms
from marketplace.kit.errors import Missing
from marketplace.selling.ports import Facts

# What is shown -> the attribute of the seller's rows, and the place for which the vault sealed it.
_OF_SELLER = {"name": ("legal_name", "seller/legal_name")}
_OF_TRADER = {
    "street": ("street", "selling/trader/street"),
    "postal_code": ("postal_code", "selling/trader/postal_code"),
    "city": ("city", "selling/trader/city"),
}
_PLACES = {name: place for name, (_, place) in {**_OF_SELLER, **_OF_TRADER}.items()}


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an invoice; what is not known of it is empty."""

    name: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""


class Profiles(Protocol):
    """Sellers, as invoices name them; see selling.ports.SellingStore."""

    def facts(self, seller_id: str) -> Facts | None: ...


class TermsRows(Protocol):
    """What is on record about sellers' fees; see fees.ports.TermsStore."""

    def terms(self, seller_id: str) -> Terms: ...


class Opening(Protocol):
    """The vault, as whoever reads a document needs it."""

    def open(self, person_id: str, field: str, sealed: str) -> str:
        """Decrypt what was sealed for this person and field.

        Raises: PersonErased, a Missing; Unavailable.
        """


class Parties:
    """Takes down and reads back who is invoiced."""

    def __init__(self, *, profiles: Profiles, terms: TermsRows, vault: Opening, issuer: Party) -> None:
        self._profiles = profiles
        self._terms = terms
        self._vault = vault
        self.issuer = issuer

    def taken_down(self, seller_id: str) -> Mapping[str, str]:
        """Return what is kept of a seller on an invoice: sealed, but for the country and the VAT number."""
        facts = self._profiles.facts(seller_id)
        if facts is None:
            return {}
        kept = {name: sealed_text(facts.seller, attribute) for name, (attribute, _) in _OF_SELLER.items()}
        if facts.trader is not None:
            kept |= {name: sealed_text(facts.trader, attribute) for name, (attribute, _) in _OF_TRADER.items()}
        kept |= {"country": facts.seller.country, "tax_id": self._terms.terms(seller_id).vat_number}
        return {name: text for name, text in kept.items() if text}

    def opened(self, seller_id: str, kept: Mapping[str, str]) -> Party:
        """Read back who was invoiced; of a person who was erased only what is not personal.

        Raises: Unavailable.
        """
        try:
            shown = {
                name: self._vault.open(seller_id, place, kept[name]) for name, place in _PLACES.items() if name in kept
            }
        except Missing:
            shown = {}
        town = " ".join(filter(None, (shown.get("postal_code"), shown.get("city"))))
        address = tuple(filter(None, (shown.get("street"), town)))
        return Party(shown.get("name", ""), address, kept.get("country", ""), kept.get("tax_id", ""))
