"""/orders: what was bought and sold, and moving it along. The parties, and operators for what only a person may say."""

from marketplace.kit.errors import Unavailable
from marketplace.kit.team import ORDERS, SHIPMENTS, VIEW
from marketplace.orders.files import FileMissing, FileNotUploaded, FileRefused
from marketplace.orders.model import BUYER, SELLER, BankAsks, OrderMissing, OwnCase, ScreeningPending, TransitionRefused
from marketplace.orders.wire import (
    Cancellation,
    DeliveryProof,
    Done,
    FileDownload,
    FileForSale,
    FileUpload,
    Order,
    OrderQuery,
    OrderSummary,
    Shipment,
    order_to_wire,
    summaries_to_wire,
)
from marketplace.shipping.model import TrackingInvalid, TrackingNumberUsed
from marketplace.storage.cursor import BadCursor
from marketplace.web import Buyer, Moderator, Page, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live

_MOVE_ERRORS = (OrderMissing, TransitionRefused)
_FILE_ERRORS = (*_MOVE_ERRORS, FileRefused)
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
    errors=(*_MOVE_ERRORS, TrackingInvalid, TrackingNumberUsed),
    team=SHIPMENTS,
)
def ship_order(request: Request, services: Services) -> Order:
    """Tell the buyer that the goods are on their way."""
    sent, seller = request.body, request.account
    view = services.orders.ship(
        request.path["order_id"], seller.seller_id, sent.carrier, sent.tracking_number, by=seller.member_id
    )
    return order_to_wire(view, request.locale)


@route(
    "POST",
    "/orders/{order_id}/done",
    access=SellerApplicant,
    body=Done,
    returns=Order,
    errors=_MOVE_ERRORS,
    team=SHIPMENTS,
)
def report_done(request: Request, services: Services) -> Order:
    """Say that a service is done; the buyer is asked to confirm it."""
    seller = request.account
    view = services.orders.report_done(
        request.path["order_id"], seller.seller_id, request.body.note, by=seller.member_id
    )
    return order_to_wire(view, request.locale)


@route(
    "POST",
    "/orders/{order_id}/file",
    access=SellerApplicant,
    body=FileForSale,
    returns=FileUpload,
    errors=_FILE_ERRORS,
    team=SHIPMENTS,
)
def announce_file(request: Request, services: Services) -> FileUpload:
    """Get the form with which a sold file is uploaded; it takes exactly the file that is announced."""
    form = services.digital_goods.announce(request.path["order_id"], request.account.seller_id, request.body.file())
    return FileUpload(form.url, dict(form.fields), form.expires_in_seconds)


@route(
    "POST",
    "/orders/{order_id}/available",
    access=SellerApplicant,
    body=FileForSale,
    returns=Order,
    errors=(*_FILE_ERRORS, FileNotUploaded, Unavailable),
    team=SHIPMENTS,
)
def make_file_available(request: Request, services: Services) -> Order:
    """Give the buyer the uploaded file: the order counts as delivered, on the marketplace's own word."""
    order_id, seller = request.path["order_id"], request.account
    services.digital_goods.make_available(order_id, seller.seller_id, request.body.file(), by=seller.member_id)
    return order_to_wire(services.orders.view(order_id, seller.seller_id, by=seller.member_id), request.locale)


# Private: the address is the file.
@route(
    "GET",
    "/orders/{order_id}/file",
    access=Verified,
    returns=FileDownload,
    private=True,
    errors=(OrderMissing, FileMissing),
)
def download_file(request: Request, services: Services) -> FileDownload:
    """Get an address from which you download what you bought (or sold), good for some minutes."""
    found = services.digital_goods.download(request.path["order_id"], request.account.account_id)
    return FileDownload(found.url, found.expires_in_seconds)


@route(
    "POST",
    "/orders/{order_id}/confirm",
    access=Buyer,
    returns=Order,
    errors=(*_MOVE_ERRORS, ScreeningPending, BankAsks),
)
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


ROUTES = (
    list_orders,
    get_order,
    ship_order,
    report_done,
    announce_file,
    make_file_available,
    download_file,
    confirm_order,
    cancel_order,
    attest_delivery,
)
handler = make_app("orders", *ROUTES, services=live)
