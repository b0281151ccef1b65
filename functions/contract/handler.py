"""/openapi.json and /docs: the API's contract, for programs and for people."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.web import Content, Public, Request, make_app, route
from marketplace.web.docs_page import render, style_policy

DOCUMENT = Path(__file__).with_name("openapi.json")  # written by marketplace.web.export, kept fresh by a test
KEPT_SECONDS = 300
_CACHE = f"public, max-age={KEPT_SECONDS}"


@cache
def _document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@cache
def _page() -> str:
    return render(json.loads(_document()))


@route("GET", "/openapi.json", access=Public, returns=Content)
def read_openapi(_request: Request, _services: Any) -> Content:
    """Read this contract as OpenAPI 3.1."""
    return Content(_document(), "application/json", {"Cache-Control": _CACHE})


@route("GET", "/docs", access=Public, returns=Content)
def read_docs(_request: Request, _services: Any) -> Content:
    """Read this contract as a page."""
    headers = {"Cache-Control": _CACHE, "Content-Security-Policy": style_policy()}
    return Content(_page(), "text/html; charset=utf-8", headers)


ROUTES = (read_openapi, read_docs)
handler = make_app("contract", *ROUTES, services=dict)  # needs none: it reads no table and calls nobody
