"""What one invocation of a function did: counted exactly, and its own CPU time apart from what stands in for the world.

The stand-ins (the in-memory DynamoDB, the local Stripe) and the password hash note how long they themselves took, in
CPU time of the thread; what remains of an invocation is the handler's, SDKs included.
"""

import gc
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from infra.local.stripe import LocalTransport
from marketplace.accounts.passwords import Argon2Passwords
from tests.fakes.dynamo import MemoryDynamo, WireCall
from tests.fakes.dynamo_wire import Answer

READING = frozenset({"GetItem", "Query", "BatchGetItem", "TransactGetItems"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it arrived on the wire, and its answer."""

    operation: str
    body: bytes
    answer: Answer


@dataclass(slots=True)
class Spent:
    """CPU nanoseconds of one invocation that are not the handler's own."""

    stand_ins: int = 0
    hashing: int = 0


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of one function. Times are CPU nanoseconds, zero where nobody asked for them."""

    function: str
    trigger: str  # "api", "queue", "stream" or "workflow"
    calls: tuple[WireCall, ...]
    stripe_calls: int
    messages: int
    mails: int
    handler_ns: int = 0
    bare_ns: int = 0
    hashing_ns: int = 0

    @property
    def read_units(self) -> float:
        return sum(call.units for call in self.calls if call.operation in READING)

    @property
    def write_units(self) -> float:
        return sum(call.units for call in self.calls if call.operation not in READING)


class MeteredDynamo(MemoryDynamo):
    """The in-memory DynamoDB, noting its own time and every exchange; it can also play back old answers."""

    def __init__(self, clock: Callable[[], float], spent: Spent) -> None:
        super().__init__(clock)
        self.exchanges: list[Exchange] = []
        self.canned: deque[Answer] = deque()
        self._spent = spent

    def answer(self, operation: str, body: bytes, request: AWSPreparedRequest) -> Answer:
        started = time.thread_time_ns()
        if self.canned:
            return self.canned.popleft()
        answer = super().answer(operation, body, request)
        self.exchanges.append(Exchange(operation, body, answer))
        self._spent.stand_ins += time.thread_time_ns() - started
        return answer


class MeteredTransport(LocalTransport):
    """The local Stripe, noting its own time."""

    def __init__(self, core: Any, spent: Spent) -> None:
        super().__init__(core)
        self._spent = spent

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **options: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        started = time.thread_time_ns()
        try:
            return super().request(method, url, headers, post_data, **options)
        finally:
            self._spent.stand_ins += time.thread_time_ns() - started


@contextmanager
def hashing_noted(spent: Spent) -> Iterator[None]:
    """Note the time that password hashes take while this is open."""

    def noted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            started = time.thread_time_ns()
            try:
                return method(*arguments)
            finally:
                spent.hashing += time.thread_time_ns() - started

        return call

    with (
        mock.patch.object(Argon2Passwords, "verify", noted(Argon2Passwords.verify)),
        mock.patch.object(Argon2Passwords, "hash", noted(Argon2Passwords.hash)),
    ):
        yield


@dataclass
class Bare:
    """A bare botocore client, which makes the same calls with the same parameters against the recorded answers."""

    dynamo: MeteredDynamo
    _client: Any = field(init=False)

    def __post_init__(self) -> None:
        # As the product's own client, which leaves validation to pynamodb: the yardstick is the cheapest there is.
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1, "mode": "standard"})
        self._client = botocore.session.get_session().create_client("dynamodb", config=config)

    def replay(self, exchanges: list[Exchange]) -> int:
        """Make the calls again; return their CPU nanoseconds. Calls that were refused are left out."""
        good = [each for each in exchanges if each.answer[0] == 200]  # noqa: PLR2004 - HTTP
        calls = [(getattr(self._client, xform_name(each.operation)), json.loads(each.body)) for each in good]
        self.dynamo.canned.extend(each.answer for each in good)
        with collector_stopped():
            started = time.thread_time_ns()
            for call, parameters in calls:
                call(**parameters)
            return time.thread_time_ns() - started


@contextmanager
def collector_stopped() -> Iterator[None]:
    """Keep the garbage collector out of a measurement."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
