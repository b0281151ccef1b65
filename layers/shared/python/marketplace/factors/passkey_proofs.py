"""Challenges, and the judgement of what a passkey answers to one: once, for one use, by whom it was asked."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from marketplace.accounts.model import digest
from marketplace.factors.errors import ChallengeSpent, PasskeyCloned, PasskeyRefused, PasskeySuspended
from marketplace.factors.model import CHALLENGE_BYTES, CHALLENGE_KEPT, Assertion, Challenge, Passkey, passkey_id
from marketplace.factors.passkey_options import assertion_options
from marketplace.factors.ports import Log, NotVerified, PasskeyStore, WebAuthn
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions, Write


@dataclass(frozen=True, slots=True)
class Verified:
    """A passkey that answered well; it counts when the writes are committed."""

    passkey: Passkey
    writes: list[Write]


class PasskeyProofs:
    """Asks and judges."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        passkeys: PasskeyStore,
        library: WebAuthn,
        log: Log,
        rp_id: str,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._passkeys = passkeys
        self._library = library
        self._log = log
        self._rp_id = rp_id

    def challenge(self, purpose: str, account_id: str = "", session_id: str = "") -> tuple[str, Write]:
        """Return a new challenge and the write that remembers its hash, for five minutes."""
        text = self._ids.secret(CHALLENGE_BYTES)
        expires_at = self._clock.now() + CHALLENGE_KEPT
        return text, self._passkeys.put_challenge(Challenge(digest(text), purpose, expires_at, account_id, session_id))

    def ask(self, purpose: str, account_id: str = "", session_id: str = "") -> dict[str, Any]:
        """Return what the browser is to ask of a device: of the account's own passkeys, or of any it knows."""
        known = self._passkeys.passkeys(account_id) if account_id else []
        challenge, put = self.challenge(purpose, account_id, session_id)
        self._transactions.commit([put])
        trusted = [passkey for passkey in known if passkey.suspended_at is None]
        return assertion_options(self._rp_id, challenge=challenge, known=trusted)

    def spend(self, challenge: str | None, purpose: str, account_id: str, session_id: str) -> Write | None:
        """Return the write that spends a challenge that was put for this; None when there is none."""
        found = self._passkeys.challenge(digest(challenge)) if challenge else None
        if found is None or not found.fits(purpose, account_id, session_id, self._clock.now()):
            return None
        return self._passkeys.spend_challenge(found.challenge_hash)

    def verify(
        self, given: Assertion, purpose: str, account_id: str = "", session_id: str = "", *, origin: Origin
    ) -> Verified:
        """Judge an answer; without an `account_id` the passkey itself says whose it is.

        The counter must grow, or be none at all: synced passkeys have none. One that does not grow after a good
        signature means two devices with one key: the passkey is suspended, and never the account.

        Raises: PasskeyRefused; PasskeySuspended; PasskeyCloned.
        """
        spent = self.spend(given.challenge, purpose, account_id, session_id)
        whose = account_id or given.account_id
        passkey = self._passkeys.passkey(whose, passkey_id(given.credential_id)) if spent and whose else None
        if spent is None or passkey is None or (given.account_id or whose) != whose:
            raise PasskeyRefused
        try:
            counter = self._library.verify(given.credential, given.challenge, passkey.public_key)
        except NotVerified:
            self._note_failure(passkey, origin)
            raise PasskeyRefused from None
        if passkey.suspended_at is not None:
            raise PasskeySuspended
        if counter <= passkey.sign_count and (counter, passkey.sign_count) != (0, 0):
            self._suspend(passkey, spent, origin)
        used = self._passkeys.use_passkey(passkey, counter, self._clock.now())
        return Verified(passkey, [spent, used])

    def _note_failure(self, passkey: Passkey, origin: Origin) -> None:
        """Leave a line in the log of who has the passkey; the refusal stands whether or not that works."""
        facts = {"passkey": passkey.passkey_id}
        with suppress(Unavailable):
            self._transactions.commit(self._log.note(passkey.account_id, "passkey:failed", origin=origin, facts=facts))

    def _suspend(self, passkey: Passkey, spent: Write, origin: Origin) -> None:
        facts = {"passkey": passkey.passkey_id}
        noted = self._log.note(
            passkey.account_id, "passkey:cloned", origin=origin, facts=facts, once=passkey.passkey_id
        )
        try:
            self._transactions.commit([spent, self._passkeys.suspend_passkey(passkey, self._clock.now()), *noted])
        except ChallengeSpent:
            raise PasskeyRefused from None
        raise PasskeyCloned
