"""/operator/holds and /orders/{order_id}/receipts: decisions about orders, by people, for those concerned."""

from marketplace.orders.model import OrderMissing, OwnCase, TransitionRefused
from marketplace.storage.cursor import BadCursor
from marketplace.trust.model import HoldAlreadyDecided, HoldMissing, ReasonsMissing
from marketplace.trust.wire import (
    OPERATOR,
    CaseView,
    HoldDecision,
    HoldView,
    ReceiptView,
    shown_case,
    shown_hold,
    shown_receipt,
)
from marketplace.web import Moderator, Page, PageQuery, Request, SignedIn, Staff, make_app, route
from marketplace.wiring import Services, live

_REFUSALS = (HoldMissing, HoldAlreadyDecided, OwnCase, ReasonsMissing, TransitionRefused)


@route("GET", "/operator/holds", access=Staff, query=PageQuery, returns=Page[CaseView], errors=(BadCursor,))
def list_holds(request: Request, services: Services) -> Page[CaseView]:
    """List held orders that wait for a person, the longest waiting first; never the reader's own."""
    rows = services.trust.open_holds(request.account.account_id, request.query.cursor, request.query.limit)
    return Page(items=[shown_case(case) for case in rows.items], cursor=rows.cursor)


@route("GET", "/operator/holds/{order_id}", access=Staff, returns=HoldView, errors=(HoldMissing, OwnCase))
def get_hold(request: Request, services: Services) -> HoldView:
    """Read a held order's case with every decision about it."""
    case, receipts = services.trust.hold(request.path["order_id"], request.account.account_id)
    return shown_hold(case, receipts, request.locale)


@route(
    "POST",
    "/operator/holds/{order_id}/clear",
    access=Moderator,
    body=HoldDecision,
    returns=ReceiptView,
    errors=_REFUSALS,
)
def clear_hold(request: Request, services: Services) -> ReceiptView:
    """Lift a hold: the order goes on as if it had never been held.

    Both parties read the reasons.
    """
    made = services.trust.clear(request.path["order_id"], request.account.account_id, request.body.reasons)
    return shown_receipt(made, OPERATOR, request.locale)


@route(
    "POST",
    "/operator/holds/{order_id}/refuse",
    access=Moderator,
    body=HoldDecision,
    returns=ReceiptView,
    errors=_REFUSALS,
)
def refuse_hold(request: Request, services: Services) -> ReceiptView:
    """Refuse a held order: the buyer is refunded.

    Both parties read the reasons.
    """
    made = services.trust.refuse(request.path["order_id"], request.account.account_id, request.body.reasons)
    return shown_receipt(made, OPERATOR, request.locale)


@route("GET", "/orders/{order_id}/receipts", access=SignedIn, returns=Page[ReceiptView], errors=(OrderMissing, OwnCase))
def list_receipts(request: Request, services: Services) -> Page[ReceiptView]:
    """Read every decision about your order, oldest first: the rules, the reasons, and how to appeal.

    What concerns only the other party is withheld and counted.
    """
    reader = request.account
    role, receipts = services.trust.receipts_for(request.path["order_id"], reader.account_id, reader.visitor)
    return Page(items=[shown_receipt(receipt, role, request.locale) for receipt in receipts])


ROUTES = (list_holds, get_hold, clear_hold, refuse_hold, list_receipts)
handler = make_app("moderation", *ROUTES, services=live)
