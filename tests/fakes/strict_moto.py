"""moto, made fit for races and crash tests.

Two things moto does not do by itself are added round its single entrance: one request at a time (its conditions and
its rollback of failed transactions are not safe among threads), and the `ClientRequestToken` of TransactWriteItems.
What is still missing against AWS: a TransactionConflict never happens by itself; `Faults` can inject one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from unittest import mock

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from . import dynamo_wire as wire
from .dynamo import refusals_of
from .dynamo_errors import ServiceError, validation
from .dynamo_transactions import MAX_TOKEN, TOKEN_SECONDS
from .faults import Boundary, Failures

# An AWSResponse, or None for a request that moto does not know.
Response: TypeAlias = Any
_Stub = Callable[..., Response]


@dataclass
class StrictMoto:
    """The wrapped moto; `boundary` may be set while it runs."""

    boundary: Boundary | None
    clock: Callable[[], float]
    lock: Any = field(default_factory=threading.RLock)
    tokens: dict[str, tuple[float, Mapping[str, Any]]] = field(default_factory=dict)

    def handle(self, event_name: str, request: AWSPreparedRequest, apply: Callable[[], Response]) -> Response:
        """Answer one request, alone, unless the boundary has it fail."""

        def alone() -> Response:
            with self.lock:
                return self._once(request, apply)

        if self.boundary is None:
            return alone()
        site = event_name.removeprefix("before-send.")
        invocation = wire.header(request, "amz-sdk-invocation-id")
        return self.boundary.cross(site, alone, _failures(request), invocation)

    def _once(self, request: AWSPreparedRequest, apply: Callable[[], Response]) -> Response:
        """Apply a transaction once for its token."""
        if wire.operation_of(request) != "TransactWriteItems":
            return apply()
        params = json.loads(wire.body_of(request))
        token = params.pop("ClientRequestToken", None)
        params.pop("ReturnConsumedCapacity", None)
        if token is None:
            return apply()
        try:
            if self._is_replay(token, params):
                return _json(request, 200, {})
        except ServiceError as refusal:
            return _json(request, 400, refusal.body())
        response = apply()
        if response is not None and response.status_code == 200:
            self.tokens[token] = (self.clock(), params)
        return response

    def _is_replay(self, token: str, params: Mapping[str, Any]) -> bool:
        if len(token) > MAX_TOKEN:
            raise validation(f"'clientRequestToken' is longer than {MAX_TOKEN} characters")
        at, known = self.tokens.get(token, (float("-inf"), {}))
        if self.clock() - at >= TOKEN_SECONDS:
            return False
        if known != params:
            raise ServiceError(
                "IdempotentParameterMismatchException",
                "Request uses the same client token as a previous, but non-identical request.",
            )
        return True


def _json(request: AWSPreparedRequest, status: int, document: Mapping[str, Any]) -> Response:
    return wire.response(request, status, json.dumps(document).encode())


def _failures(request: AWSPreparedRequest) -> Failures[Response]:
    operation = wire.operation_of(request)
    if operation is None:
        return Failures(lambda: ReadTimeoutError(endpoint_url=request.url), lambda: _throttled_elsewhere(request))
    refused = refusals_of(operation, json.loads(wire.body_of(request)))

    def refuse_as(way: int) -> Response:
        return wire.response(request, *refused(way))

    return Failures(lambda: ReadTimeoutError(endpoint_url=request.url), lambda: refuse_as(0), refuse_as)


def _throttled_elsewhere(request: AWSPreparedRequest) -> Response:
    """A throttle in the protocol of the service: XML where the request was a form, else JSON."""
    if "x-www-form-urlencoded" in wire.header(request, "Content-Type"):
        body = (
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
            "<Message>Rate exceeded</Message></Error></ErrorResponse>"
        )
        return wire.response(request, 400, body.encode())
    document = {"__type": "ThrottlingException", "message": "Rate exceeded"}
    return _json(request, 400, document)


@contextmanager
def strict_moto(
    boundary: Boundary | None = None,
    clock: Callable[[], float] = time.time,
    *,
    dynamodb: wire.Twin | None = None,
    region: str = "eu-south-2",
    config: Any = None,
) -> Iterator[StrictMoto]:
    """moto for every AWS service; with `dynamodb=MemoryDynamo()` all but that one."""
    strict = StrictMoto(boundary, clock)
    original: _Stub = BotocoreStubber.__call__

    def stub(stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Response:
        if not stubber.enabled:
            return None
        if dynamodb is not None and wire.operation_of(request) is not None:
            return wire.respond(dynamodb.answer, request)
        return strict.handle(event_name, request, lambda: original(stubber, event_name, request, **kwargs))

    with ExitStack() as stack:
        stack.enter_context(wire.test_environment(region))
        stack.enter_context(wire.instant_retries())
        stack.enter_context(mock.patch.object(BotocoreStubber, "__call__", stub))
        stack.enter_context(mock_aws(config=config) if config else mock_aws())
        yield strict
