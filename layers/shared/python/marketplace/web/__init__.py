"""The only room that knows HTTP: routes as values, mounted on Chalice, errors as problem details."""

from marketplace.web.access import (
    Access,
    Buyer,
    MaybeSignedIn,
    Operator,
    Public,
    Seller,
    SellerApplicant,
    SignedIn,
    Verified,
)
from marketplace.web.app import WebApp, make_app
from marketplace.web.request import Request
from marketplace.web.route import Route, route
from marketplace.web.wire import Content, Page, PageQuery

__all__ = [
    "Access",
    "Buyer",
    "Content",
    "MaybeSignedIn",
    "Operator",
    "Page",
    "PageQuery",
    "Public",
    "Request",
    "Route",
    "Seller",
    "SellerApplicant",
    "SignedIn",
    "Verified",
    "WebApp",
    "make_app",
    "route",
]
