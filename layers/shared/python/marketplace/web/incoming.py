"""Read an API Gateway event that may lack any of its parts."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.web.problems import Malformed

LOCALES = ("en", "es")
INCOMING = "incoming"  # where an event for Chalice carries what was read from the real one


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event (REST API, payload version 1) reduced to what it surely has."""

    method: str
    resource: str  # the path with its {parameters}, as the gateway matched it
    path: str  # the path as it was called, without the stage
    parameters: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]  # names in lower case
    request_id: str
    ip: str
    epoch_ms: int  # when the gateway took the request
    event: Mapping[str, Any]

    @classmethod
    def of(cls, event: Any, context: Any) -> "Incoming":
        """Read what is there; what is missing or of a wrong type counts as empty."""
        event = event if isinstance(event, dict) else {}
        about = _mapping(event.get("requestContext"))
        resource = _text(about.get("resourcePath")) or _text(event.get("resource"))
        return cls(
            method=(_text(about.get("httpMethod")) or _text(event.get("httpMethod"))).upper(),
            resource=resource,
            path=_sayable(event.get("path")) or resource,
            parameters={name: _text(value) for name, value in _mapping(event.get("pathParameters")).items()},
            query=_query(event),
            headers=_headers(event),
            request_id=_sayable(about.get("requestId")) or _sayable(getattr(context, "aws_request_id", "")),
            ip=_text(_mapping(about.get("identity")).get("sourceIp")),
            epoch_ms=_whole(about.get("requestTimeEpoch")),
            event=event,
        )

    def for_chalice(self, names: Iterable[str]) -> dict[str, Any]:
        """Return an event with every part that Chalice reads without asking, and this value for the view."""
        return {
            "requestContext": {"httpMethod": self.method, "resourcePath": self.resource},
            "headers": dict(self.headers),
            "multiValueQueryStringParameters": {name: list(values) for name, values in self.query.items()},
            "pathParameters": {name: self.parameters.get(name, "") for name in names},
            "stageVariables": None,
            "body": self.event.get("body"),
            "isBase64Encoded": bool(self.event.get("isBase64Encoded")),
            INCOMING: self,
        }

    @property
    def body(self) -> bytes:
        """The body's bytes.

        Raises: Malformed when it is said to be base 64 and is not.
        """
        body = self.event.get("body")
        if body is None or body == "":
            return b""
        if isinstance(body, bytes):  # from `chalice local`; the gateway sends text
            return body
        if not isinstance(body, str):
            raise Malformed
        try:
            if self.event.get("isBase64Encoded"):
                return base64.b64decode(body, validate=True)
            return body.encode()
        except (binascii.Error, ValueError):
            raise Malformed from None

    @property
    def language(self) -> str | None:
        """The first of our languages that Accept-Language asks for, by its weights (RFC 9110, 12.5.4)."""
        weighted = [_weighed(part) for part in self.headers.get("accept-language", "").split(",")]
        known = [
            (-weight, place, name)
            for place, (name, weight) in enumerate(weighted)
            if name in LOCALES and 0 < weight <= 1
        ]
        return min(known)[2] if known else None


def _weighed(part: str) -> tuple[str, float]:
    name, _, rest = part.strip().partition(";")
    try:
        weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower().partition("-")[0], weight


def _mapping(value: Any) -> Mapping[str, Any]:
    return {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _sayable(value: Any) -> str:
    """Replace what cannot be written in UTF-8: this text goes into answers and logs."""
    return _text(value).encode("utf-8", "replace").decode()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _query(event: Mapping[str, Any]) -> dict[str, list[str]]:
    several = {name: _texts(values) for name, values in _mapping(event.get("multiValueQueryStringParameters")).items()}
    single = {name: [_text(value)] for name, value in _mapping(event.get("queryStringParameters")).items()}
    return single | {name: values for name, values in several.items() if values}


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    several = _mapping(event.get("multiValueHeaders"))
    headers = {name.lower(): ", ".join(_texts(values)) for name, values in several.items()}
    # A repeated header stands in full in the multi-value form only, so that form wins where it says more.
    for name, value in _mapping(event.get("headers")).items():
        headers[name.lower()] = headers.get(name.lower()) or _text(value)
    return headers
