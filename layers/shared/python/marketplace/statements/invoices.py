"""The marketplace's invoice to a seller for a month's commission: one a month and currency, numbered without gaps.

The number is taken in the transaction that stores the invoice, so none is lost or given twice (art. 226(2), Directive
2006/112/EC: a sequential number that uniquely identifies the invoice). A series begins anew each month.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Conflict
from marketplace.statements.parties import Party

NUMBER_DIGITS = 6


class NumberTaken(Conflict):
    """Another invoice was given this number, or this seller's invoice exists by now."""

    code = "invoice_number_taken"


@dataclass(frozen=True, slots=True)
class LastInvoice:
    """How many invoices a month's series has."""

    month: str
    count: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """What is invoiced: the commission of a month and the VAT on it, in minor units; negative is a credit note."""

    seller_id: str
    month: str  # YYYY-MM, UTC
    currency: str
    sequence: int
    net_minor: int
    vat_minor: int
    issued_at: datetime
    issued_by: Mapping[str, str] = field(default_factory=dict)  # the operator, as its settings said
    billed_to: Mapping[str, str] = field(default_factory=dict)  # the seller, as parties.py took them down

    @property
    def number(self) -> str:
        return f"AV-{self.month}-{self.sequence:0{NUMBER_DIGITS}d}"

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.vat_minor


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice as it is read: with both parties."""

    invoice: Invoice
    issuer: Party
    billed_to: Party
