"""A marketplace whose every function runs through its own handler, with the events AWS would send, and is metered."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.meter import Bare, Invocation, MeteredDynamo, MeteredTransport, Spent, collector_stopped, hashing_noted
from functions.escrow_clock.handler import tell as tell_clock
from functions.fraud_screening.handler import screen
from functions.notification_delivery.handler import tell as tell_people
from functions.outbox_relay.handler import carry, event_of_record
from functions.payment_events.handler import follow
from functions.payout_run.handler import run as run_payouts
from functions.payout_run.handler import watch as watch_payouts
from infra.local.stripe import LocalTransport
from marketplace.accounts.model import Session, digest, session_token
from marketplace.messaging.queues import message_of
from marketplace.orders.process import LATEST
from marketplace.outbox.model import Event
from marketplace.payouts.schedule import Calendar
from marketplace.web.consumers import Handle, queue_consumer, stream_consumer
from tests.fakes.dynamo import create_tables
from tests.fakes.http import Api, Context, Reply
from tests.fakes.world import START, TABLE_PREFIX, World

OUTBOX_TABLE = f"{TABLE_PREFIX}-outbox"
OFTEN = Calendar(every=timedelta(seconds=1))  # each round of the story pays out what it earned
ROUNDS_MAX = 1_000  # of deliveries: more is a loop
CONSUMERS: Mapping[str, tuple[str, Handle[Any]]] = {
    "payments": ("payment_events", follow),
    "escrow": ("escrow_clock", tell_clock),
    "fraud": ("fraud_screening", screen),
    "notifications": ("notification_delivery", tell_people),
}


@dataclass(frozen=True, slots=True)
class Done:
    """One operation: the request somebody waits for, where there is one, and what follows by itself."""

    operation: str
    request: tuple[Invocation, ...]
    afterwards: tuple[Invocation, ...]
    request_transitions: int
    transitions: int


class Stage(World):
    """A world in which `drain` runs the deployed functions, each queue message and stream batch an invocation.

    `timed` adds CPU times to each invocation, at the price of playing its calls back.
    """

    def __init__(self, dynamo: MeteredDynamo, spent: Spent, **given: Any) -> None:
        self.invocations: list[Invocation] = []
        self.timed = False
        self.metered = dynamo
        self.spent = spent
        super().__init__(dynamo, process_version=LATEST, **given)
        self.api = Api(self.services)
        metered: Any = {name: _MeteredApp(self, name, app) for name, app in self.api.apps.items()}
        self.api.apps = metered
        self._bare = Bare(dynamo)
        self._relay_handler = stream_consumer("outbox_relay", event_of_record, carry, services=self._live)
        self._handlers = {
            queue: (name, queue_consumer(name, handle, services=self._live))
            for queue, (name, handle) in CONSUMERS.items()
        }

    def invoke(self, function: str, trigger: str, run: Callable[[], Any]) -> Any:
        """Run one function and note what it did."""
        calls, stripe_calls = len(self.metered.calls), len(self.stripe.requests)
        messages, mails = self.queues.sent.total(), len(self.mails)
        self.metered.exchanges.clear()
        self.spent.stand_ins = self.spent.hashing = 0
        with collector_stopped():
            started = time.thread_time_ns()
            result = run()
            spent_ns = time.thread_time_ns() - started
        handler_ns = spent_ns - self.spent.stand_ins - self.spent.hashing
        hashing_ns = self.spent.hashing
        self.invocations.append(
            Invocation(
                function,
                trigger,
                tuple(self.metered.calls[calls:]),
                len(self.stripe.requests) - stripe_calls,
                self.queues.sent.total() - messages,
                len(self.mails) - mails,
                handler_ns,
                self._bare.replay(self.metered.exchanges) if self.timed else 0,
                hashing_ns,
            )
        )
        return result

    def drain(self) -> None:
        """Deliver webhooks, relay the outbox, run every consumer and execution, until all is quiet."""
        for _round in range(ROUNDS_MAX):
            if not (self._receive_webhooks() | self._relay_outbox() | self._work_queues() | self._execute()):
                return
        raise AssertionError("the stage does not come to rest")

    def pay_out(self) -> dict[str, int]:
        """Do what the schedule of payouts starts."""

        def scheduled() -> dict[str, int]:
            try:
                return run_payouts(self.services)
            finally:
                watch_payouts(self.services)

        done: dict[str, int] = self.invoke("payout_run", "schedule", scheduled)
        return done

    def lived(self, operation: str, act: Callable[[], Any], *, then: bool = True, timed: bool = False) -> Done:
        """Do something, deliver what follows from it unless `then` is False, and say what both took."""
        noted, before, entered = self.invocations, len(self.invocations), self.transitions
        self.timed = timed
        act()
        asked, early = len(noted), self.transitions - entered
        if then:
            self.drain()
        self.timed = False
        return Done(operation, tuple(noted[before:asked]), tuple(noted[asked:]), early, self.transitions - entered)

    def token(self, account_id: str, *, factor: bool = False) -> str:
        """Open a session without the price of a password; with a `factor`, as one that just showed it."""
        now, secret = self.clock.now(), self.ids.secret()
        ends, shown = now + timedelta(days=1), now if factor else None
        session = Session(account_id, digest(secret), 0, "bench", now, now, ends, factor_at=shown)
        self.services.transactions.commit([self.services.account_store.open_session(session)])
        return session_token(account_id, secret)

    @property
    def transitions(self) -> int:
        """How many states executions of the generated definition have entered so far."""
        return sum(execution.transitions for execution in self.executions.machine.executions.values())

    def _live(self) -> Any:
        return self.services

    def _transport(self, transport: LocalTransport) -> LocalTransport:  # noqa: ARG002 - the inner one is made anew
        return MeteredTransport(self.stripe, self.spent)

    def _receive_webhooks(self) -> bool:
        def deliver(raw: bytes, headers: dict[str, str]) -> int:
            return self.api.post("/webhooks/stripe", raw, headers=headers).status

        return bool(self.stripe.webhooks.flush(deliver))

    def _relay_outbox(self) -> bool:
        """One batch for what one transaction wrote: in quiet hours the stream sees no more at a time."""
        records = self.metered.take_stream(OUTBOX_TABLE)
        if records:
            self._deliver("outbox_relay", "stream", self._relay_handler, records)
        return bool(records)

    def _work_queues(self) -> bool:
        worked = [self._work(name, handler, self.queues.of(queue)) for queue, (name, handler) in self._handlers.items()]
        return any(worked)

    def _work(self, name: str, handler: Callable[..., Any], waiting: deque[Event]) -> bool:
        worked = bool(waiting)
        while waiting:  # one message an invocation: the most that it can cost
            event = waiting.popleft()
            self._deliver(name, "queue", handler, [{"messageId": event.event_id, "body": message_of(event)}])
        return worked

    def _deliver(self, name: str, trigger: str, handler: Callable[..., Any], records: list[Any]) -> None:
        answer = self.invoke(name, trigger, lambda: handler({"Records": records}, Context()))
        assert answer == {"batchItemFailures": []}, f"{name} failed: {answer}"

    def _task(self, payload: dict[str, str]) -> dict[str, str]:
        task = super()._task
        answer: dict[str, str] = self.invoke("escrow", "workflow", lambda: task(payload))
        return answer


class _MeteredApp:
    """A function's Chalice app, each of whose calls is an invocation."""

    def __init__(self, stage: Stage, name: str, app: Any) -> None:
        self._stage = stage
        self._name = name
        self._app = app
        self.mounted = app.mounted
        self.app_name = app.app_name

    def __call__(self, event: Any, context: Any) -> Any:
        return self._stage.invoke(self._name, "api", lambda: self._app(event, context))


def answered(reply: Reply, status: int = 200) -> Any:
    """Return the body of an answer that must have gone well."""
    assert reply.status == status, f"{reply.status}: {reply.text}"
    return reply.json


@contextmanager
def new_stage(**given: Any) -> Iterator[Stage]:
    """Open a marketplace of its own, with the real tables of infra/data.yaml; `given` are parts of its services."""
    times, spent = [START.timestamp()], Spent()
    dynamo = MeteredDynamo(lambda: times[0], spent)
    with dynamo.installed(), hashing_noted(spent):
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        stage = Stage(dynamo, spent, **given)
        stage.clock.watched_by(lambda at: times.__setitem__(0, at.timestamp()))
        yield stage
