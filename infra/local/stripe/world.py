"""Everything an operation works on: objects, money, time, and what happened."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from infra.local.stripe.books import Books
from infra.local.stripe.copying import copied
from infra.local.stripe.errors import Json, bad_reference, missing
from infra.local.stripe.money import Terms
from infra.local.stripe.store import PLATFORM, Record, Store

API_VERSION = "2026-10-28.endive"
DAY = 86_400

Clock = Callable[[], datetime]
TimerKind = Literal["settle", "lapse", "hand_over", "arrive", "top_up", "redact"]


def system_clock() -> datetime:
    """Return the machine's time; tests give a clock of their own."""
    return datetime.now(UTC)


class World:
    """State and time, shared by every operation; guarded by the caller's lock."""

    def __init__(self, clock: Clock, seed: int, terms: Terms, base_url: str) -> None:
        self._clock = clock
        self.skipped = timedelta()
        self.terms = terms
        self.base_url = base_url
        self.store = Store(seed)
        self.books = Books(self.store)
        #: Events of the running operation, not yet seen by anyone.
        self.outbox: list[Json] = []
        #: Who asked: the request id and idempotency key that events carry.
        self.asked_by: Json = {"id": None, "idempotency_key": None}
        self.pending_webhooks: Callable[[Json], int] = lambda _event: 0
        self._timers: list[tuple[int, str, TimerKind]] = []

    def moment(self) -> datetime:
        """Return the clock's time plus whatever was skipped."""
        return self._clock() + self.skipped

    def now(self) -> int:
        """Return the time in whole seconds, as every object shows it."""
        return int(self.moment().timestamp())

    def add(
        self,
        kind: str,
        data: Json,
        *,
        owner: str = PLATFORM,
        hidden: Json | None = None,
    ) -> Json:
        """Store a new object and return it."""
        self.store.add(Record(data["id"], kind, owner, data, hidden or {}))
        return data

    def get(self, kind: str, identifier: str, owner: str | None, param: str) -> Record:
        """Return an object named by the path; 404 when the caller has none such."""
        record = self.store.find(kind, identifier, owner)
        if record is None:
            raise missing(_noun(kind), identifier, param)
        return record

    def refer(self, kind: str, identifier: str, owner: str | None, param: str) -> Record:
        """Return an object named by a parameter; 400 when there is none such."""
        record = self.store.find(kind, identifier, owner)
        if record is None:
            raise bad_reference(_noun(kind), identifier, param)
        return record

    def edit(self, identifier: str) -> Json:
        """Return an object for changing."""
        return self.store.edit(identifier).data

    def emit(self, kind: str, subject: Json, *, owner: str = PLATFORM) -> None:
        """Record that something happened, with the object as it is at this point."""
        event: Json = {
            "id": self.store.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": copied(subject)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.asked_by),
            "type": kind,
        }
        if owner != PLATFORM:
            event["account"] = owner
        if kind.endswith(".updated"):
            event["data"]["previous_attributes"] = self._previous(subject)
        event["pending_webhooks"] = self.pending_webhooks(event)
        self.add("event", event, owner=owner)
        self.outbox.append(event)

    def at(self, due: int, kind: TimerKind, identifier: str) -> None:
        """Ask for something to happen to an object once the clock gets there."""
        heapq.heappush(self._timers, (due, identifier, kind))

    def due(self) -> list[tuple[int, str, TimerKind]]:
        """Take the timers whose moment has come, earliest first."""
        ready = []
        while self._timers and self._timers[0][0] <= self.now():
            ready.append(heapq.heappop(self._timers))
        return ready

    def commit(self) -> list[Json]:
        """Keep the operation's work and return its events."""
        self.books.check()
        self.store.commit()
        self.books.commit()
        events, self.outbox = self.outbox, []
        return events

    def rollback(self) -> None:
        """Undo the operation's work. Its timers find nothing and do nothing."""
        self.store.rollback()
        self.books.rollback()
        self.outbox = []

    def dump(self) -> Json:
        """Return everything as JSON values."""
        return {
            "store": self.store.dump(),
            "ledger": self.books.ledger.dump(),
            "timers": [list(timer) for timer in self._timers],
            "skipped": self.skipped.total_seconds(),
        }

    def load(self, saved: Json) -> None:
        """Take up what ``dump`` gave."""
        self.store.load(saved["store"])
        self.books.load(saved["ledger"])
        self._timers = [(due, name, kind) for due, name, kind in saved["timers"]]
        self.skipped = timedelta(seconds=saved["skipped"])

    def _previous(self, subject: Json) -> Json:
        before = self.store.original(subject.get("id", "")) or subject
        return {name: copied(before.get(name)) for name in subject if before.get(name) != subject[name]}


def _noun(kind: str) -> str:
    # Stripe's own messages name payment methods this way and the rest in snake case.
    return "PaymentMethod" if kind == "payment_method" else kind
