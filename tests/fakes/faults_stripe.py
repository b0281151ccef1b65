"""Calls to Stripe that fail: the transport of stripe-python, with a boundary in front of the local Stripe."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import stripe

from infra.local.stripe import LocalTransport
from tests.fakes.faults import Failures, Faults

# Nothing was done: status, type and code of the error, and Stripe's advice to its SDK.
_WAYS: Sequence[tuple[int, str, str, Mapping[str, str]]] = (
    (503, "api_error", "", {}),
    (409, "idempotency_error", "idempotency_key_in_use", {}),
    (429, "invalid_request_error", "lock_timeout", {"stripe-should-retry": "true"}),
    (429, "invalid_request_error", "rate_limit", {}),
)
_PREFIXES = {"pi", "ch", "acct", "dp", "du", "tr", "re", "txn"}


class FaultyTransport(stripe.HTTPClient):
    """The local Stripe behind a boundary; a call is named by its path, and its retries by the SDK share its fate."""

    name = "local"

    def __init__(self, faults: Faults, inner: LocalTransport) -> None:
        super().__init__()
        self._faults = faults
        self._inner = inner
        self._invocations = 0

    def request_with_retries(self, *args: Any, **given: Any) -> Any:
        self._invocations += 1
        return super().request_with_retries(*args, **given)

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_options: Any) -> Any:
        site = f"stripe.{method.upper()} {_template(urlsplit(url).path)}"
        failures = Failures(_no_answer, _overloaded, _refuse_as)
        invocation = f"{id(self)}-{self._invocations}"
        return self._faults.cross(
            site, lambda: self._inner.request(method, url, headers, post_data), failures, invocation
        )

    def _sleep_time_seconds(self, *_args: Any, **_given: Any) -> float:
        return 0.0

    def close(self) -> None:
        self._inner.close()


def _template(path: str) -> str:
    parts = path.split("/")
    return "/".join("{id}" if "_" in part and part.split("_")[0] in _PREFIXES else part for part in parts)


def _no_answer() -> stripe.APIConnectionError:
    return stripe.APIConnectionError("no answer", should_retry=True)  # as the SDK marks a timeout


def _overloaded() -> Any:
    return _refuse_as(0)


def _refuse_as(way: int) -> Any:
    status, kind, code, advice = _WAYS[way]
    error = {"type": kind, "message": "not now", **({"code": code} if code else {})}
    return json.dumps({"error": error}), status, {"request-id": "req_refused", **advice}
