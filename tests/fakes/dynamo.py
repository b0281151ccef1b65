"""An exact, fast, thread-safe DynamoDB in memory, spoken to over the wire.

The real stores run on it: pynamodb and botocore serialise, sign, retry and parse as they always do, and only the
HTTP request is answered here.

    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "test"})
        ...                                     # any pynamodb model or boto3 client
        assert [call.operation for call in dynamo.calls] == ["TransactWriteItems"]

What it does not know it refuses with a ValidationException that says so. Assumed rather than seen on AWS: a condition
is judged before the update's own data; `size` of a string counts bytes; a refused condition costs the write it would
have been; the capacity of a batch or page is that of the items evaluated. Left to AWS alone: conflicts between
transactions under way (inject them with `faults`), stale reads and the delay of indexes, throttling.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError

from . import dynamo_wire as wire
from .dynamo_errors import ServiceError, out_of_order, throttled, transaction_conflict, transaction_throttled
from .dynamo_operations import execute
from .dynamo_python import to_python
from .dynamo_store import Call, Reply, Store, Token
from .dynamo_tables import Table
from .dynamo_templates import create_tables
from .dynamo_values import Item
from .faults import Boundary, Failures

__all__ = ["MemoryDynamo", "ServiceError", "Snapshot", "WireCall", "create_tables", "to_python"]


class WireCall(NamedTuple):
    """One request that arrived: what, on which tables, for how many units, and the error code it got."""

    operation: str
    tables: tuple[str, ...]
    units: float
    error: str | None


@dataclass(frozen=True)
class Snapshot:
    """A state to come back to, as often as wanted."""

    tables: Mapping[str, Table]
    tokens: Mapping[str, Token]


class MemoryDynamo:
    """A DynamoDB of its own: tables, streams, request tokens and a record of calls.

    `clock` gives seconds since 1970 (stream times, expiry, the ten minutes of request tokens). `boundary` is asked
    at each request whether it may pass: see `faults`.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        region: str = "eu-south-2",
        account: str = "123456789012",
        boundary: Boundary | None = None,
    ) -> None:
        self.boundary = boundary
        self.calls: list[WireCall] = []
        self._store = Store(clock, region, account)
        self._lock = threading.RLock()

    def call(self, operation: str, params: Mapping[str, Any]) -> Reply:
        """One operation without botocore: wire parameters in, wire reply out, `ServiceError` for a refusal."""
        return deepcopy(self._execute(operation, params))

    def _execute(self, operation: str, params: Mapping[str, Any]) -> Reply:
        """The reply shares values with the tables: it is encoded or copied before anybody else sees it."""
        with self._lock:
            call = Call(self._store, params)
            error: str | None = None
            try:
                return execute(operation, call)
            except ServiceError as refusal:
                error = refusal.code
                raise
            finally:
                self.calls.append(WireCall(operation, _tables_in(params), call.usage.total, error))

    def answer(self, operation: str, body: bytes, request: AWSPreparedRequest) -> wire.Answer:
        """The HTTP answer to a request, after the boundary has had its say."""
        return self.attempt(operation, json.loads(body), request.url, wire.header(request, "amz-sdk-invocation-id"))

    def attempt(self, operation: str, params: Mapping[str, Any], url: str, invocation: str) -> wire.Answer:
        """The same for a request that was read already; the twin keeps `params`, so nobody else may change them."""

        def apply() -> wire.Answer:
            try:
                return 200, _encoded(self._execute(operation, params))
            except ServiceError as refusal:
                return 400, _encoded(refusal.body())

        if self.boundary is None:
            return apply()
        return self.boundary.cross(f"dynamodb.{operation}", apply, aws_failures(operation, params, url), invocation)

    def attach(self, target: Any) -> None:
        """Answer the requests of one client or session only."""
        wire.attach(self.answer, target)

    @contextmanager
    def installed(self) -> Iterator[MemoryDynamo]:
        """Answer every DynamoDB request of this process, with made-up credentials and no network."""
        with wire.installed(self.answer, self._store.region):
            yield self

    def scan(self, table: str) -> list[Item]:
        """Every item of a table in wire form and key order: for checks in tests, never over the wire."""
        with self._lock:
            found = self._store.table(table)
            return [
                deepcopy(found.items[key])
                for partition in sorted(found.order.partitions)
                for _, key in found.order.partitions[partition]
            ]

    def snapshot_items(self, table: str) -> dict[Any, Item]:
        """Every item of a table by key, in wire form; not copied, as the twin never changes an item in place."""
        with self._lock:
            return dict(self._store.table(table).items)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table as plain Python values."""
        return [to_python({"M": item}) for item in self.scan(table)]

    def tables(self) -> list[str]:
        """Names of all tables."""
        with self._lock:
            return sorted(self._store.tables)

    def stream(self, table: str) -> list[dict[str, Any]]:
        """Stream records not taken yet, each as an entry of a Lambda event's `Records`."""
        with self._lock:
            return deepcopy(self._streamed(table).records)

    def take_stream(self, table: str) -> list[dict[str, Any]]:
        """Stream records not taken yet, and take them."""
        with self._lock:
            found = self._streamed(table)
            records, found.records = found.records, []
            return deepcopy(records)

    def everything(self) -> dict[str, Table]:
        """Every table with its items and its stream; not copied: to look at, between calls."""
        return self._store.tables

    def request_tokens(self) -> list[str]:
        """Tokens of transactions that are remembered still, or might be."""
        return list(self._store.tokens)

    def _streamed(self, table: str) -> Table:
        found = self._store.table(table)
        if found.schema.stream_view is None:
            raise LookupError(f"table {table} has no stream")
        return found

    def expire(self, table: str) -> int:
        """Delete what is past its time to live, as DynamoDB does some day; says how many."""
        with self._lock:
            found, now = self._store.table(table), self._store.clock()
            due = [key for key, item in found.items.items() if _expires_at(found, item) < now]
            for key in due:
                self._store.write(found, key, None, expired=True)
            return len(due)

    def snapshot(self) -> Snapshot:
        """The state of tables, streams and tokens; costs one shallow copy."""
        with self._lock:
            return Snapshot(*self._store.copied())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot; the record of calls stays."""
        with self._lock:
            self._store.tables = {name: table.copied() for name, table in snapshot.tables.items()}
            self._store.tokens = dict(snapshot.tokens)


def aws_failures(operation: str, params: Mapping[str, Any], url: str) -> Failures[wire.Answer]:
    """What DynamoDB and the network in front of it do when they fail."""
    refuse_as = refusals_of(operation, params)
    return Failures(lambda: ReadTimeoutError(endpoint_url=url), lambda: refuse_as(0), refuse_as)


def refusals_of(operation: str, params: Mapping[str, Any]) -> Callable[[int], wire.Answer]:
    """In which ways DynamoDB refuses a request, by their number."""

    def refuse_as(way: int) -> wire.Answer:
        if operation == "TransactWriteItems":
            status, refusal = _WAYS[way]
            return status, _encoded(refusal(len(params["TransactItems"])).body())
        return 400, _encoded(throttled().body())

    return refuse_as


# How a whole transaction is refused: with a reason for one of its items, or with none.
_WAYS: Sequence[tuple[int, Callable[[int], ServiceError]]] = (
    (400, transaction_conflict),
    (400, transaction_throttled),
    (400, lambda _count: throttled()),
    (500, lambda _count: out_of_order()),
)


def _encoded(reply: Reply) -> bytes:
    return json.dumps(reply, separators=(",", ":")).encode()


def _expires_at(table: Table, item: Item) -> float:
    value = item.get(table.ttl_attribute) if table.ttl_attribute else None
    return float(value["N"]) if value and "N" in value else float("inf")


def _tables_in(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the tables a request is about, each once."""
    if "TableName" in params:
        return (params["TableName"],)
    if "RequestItems" in params:
        return tuple(params["RequestItems"])
    named = (action.get("TableName", "") for entry in params.get("TransactItems", ()) for action in entry.values())
    return tuple(dict.fromkeys(named))
