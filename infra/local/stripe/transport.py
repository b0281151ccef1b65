"""The plug for tests: stripe-python calling the core directly, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import stripe
from stripe import HTTPClient

from infra.local.stripe.core import LocalStripe
from infra.local.stripe.errors import ConnectionDropped
from infra.local.stripe.protocol import Reply

_ORIGIN = "https://api.stripe.com"


class LocalTransport(HTTPClient):
    """Give it to ``StripeClient(http_client=...)``; nothing leaves the process."""

    name = "local"

    def __init__(self, core: LocalStripe) -> None:
        super().__init__()
        self._core = core

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_options: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer a call with the core's own answer."""
        reply = self._call(method, url, headers, post_data)
        return reply.body.decode(), reply.status, _Headers(reply.headers)

    def request_stream(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_options: Any,
    ) -> tuple[BytesIO, int, Mapping[str, str]]:
        """Answer a streaming call; the whole body is there at once."""
        reply = self._call(method, url, headers, post_data)
        return BytesIO(reply.body), reply.status, _Headers(reply.headers)

    def close(self) -> None:
        """Have nothing to close."""

    def _call(self, method: str, url: str, headers: Mapping[str, str] | None, body: Any) -> Reply:
        target = url.removeprefix(_ORIGIN)
        if not target.startswith("/"):
            raise ValueError(f"the local Stripe only answers for {_ORIGIN}: {url}")
        try:
            return self._core.handle(method, target, headers or {}, body)
        except ConnectionDropped as dropped:
            raise _unanswered(dropped) from dropped


def _unanswered(dropped: ConnectionDropped) -> stripe.APIConnectionError:
    # The class is published without types for its arguments.
    make: Callable[..., stripe.APIConnectionError] = stripe.APIConnectionError
    return make(str(dropped), should_retry=True)


class _Headers(dict[str, str]):
    """Headers found whatever their case, as the client expects of its own."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header's value."""
        return super().get(name.lower(), default)
