"""HTTP as the people of the journeys use it: one connection to each server, answers with their JSON."""

import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 35.0  # above the 29 s after which API Gateway gives up itself
# A server may close a connection that idles, and a request sent just then is lost: older ones are not used again.
IDLE_SECONDS = 1.0


class Unreachable(Exception):
    """A server gave no answer at all."""


@dataclass(frozen=True)
class Reply:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Tell whether the request was done."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def json(self) -> Any:
        """Return the body as JSON, or an empty object when it is none."""
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError:
            return {}


class Exchange:
    """Sends requests over kept connections; for one thread."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[http.client.HTTPConnection, float]] = {}

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Send one request and return its answer, whatever its status.

        Raises:
            Unreachable: nobody answered.
        """
        parts = urlsplit(url)
        connection = self._connection(parts.netloc)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            reply = Reply(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Unreachable(f"{parts.netloc} did not answer {method} {parts.path}: {error!r}") from error
        if not answer.will_close:
            self._kept[parts.netloc] = (connection, time.monotonic())
        return reply

    def close(self) -> None:
        """Close the kept connections."""
        while self._kept:
            self._kept.popitem()[1][0].close()

    def _connection(self, server: str) -> http.client.HTTPConnection:
        connection, used_at = self._kept.pop(server, (None, 0.0))
        if connection is not None:
            if time.monotonic() - used_at < IDLE_SECONDS:
                return connection
            with contextlib.suppress(OSError):
                connection.close()
        return http.client.HTTPConnection(server, timeout=PATIENCE_SECONDS)


def as_json(value: Any) -> bytes:
    """Encode a request's body."""
    return json.dumps(value, ensure_ascii=False).encode()
