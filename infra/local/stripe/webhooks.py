"""Signed webhooks: a queue per endpoint, with the failings of a real network.

Nothing is sent from here: ``flush`` hands each due delivery to a callable, so a
test decides when and how events arrive. Modes and retries are repeatable for a
seed, and every wait is measured on the local Stripe's clock.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from infra.local.stripe.errors import Json

Mode = Literal[
    "in_order", "shuffled", "duplicated", "delayed", "dropped", "wrong_signature",
    "stale_timestamp",
]  # fmt: skip
MODES: tuple[str, ...] = get_args(Mode)
DEFAULT_SECRET = "whsec_local"  # noqa: S105 (a test secret, known to everyone)

#: Seconds until the next attempt; after the last gap the event is given up.
_GAPS = (60, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200)
_TAKEN = 2  # any 2xx
_LONGEST_DELAY = 600
_STALE = 3_600
#: A receiver that answers every event by causing another must not loop for ever.
_MOST_DELIVERIES = 100_000

Deliver = Callable[[bytes, dict[str, str]], int]
Send = Callable[["Endpoint", bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Endpoint:
    """Where events go. A ``connect`` endpoint hears of connected accounts only."""

    url: str = ""
    secret: str = DEFAULT_SECRET
    connect: bool = False
    events: tuple[str, ...] = ("*",)
    #: The secret being rotated out; both sign until it is dropped.
    old_secret: str | None = None

    def wants(self, event: Json) -> bool:
        """Tell whether an event is for this endpoint."""
        kinds = "*" in self.events or event["type"] in self.events
        return kinds and self.connect == ("account" in event)


@dataclass
class Delivery:
    """One event on its way to one endpoint."""

    number: int
    event_id: str
    event_type: str
    endpoint: int
    body: str
    due: int
    order: float
    attempts: int = 0
    status: int | None = None
    prepared: bool = False
    sending: bool = False

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver has taken it."""
        return self.status is not None and self.status // 100 == _TAKEN


DEFAULT_ENDPOINTS = (Endpoint(), Endpoint(connect=True))


class Webhooks:
    """The endpoints and what is on its way to them."""

    def __init__(self, endpoints: Iterable[Endpoint], seed: int, now: Callable[[], int]) -> None:
        self.endpoints = list(endpoints)
        self.modes: frozenset[str] = frozenset({"in_order"})
        self._seed = seed
        self._now = now
        self._lock = threading.RLock()
        self._queue: list[Delivery] = []
        self._made = 0
        #: Called when something was queued; the server wakes its courier by it.
        self.on_queued: Callable[[], None] = lambda: None

    def mode(self, *names: Mode) -> None:
        """Choose how deliveries misbehave from now on; several may be combined."""
        unknown = set(names) - set(MODES)
        if unknown:
            raise ValueError(f"no such mode: {sorted(unknown)}; one of {MODES}")
        self.modes = frozenset(names or ("in_order",))

    def listeners(self, event: Json) -> int:
        """Return how many endpoints an event goes to."""
        return sum(endpoint.wants(event) for endpoint in self.endpoints)

    def enqueue(self, event: Json) -> None:
        """Queue an event for every endpoint that wants it."""
        body = json.dumps(event, indent=2)
        with self._lock:
            for index, endpoint in enumerate(self.endpoints):
                if endpoint.wants(event):
                    self._add(event["id"], event["type"], index, body)
        self.on_queued()

    def pending(self) -> list[Delivery]:
        """Return what has not been taken yet, in order of creation."""
        with self._lock:
            return list(self._queue)

    def flush(self, deliver: Deliver, *, connect: bool | None = None) -> list[Delivery]:
        """Deliver everything due, including what the receiver causes meanwhile.

        ``connect`` limits the flush to one sort of endpoint.
        """
        return self.run(lambda _endpoint, raw, headers: deliver(raw, headers), connect)

    def run(self, send: Send, connect: bool | None = None) -> list[Delivery]:
        """Attempt every due delivery once or more; return the attempts made."""
        attempted: list[Delivery] = []
        while len(attempted) < _MOST_DELIVERIES:
            delivery = self._take(connect)
            if delivery is None:
                break
            status: int | None = None
            try:
                status = self._attempt(delivery, send)
            finally:
                # Also when the receiver raises: its delivery must stay queued.
                self._settle(delivery, status)
            attempted.append(delivery)
        return attempted

    def redeliver(self, event: Json) -> None:
        """Send an event again, as the dashboard's resend button does."""
        self.enqueue(event)

    def dump(self) -> Json:
        """Return the queue as JSON values; endpoints come from configuration."""
        with self._lock:
            queue = [asdict(delivery) for delivery in self._queue]
            return {"made": self._made, "queue": queue, "modes": sorted(self.modes)}

    def load(self, saved: Json) -> None:
        """Take up what ``dump`` gave."""
        self._made = saved["made"]
        self.modes = frozenset(saved["modes"])
        rows = [row | {"sending": False} for row in saved["queue"]]
        # Fewer endpoints may be configured than when the state was saved.
        known = range(len(self.endpoints))
        self._queue = [Delivery(**row) for row in rows if row["endpoint"] in known]

    def _add(self, event_id: str, kind: str, endpoint: int, body: str) -> Delivery:
        self._made += 1
        number = self._made
        delivery = Delivery(number, event_id, kind, endpoint, body, self._now(), float(number))
        self._queue.append(delivery)
        return delivery

    def _take(self, connect: bool | None) -> Delivery | None:
        """Return the next due delivery, marked so that no other thread sends it."""
        now = self._now()
        with self._lock:
            ready = [d for d in self._queue if not d.sending and d.due <= now]
            ready = [d for d in ready if connect in (None, self._of(d).connect)]
            for delivery in ready:
                if not delivery.prepared:
                    self._prepare(delivery)
            ready = [d for d in ready if d.due <= now]
            chosen = min(ready, key=lambda d: d.order, default=None)
            if chosen:
                chosen.sending = True
            return chosen

    def _prepare(self, delivery: Delivery) -> None:
        """Apply the chosen modes to a delivery nobody has tried yet."""
        delivery.prepared = True
        if "duplicated" in self.modes:
            twin = self._add(delivery.event_id, delivery.event_type, delivery.endpoint, delivery.body)
            twin.prepared = True
            # Half a step behind: after its original, before the next event.
            twin.order = delivery.order + 0.5
            self._disturb(twin)
        self._disturb(delivery)

    def _disturb(self, delivery: Delivery) -> None:
        if "shuffled" in self.modes:
            delivery.order = self._chance(delivery.number)
        if "delayed" in self.modes:
            delivery.due += int(self._chance(-delivery.number) * _LONGEST_DELAY)

    def _chance(self, number: int) -> float:
        """Return a number in [0, 1) that depends on the seed and nothing else."""
        digest = hashlib.sha256(f"{self._seed}:{number}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def _attempt(self, delivery: Delivery, send: Send) -> int | None:
        endpoint, first = self._of(delivery), delivery.attempts == 0
        if first and "dropped" in self.modes:
            return None
        moment = self._now()
        if first and "stale_timestamp" in self.modes:
            moment -= _STALE
        secrets = [endpoint.secret, *filter(None, [endpoint.old_secret])]
        if first and "wrong_signature" in self.modes:
            secrets = ["whsec_somebody_else"]
        raw = delivery.body.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(raw, secrets, moment),
            "User-Agent": "Stripe/1.0 (+local)",
        }
        try:
            return send(endpoint, raw, headers)
        except OSError:
            return None

    def _settle(self, delivery: Delivery, status: int | None) -> None:
        with self._lock:
            delivery.sending = False
            delivery.attempts += 1
            delivery.status = status
            if delivery.delivered or delivery.attempts > len(_GAPS):
                self._queue.remove(delivery)
            else:
                delivery.due = self._now() + _GAPS[delivery.attempts - 1]

    def _of(self, delivery: Delivery) -> Endpoint:
        return self.endpoints[delivery.endpoint]


def sign(raw: bytes, secrets: Iterable[str], moment: int) -> str:
    """Return the ``Stripe-Signature`` header of a body, one ``v1`` per secret."""
    signed = f"{moment}.".encode() + raw
    marks = ["v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *marks])
