"""What fees need from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import SellerProfile
from marketplace.fees.model import Rule, Terms
from marketplace.kit.writes import Write


class TermsStore(Protocol):
    """What is on record about sellers' fees. Reads are consistent."""

    def terms(self, seller_id: str) -> Terms:
        """Return a seller's terms; a seller without any has the published ones."""

    def terms_of(self, seller_ids: set[str]) -> Mapping[str, Terms]:
        """Return the terms of several sellers, in one round trip."""

    def agree(self, terms: Terms, rule: Rule | None, at: datetime, agreement_id: str) -> list[Write]:
        """Put an agreement in the place of what stood there, and keep it in the history; refused with TermsMoved."""

    def record_vat_number(self, terms: Terms, vat_number: str | None, at: datetime) -> Write:
        """Keep a number that was checked, or none, while the terms stand as read; refused with TermsMoved."""

    def count_paid_out(self, seller_id: str) -> Write:
        """Count one more order that ended with money to the seller; never refused."""


class Acts(Protocol):
    """The record of what staff did."""

    def note(
        self, by: str, kind: str, subject: str, facts: Mapping[str, str | int] | None = None, reasons: str = ""
    ) -> Write: ...


class Shops(Protocol):
    """Sellers, as fees see them."""

    def seller(self, seller_id: str) -> SellerProfile | None:
        """Return a seller's profile; None for somebody who never applied."""
