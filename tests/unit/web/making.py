"""A small API to try the web room on: two resources, one account, no store."""

from types import SimpleNamespace
from typing import Annotated, Any

import msgspec

from marketplace.kit.errors import Conflict, Limited, Unauthenticated, Unavailable
from marketplace.kit.principal import Principal
from marketplace.web import Content, MaybeSignedIn, Page, PageQuery, Public, Request, Seller, SignedIn, Staff, route
from tests.fakes.http import Api

TOKEN = "good"


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    listing_id: Annotated[str, msgspec.Meta(min_length=3, max_length=20, pattern="^[a-z_0-9]+$")]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=99)]


class NewThing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    price_minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    lines: Annotated[list[Line], msgspec.Meta(max_length=2)] = []
    note: str | None = None


class Thing(msgspec.Struct):
    said: Any


class Filter(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    category: str | None = None
    sold: bool = False


class SoldOut(Conflict):
    code = "sold_out"
    title_en = "It is sold out."
    title_es = "Está agotado."


@route("POST", "/things", access=Seller, body=NewThing, returns=Thing, status=201, idempotent=True, errors=(SoldOut,))
def make_thing(request: Request, services: Any) -> Thing:
    """Make a thing."""
    services.calls.append(request)
    return Thing(request.body.title)


@route("GET", "/things", access=Public, query=Filter, returns=Page[Thing])
def list_things(request: Request, services: Any) -> Page[Thing]:
    """List things."""
    services.calls.append(request)
    return Page([Thing(repr(request.query))], "next")


@route("GET", "/things/{thing_id}", access=MaybeSignedIn, returns=Thing)
def get_thing(request: Request, services: Any) -> Thing:
    """Read a thing."""
    services.calls.append(request)
    return Thing(request.path["thing_id"])


@route("DELETE", "/things/{thing_id}", access=SignedIn, status=204)
def drop_thing(request: Request, services: Any) -> None:
    """Drop a thing."""
    services.calls.append(request)


@route("POST", "/things/{thing_id}/fail", access=Public, returns=Thing)
def fail_thing(request: Request, services: Any) -> Thing:
    """Fail, in the way that the services say."""
    raise services.failure


@route("POST", "/hooks", access=Public, raw=True, returns=Thing)
def take_hook(request: Request, services: Any) -> Thing:
    """Take whatever comes."""
    services.calls.append(request)
    return Thing(len(request.raw_body))


@route("GET", "/desk", access=Staff, returns=Thing)
def open_desk(request: Request, services: Any) -> Thing:
    """Open the staff's desk."""
    return Thing(request.account.account_id)


@route("GET", "/page", access=Public, returns=Content)
def show_page(request: Request, services: Any) -> Content:
    """Show a page."""
    return Content("<p>", "text/html; charset=utf-8", {"Cache-Control": "max-age=1"})


ROUTES = (make_thing, list_things, get_thing, drop_thing, fail_thing, take_hook, open_desk, show_page)


def principal(**given: Any) -> Principal:
    """Make a seller in good standing, but for what is given."""
    usual = {"email_verified": True, "locale": "en", "has_applied": True, "seller_active": True}
    return Principal("acc_1", "ses_1", **(usual | given))


class OneSession:
    """Knows one token."""

    def __init__(self, account: Principal) -> None:
        self._account = account

    def authenticate(self, token: str) -> Principal:
        if token != TOKEN:
            raise Unauthenticated
        return self._account


def services_of(account: Principal | None = None, failure: BaseException | None = None) -> Any:
    return SimpleNamespace(sessions=OneSession(account or principal()), calls=[], failure=failure)


def api_of(services: Any) -> Api:
    return Api(services, {"things": ROUTES})


TOO_OFTEN = Limited(retry_after_seconds=30)
DOWN = Unavailable(retry_after_seconds=5)
