"""The statements table: how months ended, and invoices. Both are only ever added; IAM grants no update but a counter's.

pk = closing#<seller>#<currency>, sk = month; pk = invoice#<seller>, sk = <month>#<currency>; pk = series#<month>, sk =
count.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.statements.invoices import Invoice, LastInvoice, NumberTaken
from marketplace.statements.monthly import AlreadyClosed, Closing
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Put

COUNT = "count"


class ClosingItem(Item):
    """What was owed to a seller at the end of a month."""

    class Meta(meta("statements")):  # type: ignore[misc]
        """See data.yaml."""

    balance_minor = IntegerAttribute()
    closed_at = UnicodeAttribute()
    at_stripe_minor = IntegerAttribute(null=True)
    waiting_minor = IntegerAttribute(null=True)


class InvoiceItem(Item):
    """An invoice, with its number in the month's series."""

    class Meta(meta("statements")):  # type: ignore[misc]
        """See data.yaml."""

    sequence = IntegerAttribute()
    net_minor = IntegerAttribute()
    vat_minor = IntegerAttribute()
    issued_at = UnicodeAttribute()
    issued_by = JSONAttribute(null=True)
    billed_to = JSONAttribute(null=True)  # what is personal in it, as the vault sealed it


class SeriesItem(Item):
    """How many invoices a month has."""

    class Meta(meta("statements")):  # type: ignore[misc]
        """See data.yaml."""

    issued = IntegerAttribute()


class DynamoStatements:
    """Closed months and invoices in DynamoDB."""

    def closing(self, seller_id: str, currency: str, before_month: str) -> Closing | None:
        found = ClosingItem.query(
            _closings(seller_id, currency),
            ClosingItem.sk < before_month,
            consistent_read=True,
            scan_index_forward=False,
            limit=1,
        )
        item: Any = next(iter(found), None)
        if item is None:
            return None
        facts = (item.sk, item.balance_minor, from_text(item.closed_at), item.at_stripe_minor, item.waiting_minor)
        return Closing(seller_id, currency, *facts)

    def close(self, closing: Closing) -> Write:
        item = ClosingItem(
            _closings(closing.seller_id, closing.currency),
            closing.month,
            balance_minor=closing.balance_minor,
            closed_at=to_text(closing.closed_at),
            at_stripe_minor=closing.at_stripe_minor,
            waiting_minor=closing.waiting_minor,
        )
        return Put(item, AlreadyClosed())

    def invoice(self, seller_id: str, month: str, currency: str) -> Invoice | None:
        item = InvoiceItem.read(_invoices(seller_id), f"{month}#{currency}")
        if item is None:
            return None
        facts = (item.sequence, item.net_minor, item.vat_minor, from_text(item.issued_at))
        return Invoice(seller_id, month, currency, *facts, item.issued_by or {}, item.billed_to or {})

    def last_invoice(self, month: str) -> LastInvoice:
        item = SeriesItem.read(f"series#{month}", COUNT)
        return LastInvoice(month, item.issued if item else 0)

    def issue(self, invoice: Invoice, last: LastInvoice) -> list[Write]:
        series = SeriesItem(f"series#{last.month}", COUNT, issued=last.count + 1)
        same = SeriesItem.issued == last.count if last.count else SeriesItem.pk.does_not_exist()
        item = InvoiceItem(
            _invoices(invoice.seller_id),
            f"{invoice.month}#{invoice.currency}",
            sequence=invoice.sequence,
            net_minor=invoice.net_minor,
            vat_minor=invoice.vat_minor,
            issued_at=to_text(invoice.issued_at),
            issued_by=dict(invoice.issued_by) or None,
            billed_to=dict(invoice.billed_to) or None,
        )
        return [Put(series, NumberTaken(), condition=same), Put(item, NumberTaken())]


def _closings(seller_id: str, currency: str) -> str:
    return f"closing#{seller_id}#{currency}"


def _invoices(seller_id: str) -> str:
    return f"invoice#{seller_id}"
