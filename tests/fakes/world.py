"""A whole marketplace in one process: the real services over the in-memory DynamoDB and the local Stripe.

Only what leaves the process is replaced; time stands still until a test moves it.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from functions.escrow.handler import run as run_escrow_task
from functions.escrow_clock.handler import tell
from infra.local.stripe import LocalStripe, LocalTransport
from marketplace.audit.invariants import check
from marketplace.audit.view import View
from marketplace.kit.settings import Settings
from marketplace.outbox.model import Event
from marketplace.outbox.store import event_from_image
from marketplace.payments.webhook import WebhookSecret
from marketplace.wiring import Services
from tests.fakes.collect import view_of
from tests.fakes.dynamo import MemoryDynamo, create_tables

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TABLE_PREFIX = "aval-local"
OPERATOR_EMAIL = "operator@aval.example"
WEBHOOK_SECRET = "whsec_local"  # noqa: S105 - the local Stripe's own
EVENTS_MAX = 2_000  # carried by one drain: more is a loop


class FrozenClock:
    """Time as a test sets it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **length: float) -> None:
        self.at += timedelta(**length)


class SeededIds:
    """Ids and secrets that are the same in every run."""

    def __init__(self) -> None:
        self._made = 0

    def new(self, prefix: str, at: datetime) -> str:
        self._made += 1
        return f"{prefix}_{self._made:026d}"

    def secret(self, size_bytes: int = 32) -> str:
        self._made += 1
        return hashlib.sha256(str(self._made).encode()).hexdigest()[:43]


@dataclass
class FakeQueues:
    """Queues as lists."""

    waiting: dict[str, deque[Event]] = field(default_factory=dict)

    def send(self, queue: str, event: Event) -> None:
        self.waiting.setdefault(queue, deque()).append(event)


@dataclass
class FakeExecutions:
    """The workflow service: an interpreter of the order clock's own protocol, one wait per order."""

    started: dict[str, str] = field(default_factory=dict)
    woken: deque[tuple[str, str]] = field(default_factory=deque)

    def start(self, name: str, order_id: str) -> None:
        if name not in self.started:
            self.started[name] = order_id
            self.woken.append((order_id, "tick"))

    def go_on(self, token: str) -> None:
        self.woken.append((token.split("/")[0], "tick"))

    def look_again(self, token: str) -> None:
        self.woken.append((token.split("/")[0], "tick"))


class World:
    """Everything a test needs to trade."""

    def __init__(self, dynamo: MemoryDynamo, **given: Any) -> None:
        self.clock = FrozenClock()
        self.ids = SeededIds()
        self.dynamo = dynamo
        self.queues = FakeQueues()
        self.executions = FakeExecutions()
        self.mails: list[Any] = []
        self.stripe = LocalStripe(clock=self.clock.now, seed=7)
        self.settings = Settings(
            table_prefix=TABLE_PREFIX,
            mail_from="hola@aval.example",
            public_url="https://aval.example",
            uploads_bucket="aval-uploads",
            operator_emails=frozenset({OPERATOR_EMAIL}),
        )
        self.given = given
        self.services = self.new_services()

    def new_services(self) -> Services:
        """Build the services again, as a fresh container would."""
        client = stripe.StripeClient("sk_test_local", http_client=LocalTransport(self.stripe))
        parts: dict[str, Any] = {
            "queues": self.queues,
            "executions": self.executions,
            "mailer": _Mailer(self.mails),
            "stripe_client": client,
            "webhook_secret": lambda: WebhookSecret((WEBHOOK_SECRET,), livemode=False),
        }
        return Services(self.settings, clock=self.clock, ids=self.ids, **(parts | self.given))

    def drain(self) -> None:
        """Deliver webhooks, relay the outbox, run every consumer and execution, until all is quiet."""
        for _round in range(EVENTS_MAX):
            if not (self._webhooks() | self._relay() | self._consume() | self._execute()):
                return
        raise AssertionError("the world does not come to rest")

    def sweep(self) -> Any:
        """Run the sweep once and drain what it caused."""
        swept = self.services.sweep.run()
        self.services.reviews.reveal_due(limit=50)
        self.drain()
        return swept

    def view(self) -> View:
        """Gather everything that the invariants look at."""
        return view_of(self.dynamo, self.stripe, TABLE_PREFIX, self.clock.now())

    def check(self) -> None:
        """Fail with every broken promise."""
        assert check(self.view()) == []
        self.stripe.audit()

    def _webhooks(self) -> bool:
        pending = bool(self.stripe.webhooks.pending())
        if pending:
            self.stripe.webhooks.flush(self._deliver)
        return pending

    def _deliver(self, raw: bytes, headers: dict[str, str]) -> int:
        signature = next(value for name, value in headers.items() if name.lower() == "stripe-signature")
        self.services.stripe_webhook.receive(raw, signature)
        return 200

    def _relay(self) -> bool:
        records = self.dynamo.take_stream(f"{TABLE_PREFIX}-outbox")
        for record in records:
            if record["eventName"] == "INSERT":
                self.services.relay.relay(event_from_image(record["dynamodb"]["NewImage"]))
        return bool(records)

    def _consume(self) -> bool:
        worked = False
        consumers = {
            "payments": lambda event: self.services.stripe_events.handle(event),
            "escrow": lambda event: tell(event, self.services),
            "fraud": lambda event: self.services.screening.screen(event),
            "notifications": lambda event: self.services.delivery.deliver(event),
        }
        for name, consume in consumers.items():
            waiting = self.queues.waiting.get(name, deque())
            while waiting:
                worked = True
                consume(waiting.popleft())
        return worked

    def _execute(self) -> bool:
        worked = bool(self.executions.woken)
        while self.executions.woken:
            order_id, task = self.executions.woken.popleft()
            at = run_escrow_task({"task": task, "order_id": order_id}, self.services)["at"]
            if at == "settling":
                run_escrow_task({"task": "settle", "order_id": order_id}, self.services)
            else:
                token = f"{order_id}/{at}"
                run_escrow_task({"task": "wait", "order_id": order_id, "waiting_in": at, "token": token}, self.services)
        return worked


@dataclass
class _Mailer:
    sent: list[Any]

    def send(self, mail: Any) -> None:
        self.sent.append(mail)


@contextmanager
def new_world(**given: Any) -> Iterator[World]:
    """Open a world of its own, with the real tables of infra/data.yaml."""
    with MemoryDynamo(clock=lambda: START.timestamp()).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        yield World(dynamo, **given)
