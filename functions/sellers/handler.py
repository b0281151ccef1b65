"""/sellers: apply to sell, get through onboarding, and be seen by buyers."""

from marketplace.accounts.errors import (
    CountryNotServed,
    NameInvalid,
    ReturnAddressForeign,
    SellerExists,
    SellerMissing,
)
from marketplace.accounts.wire import MySeller, Onboarding, OnboardingReturn, PublicSeller, SellerApplication
from marketplace.web import Public, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/sellers",
    access=Verified,
    body=SellerApplication,
    returns=MySeller,
    status=201,
    errors=(SellerExists, NameInvalid, CountryNotServed),
)
def apply_as_seller(request: Request, services: Services) -> MySeller:
    """Apply to sell; an account is one seller at most."""
    form = request.body
    seller = services.sellers.apply(
        request.account.account_id, legal_name=form.legal_name, kind=form.kind, country=form.country
    )
    return MySeller.of(seller)


@route("GET", "/sellers/me", access=SellerApplicant, returns=MySeller, errors=(SellerMissing,))
def get_my_seller(request: Request, services: Services) -> MySeller:
    """Read one's own application and how far it has come."""
    return MySeller.of(services.sellers.mine(request.account.account_id))


@route(
    "POST",
    "/sellers/me/onboarding",
    access=SellerApplicant,
    body=OnboardingReturn,
    returns=Onboarding,
    errors=(ReturnAddressForeign, CountryNotServed),
)
def start_onboarding(request: Request, services: Services) -> Onboarding:
    """Get a link to Stripe's page for sellers, good for one visit.

    Selling unlocks when Stripe says that the account can be paid, not when the seller returns.
    """
    form = request.body
    link = services.sellers.onboarding(
        request.account.account_id, return_url=form.return_url, refresh_url=form.refresh_url
    )
    return Onboarding.of(link)


@route("GET", "/sellers/{seller_id}", access=Public, returns=PublicSeller, errors=(SellerMissing,))
def get_seller(request: Request, services: Services) -> PublicSeller:
    """Read what anybody may know of a seller: name, rating, and since when they sell."""
    return PublicSeller.of(services.sellers.storefront(request.path["seller_id"]))


ROUTES = (apply_as_seller, get_my_seller, start_onboarding, get_seller)
handler = make_app("sellers", *ROUTES, services=live)
