"""Requests and answers as they cross the wire, and who may send them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from infra.local.stripe.errors import Json, NotAuthenticated, ParameterError
from infra.local.stripe.form import decode
from infra.local.stripe.world import API_VERSION

_LONGEST_KEY = 255


class Reply(NamedTuple):
    """An answer: what both plugs send back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Json:
        """Return the body as a value."""
        value: Json = json.loads(self.body)
        return value


@dataclass(frozen=True)
class Request:
    """A request, decoded."""

    id: str
    method: str
    path: str
    params: Json
    headers: Mapping[str, str] = field(repr=False)

    @property
    def account(self) -> str | None:
        """Return the connected account the request is made for."""
        return self.headers.get("stripe-account")

    @property
    def key(self) -> str | None:
        """Return the idempotency key, which only POST requests honour."""
        if self.method != "POST":
            return None
        key = self.headers.get("idempotency-key")
        if key is not None and len(key) > _LONGEST_KEY:
            raise ParameterError(f"Idempotency keys can be up to {_LONGEST_KEY} characters long.")
        return key

    def fingerprint(self) -> str:
        """Return a digest that two requests share when they ask for the same thing."""
        text = json.dumps([self.method, self.path, self.params], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | str | None,
    *,
    request_id: str,
) -> Request:
    """Decode a request; parameters come in the query of a GET, else in the body."""
    parts = urlsplit(target)
    method = method.upper()
    text = body.decode() if isinstance(body, bytes) else body or ""
    params = decode(parts.query)
    for name, value in decode(text).items():
        if name in params:
            raise ParameterError(f"Parameter given twice: {name}", param=name)
        params[name] = value
    lowered = {name.lower(): value for name, value in headers.items()}
    return Request(request_id, method, parts.path, params, lowered)


def authenticate(request: Request) -> bool:
    """Return whether the key is a publishable one; refuse all but test keys."""
    key = _key(request.headers.get("authorization", ""))
    if not key:
        raise NotAuthenticated(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth."
        )
    if "_live_" in key:
        raise NotAuthenticated("A live key was sent to the local Stripe. It was not used; roll it.")
    if key.startswith("pk_test_"):
        return True
    if key.startswith("sk_test_"):
        return False
    raise NotAuthenticated("Invalid API Key provided.")


def _key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def answer(request_id: str, status: int, body: Json, extra: Mapping[str, str] | None = None) -> Reply:
    """Return an answer with the headers every answer carries."""
    headers = {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": API_VERSION,
        **(extra or {}),
    }
    return Reply(status, headers, json.dumps(body, indent=2).encode())
