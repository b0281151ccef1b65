"""What verification needs from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write
from marketplace.verification.model import Identity, StripeIdentity


class Identities(Protocol):
    """Where checks are kept. Reads are consistent and one round trip each."""

    def read(self, account_id: str) -> Identity | None: ...

    def tier_of(self, account_id: str) -> int:
        """Return the account's tier; 0 for one that does not exist."""

    def account_of(self, session_id: str) -> str | None: ...

    def begin(self, identity: Identity, before: Identity | None) -> Write:
        """Store a new check in the place of `before`; refused with VerificationMoved."""

    def record_session(self, identity: Identity, session_id: str) -> list[Write]:
        """Bind the check to Stripe's session, once; refused with VerificationMoved."""

    def change(self, before: Identity, after: Identity) -> Write:
        """Replace while nobody else changed it; refused with VerificationMoved."""

    def mark_verified(self, account_id: str, at: datetime) -> Write:
        """Note on the account that its owner's identity is verified."""


class Attempts(Protocol):
    """How many checks somebody may begin."""

    def take(self, account_id: str, now: datetime) -> Write:
        """Count one more; refused with a Limited error."""


class Board(Protocol):
    """Where staff sees failed checks; see casework/ports.py."""

    def put_up(self, kind: str, subject: str, at: datetime) -> Write: ...

    def take_down(self, kind: str, subject: str) -> Write: ...


class SecurityLog(Protocol):
    """The account's own log; see security/log.py."""

    def note(
        self,
        account_id: str,
        kind: str,
        *,
        origin: Origin | None = None,
        session_id: str | None = None,
        facts: Mapping[str, str | int] | None = None,
        once: str | None = None,
    ) -> list[Write]: ...


class IdentityChecks(Protocol):
    """Stripe Identity. Every method raises Unavailable when Stripe gave no clear answer; repeating is then safe."""

    def create(self, identity: Identity, *, key: str) -> StripeIdentity:
        """Begin a session, or return the one that the same `key` began within the last day."""

    def find(self, identity: Identity) -> StripeIdentity | None:
        """Look for a session that an earlier call began for this check."""

    def read(self, session_id: str) -> StripeIdentity | None:
        """Return the session as it stands, None for one that Stripe does not have."""

    def redact(self, session_id: str, *, key: str) -> bool:
        """Have everything removed that was collected; False while a check is going on, which forbids it."""
