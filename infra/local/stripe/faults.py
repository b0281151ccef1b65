"""Failures a test asks for, and gates that hold a request while it is running."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal, get_args

from infra.local.stripe.errors import ConnectionDropped, InjectedFailure, KeyInUse

FaultName = Literal["answer_lost", "error_500", "saved_500", "saved_500_done", "conflict_409", "limited_429", "timeout"]
FAULTS: tuple[str, ...] = get_args(FaultName)


@dataclass
class Fault:
    """A failure waiting for its request."""

    name: FaultName
    method: str
    path_prefix: str
    times: int
    should_retry: bool | None

    def headers(self) -> dict[str, str]:
        """Return the header that advises the client on retrying, when asked for."""
        if self.should_retry is None:
            return {}
        return {"Stripe-Should-Retry": str(self.should_retry).lower()}

    def raise_before(self) -> None:
        """Fail the way this fault does before anything was executed."""
        if self.name == "timeout":
            raise ConnectionDropped("the request was never answered (injected)")
        if self.name == "error_500":
            raise InjectedFailure("Injected failure before execution.", status=500)
        if self.name == "conflict_409":
            raise KeyInUse("Another request uses this key (injected).", code="idempotency_key_in_use")
        if self.name == "limited_429":
            raise InjectedFailure("Too many requests (injected).", code="rate_limit", status=429)


@dataclass
class Gate:
    """Holds one request in flight: ``entered`` is set once it waits inside."""

    method: str
    path_prefix: str
    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let the request go on."""
        self.opened.set()


class Faults:
    """The failures and gates still waiting, oldest first."""

    #: A gate nobody opens must not hang a test run for ever.
    longest_wait = 30.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._gates: list[Gate] = []

    def add(self, fault: Fault) -> None:
        """Queue a failure."""
        if fault.name not in FAULTS:
            raise ValueError(f"no such fault: {fault.name}; one of {FAULTS}")
        with self._lock:
            self._waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the failure meant for this request and use it up."""
        with self._lock:
            for fault in self._waiting:
                if fault.method == method and path.startswith(fault.path_prefix):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Forget the failures not used yet."""
        with self._lock:
            self._waiting.clear()

    def hold(self, gate: Gate) -> Gate:
        """Queue a gate."""
        with self._lock:
            self._gates.append(gate)
        return gate

    def pass_gate(self, method: str, path: str) -> None:
        """Wait at the gate meant for this request, if there is one."""
        with self._lock:
            found = next(
                (gate for gate in self._gates if gate.method == method and path.startswith(gate.path_prefix)),
                None,
            )
            if found:
                self._gates.remove(found)
        if found:
            found.entered.set()
            found.opened.wait(self.longest_wait)
