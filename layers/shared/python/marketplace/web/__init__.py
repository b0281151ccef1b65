"""The only room that knows HTTP: routes as values, mounted on Chalice, errors as problem details.

Each name is imported when it is asked for, so that a queue's consumer (consumers.py) starts without Chalice. No module
here may have the name of something in `__all__`: importing it would hide that.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.web.access import (
        Access,
        Admin,
        Buyer,
        EvenSuspended,
        Finance,
        MaybeSignedIn,
        Moderator,
        Public,
        Seller,
        SellerApplicant,
        SignedIn,
        Staff,
        Support,
        Verified,
    )
    from marketplace.web.app import WebApp, make_app
    from marketplace.web.request import Request
    from marketplace.web.routing import Route, route
    from marketplace.web.wire import Content, Page, PageQuery

__all__ = [
    "Access",
    "Admin",
    "Buyer",
    "Content",
    "EvenSuspended",
    "Finance",
    "MaybeSignedIn",
    "Moderator",
    "Page",
    "PageQuery",
    "Public",
    "Request",
    "Route",
    "Seller",
    "SellerApplicant",
    "SignedIn",
    "Staff",
    "Support",
    "Verified",
    "WebApp",
    "make_app",
    "route",
]

_HOMES = {
    "WebApp": "app",
    "make_app": "app",
    "Request": "request",
    "Route": "routing",
    "route": "routing",
    "Content": "wire",
    "Page": "wire",
    "PageQuery": "wire",
}


def __getattr__(name: str) -> Any:
    """Import what `__all__` names, from where it lives."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'access')}"), name)
    globals()[name] = found
    return found
