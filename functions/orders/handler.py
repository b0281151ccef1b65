"""/orders: what was bought and sold, and moving it along. The parties, and operators for what only a person may say."""

from marketplace.kit.team import ORDERS, SHIPMENTS, VIEW
from marketplace.orders.model import BUYER, SELLER, OrderMissing, OwnCase, ScreeningPending, TransitionRefused
from marketplace.orders.wire import (
    Cancellation,
    DeliveryProof,
    Order,
    OrderQuery,
    OrderSummary,
    Shipment,
    order_to_wire,
    summaries_to_wire,
)
from marketplace.storage.cursor import BadCursor
from marketplace.web import Buyer, Moderator, Page, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live

_MOVE_ERRORS = (OrderMissing, TransitionRefused)
_ATTEST_ERRORS = (*_MOVE_ERRORS, OwnCase)


@route("GET", "/orders", access=Verified, query=OrderQuery, returns=Page[OrderSummary], errors=(BadCursor,), team=VIEW)
def list_orders(request: Request, services: Services) -> Page[OrderSummary]:
    """List your orders as buyer or as seller, the newest first; for a team, what its seller sold."""
    asked, reader = request.query, request.account
    role = SELLER if reader.acting_for else asked.role or BUYER
    rows = services.orders.page(reader.seller_id, role, asked.cursor, asked.limit)
    return summaries_to_wire(rows)


@route("GET", "/orders/{order_id}", access=Verified, returns=Order, errors=(OrderMissing,), team=VIEW)
def get_order(request: Request, services: Services) -> Order:
    """Read an order: its timeline, its deadlines, what you may do, and what happens if nobody does anything."""
    reader = request.account
    order_id, by = request.path["order_id"], reader.member_id
    view = services.orders.view(order_id, reader.seller_id, operator=reader.is_staff, by=by)
    return order_to_wire(view, request.locale)


@route(
    "POST",
    "/orders/{order_id}/shipment",
    access=SellerApplicant,
    body=Shipment,
    returns=Order,
    errors=_MOVE_ERRORS,
    team=SHIPMENTS,
)
def ship_order(request: Request, services: Services) -> Order:
    """Tell the buyer that the goods are on their way."""
    sent, seller = request.body, request.account
    view = services.orders.ship(
        request.path["order_id"], seller.seller_id, sent.carrier, sent.tracking_number, by=seller.member_id
    )
    return order_to_wire(view, request.locale)


@route("POST", "/orders/{order_id}/confirm", access=Buyer, returns=Order, errors=(*_MOVE_ERRORS, ScreeningPending))
def confirm_order(request: Request, services: Services) -> Order:
    """Confirm that the goods arrived and are accepted: the seller is paid."""
    return order_to_wire(services.orders.confirm(request.path["order_id"], request.account.account_id), request.locale)


@route(
    "POST",
    "/orders/{order_id}/cancel",
    access=Verified,
    body=Cancellation,
    returns=Order,
    errors=_MOVE_ERRORS,
    team=ORDERS,
)
def cancel_order(request: Request, services: Services) -> Order:
    """Cancel before shipment, as buyer or as seller: the buyer gets everything back."""
    order_id, party = request.path["order_id"], request.account
    view = services.orders.cancel(order_id, party.seller_id, request.body.reason, by=party.member_id)
    return order_to_wire(view, request.locale)


@route(
    "POST", "/orders/{order_id}/delivery", access=Moderator, body=DeliveryProof, returns=Order, errors=_ATTEST_ERRORS
)
def attest_delivery(request: Request, services: Services) -> Order:
    """Note that proof of delivery was seen; the buyer's time to look at the goods begins."""
    view = services.orders.attest_delivery(request.path["order_id"], request.account.account_id, request.body.evidence)
    return order_to_wire(view, request.locale)


ROUTES = (list_orders, get_order, ship_order, confirm_order, cancel_order, attest_delivery)
handler = make_app("orders", *ROUTES, services=live)
