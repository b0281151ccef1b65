"""What statements need from outside. Reads are consistent unless they say that an index answers."""

from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger.model import LedgerTransaction
from marketplace.statements.invoices import Invoice, LastInvoice
from marketplace.statements.monthly import Closing


class Books(Protocol):
    """The ledger, as statements read it."""

    def of_book(self, book: str) -> list[LedgerTransaction]:
        """Return a book's transactions, consistently."""

    def of_seller(
        self, seller_id: str, since: datetime, until: datetime, cursor: str | None = None
    ) -> Rows[LedgerTransaction]:
        """Return what was booked to a seller's accounts in [since, until), from an index, oldest first."""


class StatementStore(Protocol):
    """Closed months and invoices; both are only ever added."""

    def closing(self, seller_id: str, currency: str, before_month: str) -> Closing | None:
        """Return the latest closed month before this one."""

    def close(self, closing: Closing) -> Write:
        """Keep how a month ended; refused with AlreadyClosed."""

    def invoice(self, seller_id: str, month: str, currency: str) -> Invoice | None: ...

    def last_invoice(self, month: str) -> LastInvoice:
        """Return the highest number given in a month's series."""

    def issue(self, invoice: Invoice, last: LastInvoice) -> list[Write]:
        """Give an invoice the next number, while `last` still is the last; refused with NumberTaken."""
