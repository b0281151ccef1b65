"""/orders/{id}/receipt, /orders/{id}/earning, /statements: every cent explained, to the one whose it is."""

from collections.abc import Callable
from typing import TypeVar

from marketplace.kit.errors import Missing, Unavailable
from marketplace.orders.model import OrderMissing
from marketplace.statements.model import BadMonth, MonthTooLong
from marketplace.statements.page import render, style_policy
from marketplace.statements.sheets import Sheet
from marketplace.statements.wire import (
    CommissionInvoice,
    Earning,
    InvoiceQuery,
    MonthlyStatement,
    Receipt,
    SheetQuery,
    StatementQuery,
    earning_to_wire,
    invoice_to_wire,
    receipt_to_wire,
    statement_to_wire,
)
from marketplace.web import Content, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live

HTML = "text/html"
T = TypeVar("T")


class InvoiceMissing(Missing):
    """There is no invoice for this month yet, or nothing to invoice."""

    code = "invoice_not_found"
    title_en = "There is no invoice for this month: it has not ended, or had no commission."
    title_es = "No hay factura de este mes: no ha terminado o no tuvo comisión."


@route("GET", "/orders/{order_id}/receipt", access=Verified, query=SheetQuery, returns=Receipt, errors=(OrderMissing,))
def read_receipt(request: Request, services: Services) -> Receipt | Content:
    """Read what you paid for an order and got back: every amount, why, and what happens next."""
    sheet = services.statements.receipt(request.path["order_id"], request.account.account_id)
    return _shown(request, sheet, receipt_to_wire)


@route(
    "GET",
    "/orders/{order_id}/earning",
    access=SellerApplicant,
    query=SheetQuery,
    returns=Earning,
    errors=(OrderMissing,),
)
def read_earning(request: Request, services: Services) -> Earning | Content:
    """Read what you earned with an order: the price, the commission and its VAT, and how it was settled."""
    sheet = services.statements.earning(request.path["order_id"], request.account.account_id)
    return _shown(request, sheet, earning_to_wire)


@route(
    "GET",
    "/statements",
    access=Verified,
    query=StatementQuery,
    returns=MonthlyStatement,
    errors=(BadMonth, MonthTooLong, Unavailable),
)
def read_statement(request: Request, services: Services) -> MonthlyStatement:
    """Read your month as seller or as buyer: opening balance, every entry, closing balance."""
    asked = request.query
    found = services.statements.statement(request.account.account_id, asked.role, asked.month, asked.currency)
    return statement_to_wire(found, asked, request.locale)


@route(
    "GET",
    "/statements/invoice",
    access=SellerApplicant,
    query=InvoiceQuery,
    returns=CommissionInvoice,
    errors=(BadMonth, InvoiceMissing, Unavailable),
)
def read_invoice(request: Request, services: Services) -> CommissionInvoice:
    """Read the invoice for the commission of a month that has ended; it has a number from the first reading on."""
    asked = request.query
    found = services.statements.invoice(request.account.account_id, asked.month, asked.currency)
    if found is None:
        raise InvoiceMissing
    return invoice_to_wire(services.statements.document(request.account.account_id, found))


def _shown(request: Request, sheet: Sheet, to_wire: Callable[[Sheet, str], T]) -> T | Content:
    asked = request.query.format
    if asked == "html" or (asked is None and HTML in request.headers.get("accept", "")):
        page = render(sheet, request.locale)
        return Content(page, f"{HTML}; charset=utf-8", {"Content-Security-Policy": style_policy()})
    return to_wire(sheet, request.locale)


ROUTES = (read_receipt, read_earning, read_statement, read_invoice)
handler = make_app("statements", *ROUTES, services=live)
