"""/quotes, /checkouts, /fees: what it costs, and paying for it. A verified buyer pays; anybody reads the fees."""

from marketplace.accounts.errors import TooManyAttempts
from marketplace.catalog.model import ListingChanged, ListingNotAvailable, OutOfStock
from marketplace.fees.schedule import SCHEDULES, schedule_at
from marketplace.fees.wire import FeeSchedules, fees_to_wire
from marketplace.kit.errors import IdempotencyKeyReused, Unavailable
from marketplace.orders.buying.wire import (
    Checkout,
    NewCart,
    Quote,
    checkout_to_wire,
    quote_to_wire,
)
from marketplace.orders.cart import CartInvalid, CurrencyNotPayable, OwnListing, SellerNotSelling
from marketplace.payments.model import PaymentMissing, PaymentNotPossible
from marketplace.verification.tiers import SellerAtLimit, TierLimit
from marketplace.web import Buyer, Public, Request, make_app, route
from marketplace.wiring import Services, live

_READ_ERRORS = (PaymentMissing, PaymentNotPossible, Unavailable)
_CART_ERRORS = (
    CartInvalid,
    OwnListing,
    SellerNotSelling,
    CurrencyNotPayable,
    ListingNotAvailable,
    ListingChanged,
    OutOfStock,
)


@route("GET", "/fees", access=Public, returns=FeeSchedules)
def list_fees(request: Request, services: Services) -> FeeSchedules:
    """Read every version of the fee schedule, and which one is in force."""
    in_force = schedule_at(services.clock.now()).version
    return FeeSchedules([fees_to_wire(schedule) for schedule in SCHEDULES], in_force)


@route("POST", "/quotes", access=Buyer, body=NewCart, returns=Quote, errors=_CART_ERRORS)
def quote_cart(request: Request, services: Services) -> Quote:
    """Price a cart with every fee, and say what happens if nobody does anything. Reserves nothing."""
    cart = services.checkout.quote(request.account.account_id, request.body.wanted())
    return quote_to_wire(cart, services.timers, request.locale, services.process_version, services.settings.vat_country)


@route(
    "POST",
    "/checkouts",
    access=Buyer,
    body=NewCart,
    returns=Checkout,
    status=201,
    idempotent=True,
    errors=(
        *_CART_ERRORS,
        IdempotencyKeyReused,
        PaymentNotPossible,
        TooManyAttempts,
        TierLimit,
        SellerAtLimit,
        Unavailable,
    ),
)
def place_checkout(request: Request, services: Services) -> Checkout:
    """Reserve the goods, place one order a seller, and open one payment for all of them.

    The reservation lasts until `expires_at`. Pay with `client_secret` at Stripe, then wait or call `complete`.
    """
    buyer, wanted = request.account, request.body.wanted()
    placed = services.checkout.place(buyer.account_id, wanted, request.idempotency, tier=buyer.tier)
    return checkout_to_wire(placed)


# Private: it carries the secret with which the browser pays.
@route("GET", "/checkouts/{checkout_id}", access=Buyer, returns=Checkout, private=True, errors=_READ_ERRORS)
def get_checkout(request: Request, services: Services) -> Checkout:
    """Read one of your checkouts."""
    return checkout_to_wire(services.checkout.read(request.account.account_id, request.path["checkout_id"]))


@route("POST", "/checkouts/{checkout_id}/complete", access=Buyer, returns=Checkout, errors=_READ_ERRORS)
def complete_checkout(request: Request, services: Services) -> Checkout:
    """Ask Stripe now instead of waiting for its webhook; harmless at any time, any number of times."""
    return checkout_to_wire(services.checkout.complete(request.account.account_id, request.path["checkout_id"]))


ROUTES = (list_fees, quote_cart, place_checkout, get_checkout, complete_checkout)
handler = make_app("checkout", *ROUTES, services=live)
