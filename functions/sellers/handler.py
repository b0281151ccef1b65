"""/sellers: apply to sell, get through onboarding, and be seen by buyers."""

from marketplace.accounts.errors import (
    CountryNotServed,
    EmailInvalid,
    NameInvalid,
    ReturnAddressForeign,
    SellerExists,
    SellerMissing,
)
from marketplace.accounts.wire import MySeller, Onboarding, OnboardingReturn, PublicSeller, SellerApplication
from marketplace.kit.team import VIEW
from marketplace.selling.model import NotATrader, TraderDataInvalid
from marketplace.selling.wire import MyTraderData, SellerChecklist, TraderForm, checklist_to_wire
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
    step_up=True,
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


@route(
    "GET", "/sellers/me/checklist", access=SellerApplicant, returns=SellerChecklist, errors=(SellerMissing,), team=VIEW
)
def get_checklist(request: Request, services: Services) -> SellerChecklist:
    """Read what must be known of you before anything is on sale, line by line, and what is left to do.

    For traders in the European Union the list is Article 30 of the Digital Services Act.
    """
    return checklist_to_wire(services.traders.checklist(request.account.seller_id), request.locale)


@route("GET", "/sellers/me/trader-data", access=SellerApplicant, returns=MyTraderData)
def get_trader_data(request: Request, services: Services) -> MyTraderData:
    """Read what you said of yourself as a trader, and by when to confirm it."""
    return MyTraderData.of(services.traders.mine(request.account.account_id))


@route(
    "PUT",
    "/sellers/me/trader-data",
    access=SellerApplicant,
    body=TraderForm,
    returns=SellerChecklist,
    errors=(SellerMissing, NotATrader, TraderDataInvalid, EmailInvalid),
    step_up=True,
)
def put_trader_data(request: Request, services: Services) -> SellerChecklist:
    """Say who you are as a trader; buyers are shown it. Sending it again confirms it for another year."""
    said = {name: getattr(request.body, name) for name in TraderForm.__struct_fields__}
    return checklist_to_wire(services.traders.declare(request.account.account_id, **said), request.locale)


@route("GET", "/sellers/{seller_id}", access=Public, returns=PublicSeller, errors=(SellerMissing,))
def get_seller(request: Request, services: Services) -> PublicSeller:
    """Read what anybody may know of a seller: name, rating, and since when they sell; of a trader, what the law shows.

    That is address, telephone, e-mail, register and its declaration (Digital Services Act, Article 30(7)).
    """
    found = services.sellers.storefront(request.path["seller_id"])
    kept = services.shipping_store.punctuality(found.seller_id)
    return PublicSeller.of(found, kept, services.traders.shown(found.seller_id, found.kind))


ROUTES = (
    apply_as_seller,
    get_my_seller,
    start_onboarding,
    get_checklist,
    get_trader_data,
    put_trader_data,
    get_seller,
)
handler = make_app("sellers", *ROUTES, services=live)
