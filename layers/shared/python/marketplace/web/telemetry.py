"""One structured line per request, which is its metrics too; and one with the stack for what nobody expected."""

import logging
import re
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger

from marketplace.web.incoming import Incoming

NAMESPACE = "aval"
CLIENT_ERROR, SERVER_ERROR = 400, 500  # where each class of statuses begins
MESSAGE_LENGTH_MAX = 300  # characters of an exception's message
_SCRUBBED_LENGTH_MAX = 4 * MESSAGE_LENGTH_MAX  # so that a message that carries a whole body costs no more
# CloudWatch reads metrics from any log line of this form. One dimension on purpose: each combination of dimension
# values is billed as a metric of its own, while route, status and code can be searched in the line for nothing.
_METRICS = [
    {
        "Namespace": NAMESPACE,
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "latency_ms", "Unit": "Milliseconds"},
            {"Name": "client_errors", "Unit": "Count"},
            {"Name": "server_errors", "Unit": "Count"},
        ],
    }
]
_PRIVATE = re.compile(r"[\w.+-]+@[\w.-]+|\b(?:sk|rk|whsec|pi|seti)_\w+|[A-Za-z0-9_-]{32,}")


class StandardOutput(logging.Handler):
    """Writes to whatever standard output is now, so that a captured one is honoured."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(self.format(record) + "\n")


class Telemetry:
    """What one function says about its requests: never a body, a header, an address or a name."""

    def __init__(self, service: str) -> None:
        self._logger = Logger(service=service, level="INFO", logger_handler=StandardOutput())
        self._cold = True

    def answered(
        self,
        incoming: Incoming,
        *,
        route: str,
        status: int,
        code: str | None,
        account_id: str | None,
        started: float,
    ) -> None:
        """Write the request's line; `started` is `time.perf_counter()` when it began."""
        self._logger.info(
            "request",
            extra={
                "_aws": {"Timestamp": incoming.epoch_ms or int(time.time() * 1000), "CloudWatchMetrics": _METRICS},
                "latency_ms": round((time.perf_counter() - started) * 1000, 2),
                "client_errors": int(CLIENT_ERROR <= status < SERVER_ERROR),
                "server_errors": int(status >= SERVER_ERROR),
                "route": route,
                "status": status,
                "code": code,
                "account_id": account_id,
                "request_id": incoming.request_id,
                "cold_start": self._cold,
            },
        )
        self._cold = False

    def failed(self, incoming: Incoming, *, route: str, error: BaseException) -> None:
        """Write what happened where, for somebody to repair."""
        self._logger.error("unexpected error", extra=_described(incoming, route, error))

    def degraded(self, incoming: Incoming, *, route: str, error: BaseException) -> None:
        """Write why a dependency did not answer."""
        self._logger.warning("dependency unavailable", extra=_described(incoming, route, error.__cause__ or error))


def _described(incoming: Incoming, route: str, error: BaseException) -> Mapping[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "reason": scrubbed(str(error)),
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        "route": route,
        "request_id": incoming.request_id,
    }


def scrubbed(message: str) -> str:
    """Cut what may be an address, a key or a token out of an exception's message."""
    return _PRIVATE.sub("[...]", message[:_SCRUBBED_LENGTH_MAX])[:MESSAGE_LENGTH_MAX]
