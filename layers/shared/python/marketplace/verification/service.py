"""Checks of identity: begun by the person, decided by Stripe, remembered by us as an outcome and a date.

A check is an intent: the row is written, Stripe is called under a key that follows from the row, and the session's id
is recorded. A crash in between is mended by whoever comes next: the person asking again, or an event from Stripe. The
removal of what Stripe collected is an intent of the same kind, noted together with the outcome.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, IdempotencyKeyReused, Unavailable
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Idempotency
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.verification.model import (
    ASKED,
    ATTEMPT,
    CANCELLED,
    DECIDED,
    DONE,
    DUE,
    OPEN,
    OPENING,
    REFUSED,
    VERIFIED,
    AlreadyVerified,
    Identity,
    ReturnUrlForeign,
    StripeIdentity,
    VerificationMissing,
    VerificationMoved,
)
from marketplace.verification.ports import Attempts, Board, Identities, IdentityChecks, SecurityLog
from marketplace.verification.tiers import Tier

KEY_TRUSTED = timedelta(hours=23)  # Stripe may forget an idempotency key after 24 h
REDACTION_DUE = "identity.redaction_due"
FAILED_CHECK = "verification"  # as casework/kinds.py calls it


@dataclass(frozen=True, slots=True)
class Check:
    """A check as its person sees it; `url` is where they go on, while there is something to do."""

    identity: Identity
    url: str | None = None


class Verification:
    """The use cases of /verifications, and what Stripe's events cause."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        identities: Identities,
        checks: IdentityChecks,
        attempts: Attempts,
        log: SecurityLog,
        public_url: str,
        board: Board,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._outbox = outbox
        self._identities = identities
        self._checks = checks
        self._attempts = attempts
        self._log = log
        self._public_url = public_url.rstrip("/")
        self._board = board

    def tier(self, account_id: str) -> Tier:
        """Return how well it is known whose the account is; one read."""
        return Tier(self._identities.tier_of(account_id))

    def begin(self, account_id: str, return_url: str, attempt: Idempotency, origin: Origin | None = None) -> Check:
        """Begin a check, or go on with the one that is under way: there is one at most.

        Raises: ReturnUrlForeign; AlreadyVerified; IdempotencyKeyReused; TooManyAttempts; Unavailable.
        """
        own = (f"{self._public_url}/", f"{self._public_url}?")
        if return_url != self._public_url and not return_url.startswith(own):
            raise ReturnUrlForeign(fields={"return_url": "foreign"})
        attempt_id = derived_id(ATTEMPT, account_id, attempt.key)
        current = self._identities.read(account_id)
        if current is None or (not current.is_live and current.attempt_id != attempt_id):
            current = self._open(account_id, attempt_id, return_url, attempt.fingerprint, current, origin)
        if current.attempt_id == attempt_id and current.fingerprint != attempt.fingerprint:
            raise IdempotencyKeyReused
        return self._reach(current)

    def mine(self, account_id: str) -> Identity:
        """Return the account's latest check.

        Raises: VerificationMissing.
        """
        return self._read(account_id)

    def follow(self, session_id: str) -> None:
        """Ask Stripe how a session stands and go along with it: the event that brought us here is only a hint.

        Raises: Unavailable when it must be delivered again.
        """
        found = self._checks.read(session_id)
        identity = self._behind(found) if found else None
        if found is None or identity is None:
            return  # another system's session on the same Stripe account, or an abandoned attempt's
        after = self._go_on(identity, found)
        if after.attempt_id == identity.attempt_id and (after.follows(found.status) or _forgets(after, found)):
            raise Unavailable(retry_after_seconds=1)  # another step of it was noted meanwhile: come again

    def redact(self, account_id: str) -> None:
        """Have Stripe remove what it collected, once the outcome is known; harmless when repeated.

        Raises: Unavailable when it must be delivered again.
        """
        identity = self._identities.read(account_id)
        if identity is None or identity.redaction != DUE or identity.identity_session_id is None:
            return
        # A key of its own each time: a refusal (the person tries again in a refused session, and Stripe's next event
        # brings us back) would be replayed for a day, and Stripe redacts a session once whatever the key.
        key = self._ids.new("rdc", self._clock.now())
        if self._checks.redact(identity.identity_session_id, key=key):
            self._change(identity, redaction=ASKED)

    def _open(
        self,
        account_id: str,
        attempt_id: str,
        return_url: str,
        fingerprint: str,
        before: Identity | None,
        origin: Origin | None,
    ) -> Identity:
        if before is not None and before.status == VERIFIED:
            raise AlreadyVerified
        now = self._clock.now()
        revision = before.revision + 1 if before else 0
        fresh = Identity(account_id, attempt_id, fingerprint, OPENING, return_url, now, revision)
        writes = [self._identities.begin(fresh, before), self._attempts.take(account_id, now)]
        writes += self._log.note(account_id, "identity:started", origin=origin)
        try:
            self._tx.commit(writes)
        except VerificationMoved:
            return self._read(account_id)  # a twin of this request was faster
        return fresh

    def _reach(self, identity: Identity) -> Check:
        """Return the check with the page where it goes on, making the session that a crash left unmade."""
        if not identity.is_live:
            return Check(identity)
        if identity.identity_session_id is not None:
            found = self._checks.read(identity.identity_session_id)
        else:
            found = self._session(identity)
            identity = self._record(identity, found)
        if found is None:
            return Check(identity)
        after = self._go_on(identity, found)
        return Check(after, found.url if after.is_live else None)

    def _session(self, identity: Identity) -> StripeIdentity:
        fresh = self._clock.now() - identity.begun_at < KEY_TRUSTED
        found = None if fresh else self._checks.find(identity)
        return found or self._checks.create(identity, key=f"identity#{identity.attempt_id}")

    def _record(self, identity: Identity, found: StripeIdentity) -> Identity:
        try:
            self._tx.commit(self._identities.record_session(identity, found.session_id))
        except VerificationMoved:
            return self._read(identity.account_id)  # recorded by whoever else finished it
        return replace(identity, status=OPEN, identity_session_id=found.session_id, revision=identity.revision + 1)

    def _behind(self, found: StripeIdentity) -> Identity | None:
        """Find the check by our own record, or by the names that we gave Stripe when the record was never made."""
        account_id = self._identities.account_of(found.session_id) or found.account_id
        identity = self._identities.read(account_id) if account_id else None
        if identity and identity.identity_session_id is None and identity.attempt_id == found.attempt_id:
            identity = self._record(identity, found)
        return identity if identity and identity.identity_session_id == found.session_id else None

    def _go_on(self, identity: Identity, found: StripeIdentity) -> Identity:
        if identity.follows(found.status):
            identity = self._decide(identity, found) if found.status in DECIDED else self._step(identity, found)
        if _forgets(identity, found):
            return self._change(identity, redaction=found.redacted)
        if identity.redaction == DUE:
            self.redact(identity.account_id)
        return identity

    def _step(self, identity: Identity, found: StripeIdentity) -> Identity:
        changes = {"decided_at": self._clock.now()} if found.status == CANCELLED else {}
        return self._change(identity, status=found.status, **changes)

    def _decide(self, identity: Identity, found: StripeIdentity) -> Identity:
        """Record an outcome, and in the same transaction that Stripe must remove what it collected."""
        now, account_id = self._clock.now(), identity.account_id
        after = replace(
            identity,
            status=found.status,
            reason=found.reason if found.status == REFUSED else None,
            decided_at=now,
            redaction=DUE,
            revision=identity.revision + 1,
        )
        once = f"{identity.attempt_id}#{found.status}"
        writes: list[Write] = [self._identities.change(identity, after)]
        writes.append(self._outbox.publish(event(REDACTION_DUE, account_id, now, once=once)))
        kind = "identity:verified" if found.status == VERIFIED else "identity:failed"
        facts = {"reason": after.reason} if after.reason else {}
        writes += self._log.note(account_id, kind, facts=facts, once=once)
        if found.status == VERIFIED:
            writes.append(self._identities.mark_verified(account_id, now))
            writes.append(self._board.take_down(FAILED_CHECK, account_id))
        else:
            writes.append(self._board.put_up(FAILED_CHECK, account_id, now))
        try:
            self._tx.commit(writes)
        except Conflict:
            return self._read(account_id)  # a delivery of the same event was faster
        return after

    def _change(self, identity: Identity, **changes: object) -> Identity:
        after = replace(identity, revision=identity.revision + 1, **changes)  # type: ignore[arg-type]
        try:
            self._tx.commit([self._identities.change(identity, after)])
        except VerificationMoved:
            return self._read(identity.account_id)
        return after

    def _read(self, account_id: str) -> Identity:
        identity = self._identities.read(account_id)
        if identity is None:
            raise VerificationMissing
        return identity


def _forgets(identity: Identity, found: StripeIdentity) -> bool:
    """Say whether Stripe's removal of what it collected has come further than is noted; it never goes back."""
    return found.redacted is not None and identity.redaction not in {found.redacted, DONE}
