"""A whole marketplace in one process: the real services over the in-memory DynamoDB and the local Stripe.

Only what leaves the process is replaced; time stands still until a test moves it.
"""

import hashlib
import pickle
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import stripe

from functions.escrow.handler import run as run_escrow_task
from functions.escrow_clock.handler import tell
from infra.local.stripe import LocalStripe, LocalTransport
from marketplace.audit.invariants import check, ledger_only_grew
from marketplace.audit.placements import placements_stand
from marketplace.audit.view import View, Violation
from marketplace.kit.errors import DomainError, Unavailable
from marketplace.kit.settings import Settings
from marketplace.notifications.ports import MailNotSent, MailOutcomeUnknown
from marketplace.orders import asl
from marketplace.orders.asl import MOVED
from marketplace.outbox.model import Event
from marketplace.outbox.store import event_from_image
from marketplace.payments.webhook import WebhookSecret
from marketplace.storage.transaction import DynamoTransactions
from marketplace.wiring import Services
from tests.fakes.asl import StateMachine, TaskError
from tests.fakes.collect import Lasting, lasting_of, view_of
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.faults import Crash, Faults, raising
from tests.fakes.faults_stripe import FaultyTransport
from tests.fakes.signing import LocalSigner
from tests.fakes.vault import CountedBytes, FakeKms, FixedBlindKeys

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TABLE_PREFIX = "aval-local"
ADMIN_EMAIL = "admin@aval.example"
WEBHOOK_SECRET = "whsec_local"  # the local Stripe's own
CARRIER_SECRETS = {"correos": "local-carrier-secret", "dhl": "local-dhl-token"}
EVENTS_MAX = 2_000  # carried by one drain: more is a loop
FAILURES_MAX = 20  # of deliveries, before a test is told
CONSUMED = ("payments", "escrow", "fraud", "notifications")  # queues in the order of their turns
MISTAKES = (TypeError, AttributeError, NameError, LookupError)
START_OF_DRAIN, END_OF_DRAIN = -1, -2


class FrozenClock:
    """Time as a test sets it."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at
        self._watch: Callable[[datetime], None] = lambda _at: None

    def watched_by(self, watch: "Callable[[datetime], None]") -> None:
        self._watch = watch

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at
        self._watch(at)

    def advance(self, **length: float) -> None:
        self.set(self._at + timedelta(**length))


class SeededIds:
    """Ids and secrets that are the same in every run."""

    OF_A_PROCESS = 1_000_000  # ids at most, between two leaps

    def __init__(self, leaps: int = 0) -> None:
        self._made = leaps * self.OF_A_PROCESS

    def go_beyond(self, made: int) -> None:
        """Draw nothing again that had been drawn by then, nor since."""
        self._made = max(self._made, made)

    @property
    def leaps(self) -> int:
        return self._made // self.OF_A_PROCESS

    def leap(self) -> None:
        """Go on with ids that do not say how many were drawn before, as a new process would; they still only grow."""
        self._made = (self._made // self.OF_A_PROCESS + 1) * self.OF_A_PROCESS

    def new(self, prefix: str, at: datetime) -> str:
        self._made += 1
        return f"{prefix}_{self._made:026d}"

    def secret(self, size_bytes: int = 32) -> str:
        self._made += 1
        return hashlib.sha256(str(self._made).encode()).hexdigest()[:43]


@dataclass
class FakeQueues:
    """Queues as lists, and a count of what was sent on each."""

    waiting: dict[str, deque[Event]] = field(default_factory=dict)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)  # by (queue, event id)

    def send(self, queue: str, event: Event) -> None:
        self.sent[queue, event.event_id] += 1
        self.of(queue).append(event)

    def of(self, queue: str) -> deque[Event]:
        return self.waiting.setdefault(queue, deque())


class FakeExecutions:
    """The workflow service: the product's own definition, run on the test's clock (asl.py)."""

    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine

    def start(self, name: str, order_id: str, seconds: int) -> None:
        self.machine.start(name, {"order_id": order_id, "clock": {"seconds": seconds}})

    def go_on(self, token: str, seconds: int) -> None:
        self.machine.succeed(token, {"seconds": seconds})

    def look_again(self, token: str) -> None:
        self.machine.fail(token, MOVED)


class World:
    """Everything a test needs to trade."""

    def __init__(
        self,
        dynamo: MemoryDynamo,
        *,
        faults: Faults | None = None,
        made_of: type[Services] = Services,
        vat_country: str = "",
        **given: Any,
    ) -> None:
        self.faults = faults
        self._made_of = made_of
        self.clock = FrozenClock()
        self.ids = SeededIds()
        self.dynamo = dynamo
        self.queues = FakeQueues()
        self.mails: list[Any] = []
        self.alarms: list[tuple[str, dict[str, str]]] = []
        self.kms = FakeKms()
        self.blind_keys = FixedBlindKeys()
        self.stripe = LocalStripe(clock=self.clock.now, seed=7)
        self.settings = Settings(
            table_prefix=TABLE_PREFIX,
            mail_from="hola@aval.example",
            public_url="https://aval.example",
            uploads_bucket="aval-uploads",
            vat_country=vat_country,
            admin_emails=frozenset({ADMIN_EMAIL}),
        )
        self.executions = FakeExecutions(self._machine())
        # Orders are placed as production places them; a test about an earlier process says so (place_under).
        self.given: dict[str, Any] = dict(given)
        self.records: deque[Any] = deque()  # read from the outbox's stream, not carried yet
        self._at = 0  # whose turn it is in a drain
        self._tell: Callable[[int], None] | None = None
        self._before = Lasting()
        self.mistakes: list[str] = []  # of the code itself, at which somebody's work died
        self._failed = 0
        self.services = self.new_services()

    def new_services(self, process: int | None = None) -> Services:
        """Build the services again, as a fresh container would; processes of a number draw ids of their own."""
        ids, random_bytes = self.ids, self.kms.random_bytes
        if process is not None:
            ids, random_bytes = SeededIds(self.ids.leaps + process), CountedBytes(self.ids.leaps + process)
        transport = self._transport(_Hurried(self.stripe))
        client = stripe.StripeClient("sk_test_local", http_client=transport, max_network_retries=1)  # as wiring has it
        parts: dict[str, Any] = {
            "queues": self._guarded(self.queues, "sqs"),
            "executions": self._guarded(self.executions, "states"),
            "alarm": lambda message, facts: self.alarms.append((message, dict(facts))),
            "mailer": self._guarded(_Mailer(self.mails), "ses", MailOutcomeUnknown, MailNotSent),
            "transactions": DynamoTransactions(pause=lambda _seconds: None),
            "stripe_client": client,
            "signer": self._guarded(LocalSigner(), "kms"),
            "webhook_secret": self._guarded(_Secrets(), "secretsmanager").webhook_secret,
            "carrier_secrets": self._guarded(_CarrierSecrets(), "secretsmanager"),
            "key_wrapping": self._guarded(self.kms, "kms"),
            "blind_keys": self.blind_keys,
            "random_bytes": random_bytes,
            "pause": lambda _seconds: None,
        }
        parts = {name: part for name, part in parts.items() if name not in vars(self._made_of)}  # it brings its own
        return self._made_of(self.settings, clock=self.clock, ids=ids, **(parts | self.given))

    def snapshot(self) -> "Moment":
        """Keep everything that lies outside the process: tables, streams, Stripe, queues, executions, time."""
        waiting = {name: tuple(events) for name, events in self.queues.waiting.items()}
        executions = pickle.dumps(self.executions.machine.snapshot())
        stripe_state = pickle.dumps(self.stripe.dump())
        outside = (waiting, Counter(self.queues.sent), tuple(self.mails), tuple(self.records))
        drawn = (self.ids._made, self.kms.random_bytes._made)
        alarms = tuple(self.alarms)
        return Moment(self.dynamo.snapshot(), stripe_state, *outside, executions, self.clock.now(), alarms, drawn)

    def restore(self, moment: "Moment") -> None:
        """Go back to a moment, with a fresh process."""
        self.dynamo.restore(moment.dynamo)
        self.stripe = LocalStripe(clock=self.clock.now, seed=7)
        self.stripe.load(pickle.loads(moment.stripe))  # noqa: S301 - our own, of a moment ago
        self.queues.waiting.clear()
        self.queues.waiting.update({name: deque(events) for name, events in moment.waiting.items()})
        self.queues.sent = Counter(moment.sent)
        self.mails[:] = moment.mails
        self.alarms[:] = moment.alarms
        self.ids.go_beyond(moment.drawn[0])
        self.kms.random_bytes.go_beyond(moment.drawn[1])
        self.records = deque(moment.records)
        self.executions.machine.restore(pickle.loads(moment.executions))  # noqa: S301
        self.clock.set(moment.at)
        self._before = lasting_of(self.dynamo, TABLE_PREFIX)
        self.mistakes.clear()
        self.restart()

    def restart(self) -> None:
        """Lose everything in memory, as a crash does."""
        self._failed = 0
        self.services = self.new_services()

    def place_under(self, version: int) -> None:
        """From now on place new orders under this version of their process, as a deployment would."""
        self.given["process_version"] = version
        self.restart()

    def stripe_client(self) -> stripe.StripeClient:
        """Speak to Stripe as somebody else than the marketplace: no fault of a test touches it."""
        return stripe.StripeClient("sk_test_local", http_client=LocalTransport(self.stripe))

    def _transport(self, transport: LocalTransport) -> LocalTransport:
        return FaultyTransport(self.faults, transport) if self.faults else transport  # type: ignore[return-value]

    def _guarded(
        self, target: Any, name: str, timeout: type[Exception] = Unavailable, refused: type[Exception] = Unavailable
    ) -> Any:
        if self.faults is None:
            return target
        return self.faults.guard(target, name, timeout=timeout, refuse=raising(refused))

    def drain(self, *, going_on_at: int = 0) -> None:
        """Deliver webhooks, relay the outbox, run every consumer and execution, until all is quiet.

        `going_on_at` is a turn that `watch_turns` told of: from there a drain goes on as if it had never stopped.
        """
        self._turn(START_OF_DRAIN)
        turns = (self._webhooks, self._relay, *(partial(self._consume_from, each) for each in CONSUMED), self._execute)
        worked = going_on_at > 0
        for round_ in range(EVENTS_MAX):
            for number, work in enumerate(turns):
                if round_ > 0 or number >= going_on_at:
                    self._at = number
                    self._turn(number)
                    worked = work() or worked
            if not worked:
                self._turn(END_OF_DRAIN)
                return
            worked = False
        raise AssertionError("the world does not come to rest")

    def watch_turns(self, tell: "Callable[[int], None] | None") -> None:
        """Tell before each piece of work of a drain (and at its start and end) whose turn it is."""
        self._tell = tell
        self.executions.machine.before_step = lambda: self._turn(self._at)

    def _turn(self, number: int) -> None:
        if self._tell is not None:
            self._tell(number)

    def sweep(self) -> Any:
        """Run the sweep once and drain what it caused."""
        swept = self.services.sweep.run()
        self.services.payout_run.run()
        self.services.bank_cases.tend()
        self.services.reviews.reveal_due(limit=50)
        self.services.withdrawal_matching.run(limit=50)
        self.services.return_clock.run(limit=50)
        self.services.appeals.run(limit=20)
        self.drain()
        return swept

    def view(self) -> View:
        """Gather everything that the invariants look at."""
        return view_of(self.dynamo, self.stripe, TABLE_PREFIX, self.clock.now())

    def check(self) -> None:
        """Fail with every broken promise."""
        assert [*check(self.view()), *self.changed()] == []
        self.stripe.audit()

    def changed(self) -> list[Violation]:
        """Say what changed, since the last look or since a moment was restored, of what may only be added to."""
        before, self._before = self._before, lasting_of(self.dynamo, TABLE_PREFIX)
        grew = ledger_only_grew(before.ledger, self._before.ledger)
        return [*grew, *placements_stand(before.orders, self._before.orders)]

    def _webhooks(self) -> bool:
        died: list[Crash] = []

        def deliver(raw: bytes, headers: dict[str, str]) -> int:
            signature = next(value for name, value in headers.items() if name.lower() == "stripe-signature")
            try:
                self.services.stripe_webhook.receive(raw, signature)
            except Crash as crash:
                died.append(crash)
                return 502
            except DomainError:
                return 503
            return 200

        attempted = self.stripe.webhooks.flush(deliver)  # what is due; a refused one comes again later
        if died:
            raise died[0]
        return bool(attempted)

    def _relay(self) -> bool:
        self.records.extend(self.dynamo.take_stream(f"{TABLE_PREFIX}-outbox"))

        def carry(record: Any) -> None:
            if record["eventName"] == "INSERT":
                self.services.relay.relay(event_from_image(record["dynamodb"]["NewImage"]))

        return self._work_off(self.records, carry)

    def _consume(self) -> bool:
        worked = [self._consume_from(name) for name in CONSUMED]
        return any(worked)

    def _consume_from(self, queue: str) -> bool:
        consumers: dict[str, Callable[[Event], object]] = {
            "payments": self.services.stripe_events.handle,
            "escrow": lambda event: tell(event, self.services),
            "fraud": self.services.screening.screen,
            "notifications": self.services.delivery.deliver,
        }
        return self._work_off(self.queues.of(queue), consumers[queue])

    def _machine(self) -> StateMachine:
        return StateMachine(asl.definition(), self._task, self.clock.now)

    def _execute(self) -> bool:
        return self.executions.machine.run()

    def _task(self, payload: dict[str, str]) -> dict[str, str]:
        """Run a task of the state machine: a refusal is the machine's to retry, our own mistake the test's to see."""
        try:
            return run_escrow_task(payload, self.services)
        except DomainError as error:
            raise TaskError(type(error).__name__) from error
        except Exception as error:
            if self.faults is None:
                raise
            self._note(error)
            raise TaskError(type(error).__name__) from error

    def _note(self, error: Exception) -> None:
        """Keep what no fault outside can have caused: it would come again, and look like a fault each time."""
        if isinstance(error, MISTAKES):
            self.mistakes.append(repr(error))

    def _work_off(self, waiting: deque[Any], work: Callable[[Any], object]) -> bool:
        """Hand over one after the other; what fails stays, as in a queue, and comes again after the others."""
        for _ in range(len(waiting) + EVENTS_MAX):
            if not waiting:
                return _ > 0
            self._turn(self._at)
            try:
                work(waiting[0])
            except Exception as error:
                self._note(error)
                self._failed += 1
                if self.faults is None or self._failed > FAILURES_MAX:
                    raise
                waiting.rotate(-1)
            else:
                waiting.popleft()
        raise AssertionError("a queue does not come to rest")


@dataclass(frozen=True)
class Moment:
    """A world's outside at one time."""

    dynamo: Any
    stripe: bytes  # pickled: several times cheaper to come back to than a deep copy
    waiting: dict[str, tuple[Event, ...]]
    sent: Counter[tuple[str, str]]
    mails: tuple[Any, ...]
    records: tuple[Any, ...]
    executions: bytes
    at: datetime
    alarms: tuple[Any, ...]
    drawn: tuple[int, int]  # ids, and pieces of randomness


class _Hurried(LocalTransport):
    """The local Stripe, whose client repeats a failed call at once."""

    def _sleep_time_seconds(self, *_args: Any, **_given: Any) -> float:
        return 0.0


@dataclass
class _Mailer:
    sent: list[Any]

    def send(self, mail: Any) -> None:
        self.sent.append(mail)


class _Secrets:
    """Holds what verifies the local Stripe; every look is a call, as in a container that has just started."""

    def webhook_secret(self) -> WebhookSecret:
        return WebhookSecret((WEBHOOK_SECRET,), livemode=False)


class _CarrierSecrets:
    def of(self, carrier: str) -> tuple[str, ...]:
        return tuple(filter(None, [CARRIER_SECRETS.get(carrier, "")]))


@contextmanager
def new_world(faults: Faults | None = None, **given: Any) -> Iterator[World]:
    """Open a world of its own, with the real tables of infra/data.yaml."""
    times = [START.timestamp()]
    with MemoryDynamo(clock=lambda: times[0], boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        world = World(dynamo, faults=faults, **given)
        world.clock.watched_by(lambda at: times.__setitem__(0, at.timestamp()))
        yield world
