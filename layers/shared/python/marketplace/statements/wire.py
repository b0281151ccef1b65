"""Receipts, earnings, statements and invoices as JSON. Amounts are in the currency's minor unit."""

from typing import Annotated, Any, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.orders.model import SELLER
from marketplace.orders.outlook_words import Outlook, outlook_to_wire
from marketplace.orders.references import reference_of
from marketplace.statements.at_stripe import AtStripe
from marketplace.statements.invoices import Document
from marketplace.statements.model import Entry
from marketplace.statements.monthly import Statement
from marketplace.statements.parties import Party
from marketplace.statements.sheets import Sheet
from marketplace.statements.texts import clause_of, title_of
from marketplace.withdrawals.texts import MODEL_FORM, RIGHT

ENTRIES_MAX = 500  # in one answer
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
MonthName = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}$")]
Currency = Literal["eur", "usd", "gbp", "jpy"]  # kit/money.py has the same; a test compares them


class SheetQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """As JSON, or as a page that can be printed (also by `Accept: text/html`)."""

    format: Literal["json", "html"] | None = None


class StatementQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which month (UTC), as whom, in which currency; entries from `offset` on."""

    month: MonthName
    currency: Currency = "eur"
    role: Literal["buyer", "seller"] = "seller"
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=ENTRIES_MAX)] = 100


class InvoiceQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which month and currency."""

    month: MonthName
    currency: Currency = "eur"


class ExplainedAmount(msgspec.Struct):
    """One amount, what it is, by which rule, and the end of the id that it has at Stripe."""

    at: Moment
    book: str
    fact: str
    title: str
    amount_minor: int
    clause: str
    explanation: str
    reference: str


class NextStep(msgspec.Struct):
    """What happens by then if nobody does anything."""

    at: Moment
    then: str
    explanation: str


class SheetLine(msgspec.Struct):
    """One article."""

    title: str
    quantity: int
    unit_minor: int
    total_minor: int


class Receipt(msgspec.Struct):
    """What a buyer paid for an order (positive) and got back (negative); the entries sum to `total_minor`."""

    order_id: str
    order_reference: str  # short, for people
    state: str
    currency: str
    lines: list[SheetLine]
    price_minor: int
    entries: list[ExplainedAmount]
    total_minor: int
    held_minor: int
    promised_minor: int
    waiting_minor: int  # could not be sent to the reader, and waits to be paid to them
    next: list[NextStep]
    read_at: Moment
    outlook: Outlook
    right_of_withdrawal: str  # of a trader's buyer; empty where there is none
    model_withdrawal_form: str


class Earning(Receipt):
    """What a seller earned with an order; `total_minor` less `settled_minor` is `open_minor`, below zero a debt."""

    settled: list[ExplainedAmount]
    settled_minor: int
    open_minor: int
    fee_version: str


class MonthAtStripe(msgspec.Struct):
    """How a seller's money went on to the bank: `opening_minor` and the entries sum to `closing_minor`."""

    opening_minor: int
    entries: list[ExplainedAmount]
    closing_minor: int


class PartyShown(msgspec.Struct):
    """One side of an invoice; what is not known of it is empty."""

    name: str
    address: list[str]
    country: str
    tax_id: str


class MonthlyStatement(msgspec.Struct):
    """A month: `opening_minor` and the entries sum to `closing_minor`.

    A seller's balance is what the marketplace owes them, a buyer's what it holds of their money; `waiting_minor` of it
    could not be sent and waits to be paid.
    """

    month: str
    role: str
    currency: str
    opening_minor: int
    closing_minor: int
    waiting_minor: int
    commission_minor: int
    commission_vat_minor: int
    is_closed: bool
    entries: list[ExplainedAmount]
    entries_in_all: int
    next_offset: int | None
    at_stripe: MonthAtStripe | None


class CommissionInvoice(msgspec.Struct):
    """The marketplace's invoice for a month's commission: who, to whom, how much."""

    number: str
    month: str
    currency: str
    net_minor: int
    vat_minor: int
    total_minor: int
    issued_at: Moment
    issued_by: PartyShown
    billed_to: PartyShown


def receipt_to_wire(sheet: Sheet, locale: str) -> Receipt:
    """Show a buyer what they paid."""
    return Receipt(**_sheet(sheet, locale))


def earning_to_wire(sheet: Sheet, locale: str) -> Earning:
    """Show a seller what they earned."""
    account = sheet.account
    return Earning(
        **_sheet(sheet, locale),
        settled=[_entry(each, sheet.role, locale) for each in account.settled],
        settled_minor=account.settled_minor,
        open_minor=account.open_minor,
        fee_version=sheet.order.fee_version,
    )


def statement_to_wire(statement: Statement, asked: StatementQuery, locale: str) -> MonthlyStatement:
    """Show a page of a month."""
    until = asked.offset + asked.limit
    shown = statement.entries[asked.offset : until]
    return MonthlyStatement(
        statement.month,
        statement.role,
        statement.currency,
        statement.opening_minor,
        statement.closing_minor,
        statement.waiting_minor,
        statement.commission_minor,
        statement.commission_vat_minor,
        statement.is_closed,
        [_entry(each, statement.role, locale) for each in shown],
        len(statement.entries),
        until if until < len(statement.entries) else None,
        _at_stripe(statement.at_stripe, locale) if statement.at_stripe else None,
    )


def _at_stripe(found: AtStripe, locale: str) -> MonthAtStripe:
    entries = [_entry(each, SELLER, locale) for each in found.entries]
    return MonthAtStripe(found.opening_minor, entries, found.closing_minor)


def _party(party: Party) -> PartyShown:
    return PartyShown(party.name, list(party.address), party.country, party.tax_id)


def invoice_to_wire(document: Document) -> CommissionInvoice:
    """Show an invoice."""
    invoice = document.invoice
    return CommissionInvoice(
        invoice.number,
        invoice.month,
        invoice.currency,
        invoice.net_minor,
        invoice.vat_minor,
        invoice.total_minor,
        to_text(invoice.issued_at),
        _party(document.issuer),
        _party(document.billed_to),
    )


def _sheet(sheet: Sheet, locale: str) -> dict[str, Any]:
    order = sheet.order
    return {
        "order_id": order.order_id,
        "order_reference": reference_of(order.order_id),
        "state": order.state,
        "currency": order.currency,
        "lines": [SheetLine(line.title, line.quantity, line.unit_minor, line.total_minor) for line in order.lines],
        "price_minor": order.total_minor,
        "entries": [_entry(each, sheet.role, locale) for each in sheet.account.entries],
        "total_minor": sheet.account.total_minor,
        "held_minor": sheet.held_minor,
        "promised_minor": sheet.promised_minor,
        "waiting_minor": sheet.waiting_minor,
        "next": [
            NextStep(to_text(step.at), step.target, step.silence.es if locale == "es" else step.silence.en)
            for step in sheet.next
        ],
        "read_at": to_text(sheet.read_at),
        "outlook": outlook_to_wire(sheet.outlook, locale),
        "right_of_withdrawal": RIGHT[locale == "es"] if sheet.withdrawable else "",
        "model_withdrawal_form": MODEL_FORM[locale == "es"] if sheet.withdrawable else "",
    }


def _entry(each: Entry, role: str, locale: str) -> ExplainedAmount:
    return ExplainedAmount(
        to_text(each.at),
        each.book,
        each.fact,
        title_of(role, each.fact, locale),
        each.amount_minor,
        each.clause,
        clause_of(each.clause, locale, each.rate_bps),
        each.reference,
    )
