"""Idempotency keys: run once, answer the same ever after.

As documented for v1: the status and body are kept once execution has begun,
failures and 500s included; a request that fails validation is not kept; the same
key with another request is an error; a twin of a running request gets 409; keys
may be forgotten after 24 hours. Scope is one account.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass

from infra.local.stripe.errors import IdempotencyMismatch, Json, KeyInUse
from infra.local.stripe.protocol import Reply, Request

_LIFETIME = 24 * 3600

Scope = tuple[str, str]


@dataclass
class Saved:
    """What is known of a key. Without an answer its request is still running."""

    fingerprint: str
    path: str
    request_id: str
    created: int
    status: int = 0
    body: str = ""


class Keys:
    """The keys seen, each used by one request at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._saved: dict[Scope, Saved] = {}

    def claim(self, scope: Scope, request: Request, now: int) -> Reply | None:
        """Take a key for a request, or return the answer it already has."""
        fingerprint = request.fingerprint()
        with self._lock:
            self._prune(now)
            saved = self._saved.get(scope)
            if saved is None:
                self._saved[scope] = Saved(fingerprint, request.path, request.id, now)
                return None
        if saved.fingerprint != fingerprint:
            raise IdempotencyMismatch(
                f"Keys for idempotent requests can only be used with the same "
                f"parameters and endpoint they were first used with ({saved.path}). "
                f"Try using a key other than '{scope[1]}' if you meant to execute a "
                "different request."
            )
        if not saved.status:
            raise KeyInUse(
                f"There is currently another in-progress request using this Idempotency Key: {scope[1]}.",
                code="idempotency_key_in_use",
            )
        return _replay(saved, request.id)

    def keep(self, scope: Scope, reply: Reply) -> None:
        """Remember the answer of a key's request."""
        with self._lock:
            saved = self._saved[scope]
            saved.status, saved.body = reply.status, reply.body.decode()

    def release(self, scope: Scope) -> None:
        """Forget a key whose request did not get as far as being executed."""
        with self._lock:
            if not self._saved[scope].status:
                del self._saved[scope]

    def dump(self) -> list[Json]:
        """Return the answered keys as JSON values."""
        with self._lock:
            return [
                {"scope": list(scope), "saved": asdict(saved)} for scope, saved in self._saved.items() if saved.status
            ]

    def load(self, rows: list[Json]) -> None:
        """Take up what ``dump`` gave."""
        for row in rows:
            account, key = row["scope"]
            self._saved[account, key] = Saved(**row["saved"])

    def _prune(self, now: int) -> None:
        old = [scope for scope, saved in self._saved.items() if saved.status and saved.created + _LIFETIME <= now]
        for scope in old:
            del self._saved[scope]


def _replay(saved: Saved, request_id: str) -> Reply:
    headers = {
        "Content-Type": "application/json",
        "Idempotent-Replayed": "true",
        "Original-Request": saved.request_id,
        "Request-Id": request_id,
    }
    return Reply(saved.status, headers, saved.body.encode())
