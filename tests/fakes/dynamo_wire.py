"""Where the in-memory DynamoDB meets botocore: below serializer, signer, retries and parser.

`installed` replaces the last step of botocore, the HTTP session, for the whole process. Clients that were made
before, or that pynamodb makes lazily in some thread, then all reach the twin, and nothing reaches a network.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, Protocol
from unittest import mock

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.retries.quota import RetryQuota

from .grants import note

TARGET = "DynamoDB_20120810."
_ADDRESSES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")
_PRIVATE = (*_ADDRESSES, "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN")

Answer = tuple[int, bytes]
Answerer = Callable[[str, bytes, AWSPreparedRequest], Answer]


class Twin(Protocol):
    """Something that answers DynamoDB requests."""

    def answer(self, operation: str, body: bytes, request: AWSPreparedRequest) -> Answer:
        """The status and body for a request."""
        ...


class NetworkBlocked(AssertionError):
    """Something tried to leave the machine during a test."""


class _Body:
    """What botocore reads a response from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        """The whole body at once."""
        yield self._content


def header(request: AWSPreparedRequest, name: str) -> str:
    """A request header as text; botocore holds some as bytes."""
    value: Any = request.headers.get(name, "")
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


def operation_of(request: AWSPreparedRequest) -> str | None:
    """The DynamoDB operation a request is for, or None when it is for something else."""
    target = header(request, "X-Amz-Target")
    return target.removeprefix(TARGET) if target.startswith(TARGET) else None


def body_of(request: AWSPreparedRequest) -> bytes:
    """The body of a JSON request."""
    body: Any = request.body or b"{}"
    return body.encode() if isinstance(body, str) else bytes(body)


def respond(answer: Answerer, request: AWSPreparedRequest) -> AWSResponse | None:
    """The response to a DynamoDB request, or None for another service's."""
    operation = operation_of(request)
    if operation is None:
        return None
    note(operation, body_of(request))
    status, content = answer(operation, body_of(request), request)
    return response(request, status, content)


def response(request: AWSPreparedRequest, status: int, content: bytes) -> AWSResponse:
    """An HTTP response as botocore expects it."""
    headers: Any = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "TWIN"}
    return AWSResponse(request.url, status, headers, _Body(content))


def attach(answer: Answerer, target: Any) -> None:
    """Answer the DynamoDB requests of one client, botocore session or boto3 session."""

    def before_send(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        return respond(answer, request)

    if hasattr(target, "get_component"):
        events = target.get_component("event_emitter")
    elif hasattr(target, "events"):
        events = target.events
    else:
        events = target.meta.events
    events.register_first("before-send.dynamodb", before_send)


@contextmanager
def installed(answer: Answerer, region: str) -> Iterator[None]:
    """Answer every DynamoDB request of the process, and let nothing else out of it."""

    def send(_session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        answered = respond(answer, request)
        if answered is None:
            raise NetworkBlocked(f"{request.method} {request.url}")
        return answered

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(URLLib3Session, "send", send))
        stack.enter_context(instant_retries())
        stack.enter_context(no_network())
        stack.enter_context(test_environment(region))
        yield


@contextmanager
def instant_retries() -> Iterator[None]:
    """SDK retries without the pauses between them, and as many as there are reasons for.

    A client stops repeating after some fifty lost answers in a row, to spare a service that is down. Here one client
    serves process after process, each of which would have begun anew.
    """
    clock = SimpleNamespace(sleep=lambda _seconds: None)
    with (
        mock.patch.object(botocore.endpoint, "time", clock),
        mock.patch.object(RetryQuota, "acquire", return_value=True),
    ):
        yield


@contextmanager
def test_environment(region: str) -> Iterator[None]:
    """Credentials and region that mean nothing, and no way to the user's own."""
    settings: Mapping[str, str] = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with mock.patch.dict(os.environ, settings):
        for name in _PRIVATE:
            os.environ.pop(name, None)
        yield


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # A Unix socket is a path.
    host = address[0]
    return host in {"localhost", "::1", "", None} or str(host).startswith("127.")


@contextmanager
def no_network() -> Iterator[None]:
    """Only the loopback interface answers, as local servers of tests need it."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            if not _is_local(address):
                raise NetworkBlocked(f"connection to {address}")
            return real(self, address)

        return call

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local((host,)):
            raise NetworkBlocked(f"name lookup of {host}")
        return lookup(host, *args, **kwargs)

    with (
        mock.patch.object(socket.socket, "connect", guarded(connect)),
        mock.patch.object(socket.socket, "connect_ex", guarded(connect_ex)),
        mock.patch.object(socket, "getaddrinfo", guarded_lookup),
    ):
        yield
