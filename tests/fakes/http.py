"""Call the API as the gateway does: whole events (REST API, payload version 1) into each function's own Chalice app."""

import importlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.web import Route, WebApp, make_app
from tests.fakes.grants import only_its_grants
from tests.fakes.layers import only_its_layers

FUNCTIONS = Path(__file__).parents[2] / "functions"
STAGE = "v1"
REQUEST_EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z


@dataclass(frozen=True)
class Reply:
    """What came back; `json` is None when the body is not JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]  # names in lower case
    text: str = field(repr=False)


@dataclass
class Context:
    """What Lambda passes beside the event."""

    function_name: str = "test"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:test"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


class Api:
    """The whole API over one `Services`, one Chalice app a function."""

    def __init__(self, services: Any, routes: Mapping[str, tuple[Route, ...]] | None = None) -> None:
        """Take the routes of every `functions/*/handler.py`, or those given by function name."""
        found = routes if routes is not None else all_routes()
        self.apps: dict[str, WebApp] = {
            name: make_app(name, *declared, services=lambda: services) for name, declared in found.items()
        }
        self._requests = 0

    def get(self, path: str, **options: Any) -> Reply:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("DELETE", path, body, **options)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Send one request; `key` is the Idempotency-Key, a `body` of str or bytes goes out as it is."""
        self._requests += 1
        name, resource, parameters = self._find(method, path)
        sent = _headers(body, token, key) | dict(headers or {})
        request_id = f"req-{self._requests:06d}"
        whole = event(
            method,
            path,
            body,
            headers=sent,
            query=query,
            resource=resource,
            parameters=parameters,
            request_id=request_id,
        )
        return invoke(self.apps[name], whole)

    def _find(self, method: str, path: str) -> tuple[str, str, dict[str, str]]:
        matches = [
            (name, route.path, found.groupdict(), route.method == method)
            for name, app in self.apps.items()
            for route in app.mounted
            if (found := re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path), path))
        ]
        if not matches:
            return next(iter(self.apps)), path, {}
        # As in API Gateway: a literal segment wins over a parameter, /listings/mine over /listings/{listing_id}.
        name, resource, parameters, _ = min(matches, key=lambda match: (len(match[2]), not match[3]))
        return name, resource, parameters


def all_routes() -> dict[str, tuple[Route, ...]]:
    """Import every function that has ROUTES, by folder name."""
    found = {}
    for handler in sorted(FUNCTIONS.glob("*/handler.py")):
        module = importlib.import_module(f"functions.{handler.parent.name}.handler")
        if hasattr(module, "ROUTES"):
            found[handler.parent.name] = module.ROUTES
    return found


def event(
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    resource: str | None = None,
    parameters: Mapping[str, str] | None = None,
    request_id: str = "req-000001",
) -> dict[str, Any]:
    """Build the event API Gateway would send, with every part it has.

    A list as a query value is a repeated parameter.
    """
    several = {name: value if isinstance(value, list) else [str(value)] for name, value in (query or {}).items()}
    sent = {"Host": "api.example.test", "User-Agent": "tests", **(headers or {})}
    return {
        "resource": resource or path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
        "pathParameters": dict(parameters or {}) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "tests",
            "resourceId": "tests",
            "resourcePath": resource or path,
            "httpMethod": method,
            "path": f"/{STAGE}{path}",
            "stage": STAGE,
            "protocol": "HTTP/1.1",
            "requestId": request_id,
            "requestTimeEpoch": REQUEST_EPOCH_MS,
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "tests"},
        },
        "body": _body(body),
        "isBase64Encoded": False,
    }


def invoke(app: WebApp, whole: Mapping[str, Any]) -> Reply:
    """Run one event, for example one read from events/<function>/<case>.json, on a function's app."""
    with only_its_layers(app.app_name), only_its_grants(app.app_name):
        answer = app(dict(whole), Context())
    text = answer["body"]
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    is_json = headers.get("content-type", "").partition(";")[0].endswith("json")
    return Reply(answer["statusCode"], json.loads(text) if is_json and text else None, headers, text)


def invoke_file(app: WebApp, path: Path) -> Reply:
    """Run an event file; it may hold the bare event, or `{"event": ..., "expect": ...}`."""
    held = json.loads(path.read_text())
    return invoke(app, held.get("event", held))


def _headers(body: Any, token: str | None, key: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if key is not None:
        headers["Idempotency-Key"] = key
    return headers


def _body(body: Any) -> str | None:
    if body is None or isinstance(body, str):
        return body
    return body.decode() if isinstance(body, bytes) else json.dumps(body)
