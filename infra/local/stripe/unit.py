"""One unit of work: under the lock, at the right time, all of it or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from infra.local.stripe.errors import Json, StripeError
from infra.local.stripe.resources import balances, identity, intent_flow, payouts, topups
from infra.local.stripe.webhooks import Webhooks
from infra.local.stripe.world import TimerKind, World


class Check(Protocol):
    """Compares what passes with an outside description of the API."""

    def request(self, method: str, template: str, params: Json) -> None:
        """Raise when an accepted request is not one the API would take."""

    def response(self, method: str, template: str, status: int, body: Json) -> None:
        """Raise when an answer is not one the API would give."""

    def event(self, event: Json) -> None:
        """Raise when an event is not one the API would send."""


class Workplace:
    """Where work on the world is done, one unit at a time."""

    def __init__(self, world: World, webhooks: Webhooks, check: Check | None) -> None:
        self.world = world
        self.webhooks = webhooks
        self.check = check
        self._lock = threading.RLock()
        #: Called after every commit; the server saves its state by it.
        self.on_commit: Callable[[], None] = lambda: None

    @contextmanager
    def unit(self, request_id: str | None = None, key: str | None = None) -> Iterator[None]:
        """Do work that is kept as a whole, or undone when it fails.

        Before it, everything the clock has brought due is done. A declined card is
        a failure whose traces stay.
        """
        with self._lock:
            self._tick()
            with self._undoing(request_id, key):
                yield

    @contextmanager
    def reading(self) -> Iterator[World]:
        """Look at the world while nobody changes it."""
        with self._lock:
            self._tick()
            yield self.world

    @contextmanager
    def _undoing(self, request_id: str | None, key: str | None) -> Iterator[None]:
        self.world.asked_by = {"id": request_id, "idempotency_key": key}
        try:
            yield
        except StripeError as error:
            self._finish(keep=error.commits)
            raise
        except BaseException:
            self._finish(keep=False)
            raise
        self._finish(keep=True)

    def _finish(self, *, keep: bool) -> None:
        if not keep:
            self.world.rollback()
            return
        events = self.world.commit()
        for event in events:
            if self.check:
                self.check.event(event)
            self.webhooks.enqueue(event)
        self.on_commit()

    def _tick(self) -> None:
        due = self.world.due()
        if not due:
            return
        with self._undoing(None, None):
            settled = set()
            for _, identifier, kind in due:
                settled |= _ring(self.world, kind, identifier)
            for owner in sorted(settled):
                balance = balances.balance_object(self.world, owner)
                self.world.emit("balance.available", balance, owner=owner)


def _ring(world: World, kind: TimerKind, identifier: str) -> set[str]:
    """Do what a timer asks for; return whose balance became available."""
    if kind == "settle" and world.books.settle(identifier):
        record = world.store.any(identifier)
        return {record.owner} if record else set()
    if kind == "lapse":
        _lapse(world, identifier)
    if kind == "hand_over":
        payouts.hand_over(world, identifier)
    if kind == "arrive":
        payouts.arrive(world, identifier)
    if kind == "top_up":
        topups.arrive(world, identifier)
    if kind == "redact":
        identity.finish_redaction(world, identifier)
    return set()


def _lapse(world: World, identifier: str) -> None:
    record = world.store.any(identifier)
    if record and record.data["status"] == "requires_capture":
        intent_flow.cancel(world, world.edit(identifier), "expired")
