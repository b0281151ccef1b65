"""A short way through the SDK to the in-memory DynamoDB, for suites that make millions of calls.

A call that succeeds at once skips what botocore would do around it (rules, hooks, signing, HTTP, parsing): four fifths
of its time. The first attempt of any other call (refused, in conflict, unanswered) is handed to botocore, which judges
it, repeats it and raises as it always does. tests/stores/test_dynamo_short.py holds both ways to the same answers.
"""

import base64
import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

import msgspec
from botocore.client import BaseClient

from .dynamo import MemoryDynamo
from .dynamo_wire import Answer

SDK_TOKEN = "sdk-"  # begins the tokens of transactions that nobody gave one, as botocore gives them uuids
_OK = 200
_ADDRESS = "https://dynamodb.short.invalid/"


@contextmanager
def short_way(dynamo: MemoryDynamo) -> Iterator[None]:
    """Answer the process's DynamoDB calls without botocore wherever it has nothing to decide."""
    way = _ShortWay(dynamo)
    with (
        mock.patch.object(BaseClient, "_make_api_call", way.call()),
        mock.patch.object(dynamo, "attempt", way.attempt),
    ):
        yield


class _ShortWay:
    """Makes first attempts, and hands to botocore what did not go well."""

    def __init__(self, dynamo: MemoryDynamo) -> None:
        self._attempt = dynamo.attempt
        self._whole_way = BaseClient._make_api_call  # which pynamodb calls too
        self._numbers = itertools.count(1)
        self._here = threading.local()  # what botocore is about to ask for again: `outcome`, `invocation`

    def call(self) -> Any:
        """Return what stands in for botocore's method."""

        def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            if client.meta.service_model.service_name != "dynamodb":
                return self._whole_way(client, operation, params)
            number = next(self._numbers)
            if operation == "TransactWriteItems":
                params.setdefault("ClientRequestToken", f"{SDK_TOKEN}{number}")
            outcome = self._first(operation, params, f"short-{number}")
            if isinstance(outcome, tuple) and outcome[0] == _OK:
                return _parsed(outcome[1])
            self._here.outcome, self._here.invocation = outcome, f"short-{number}"
            try:
                return self._whole_way(client, operation, params)
            finally:
                self._here.outcome = self._here.invocation = None

        return make_api_call

    def attempt(self, operation: str, params: Mapping[str, Any], url: str, invocation: str) -> Answer:
        """Answer botocore: its first attempt has been made already, the next ones are of the same invocation."""
        outcome: Answer | Exception | None = getattr(self._here, "outcome", None)
        if outcome is None:
            return self._attempt(operation, params, url, getattr(self._here, "invocation", None) or invocation)
        self._here.outcome = None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _first(self, operation: str, params: dict[str, Any], invocation: str) -> Answer | Exception:
        sent = msgspec.json.decode(json.dumps(params, default=_in_base64))
        try:
            return self._attempt(operation, sent, _ADDRESS, invocation)
        except Exception as error:  # noqa: BLE001 - botocore says what it means
            return error


def _in_base64(value: Any) -> str:
    """Write the one thing JSON does not know."""
    if not isinstance(value, bytes):
        raise TypeError(f"DynamoDB is not sent a {type(value).__name__}")
    return base64.b64encode(value).decode()


def _parsed(content: bytes) -> Any:
    has_bytes = b'"B"' in content or b'"BS"' in content
    reply = json.loads(content, object_hook=_with_bytes) if has_bytes else msgspec.json.decode(content)
    reply["ResponseMetadata"] = {"HTTPStatusCode": _OK, "RetryAttempts": 0}
    return reply


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """Turn a binary value back; an attribute of that name holds a value of its own, and is left alone."""
    if len(found) == 1:
        if isinstance(found.get("B"), str):
            found["B"] = base64.b64decode(found["B"])
        elif isinstance(found.get("BS"), list):
            found["BS"] = [base64.b64decode(each) for each in found["BS"]]
    return found
