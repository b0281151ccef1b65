"""What proving who one is needs from outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.factors.model import Challenge, EmailChange, FormerAddress, Link, Passkey, Recovery, Registered
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write

STEP_SECONDS = 30  # of a code: all that authenticator apps agree on


class TimeCodes(Protocol):
    """Codes that an authenticator app shows (RFC 6238)."""

    def address(self, secret: str, email: str) -> str:
        """Return the `otpauth://` URI that an app reads as a QR code."""

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time-step whose code this is, or None."""

    def drift_seconds(self, secret: str, code: str, now: datetime) -> int | None:
        """Tell how far off a clock is that shows this code, up to ten minutes either way; None when that is not it."""


class Pictures(Protocol):
    """QR codes."""

    def svg(self, text: str) -> str: ...


class Log(Protocol):
    """The account's own security log."""

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


class NotVerified(Exception):
    """What a device answered does not hold; the reason is for nobody outside."""


class WebAuthn(Protocol):
    """The checks of a device's answers (W3C WebAuthn), with its user verified always."""

    def register(self, credential: str, challenge: str) -> Registered:
        """Check a registration against the challenge, origin and relying party.

        Raises: NotVerified.
        """

    def verify(self, credential: str, challenge: str, public_key: str) -> int:
        """Check an assertion, and return its counter, which the caller judges.

        Raises: NotVerified.
        """


class PasskeyStore(Protocol):
    """Passkeys and the challenges they answer. Reads are consistent and one round trip each."""

    def passkeys(self, account_id: str) -> list[Passkey]: ...
    def passkey(self, account_id: str, passkey_id: str) -> Passkey | None: ...

    def add_passkey(self, passkey: Passkey) -> list[Write]:
        """Store it and claim its credential; refused with PasskeyRegistered."""

    def use_passkey(self, passkey: Passkey, sign_count: int, now: datetime) -> Write:
        """Note a use; refused with PasskeyRefused unless it stands as it was read and is trusted."""

    def suspend_passkey(self, passkey: Passkey, now: datetime) -> Write:
        """Trust it no more; refused with PasskeyRefused when that happened already."""

    def rename_passkey(self, account_id: str, passkey_id: str, name: str) -> Write:
        """Refused with PasskeyMissing."""

    def remove_passkey(self, passkey: Passkey) -> list[Write]:
        """Remove it and its claim; refused with PasskeyMissing."""

    def challenge(self, challenge_hash: str) -> Challenge | None: ...
    def put_challenge(self, challenge: Challenge) -> Write: ...

    def spend_challenge(self, challenge_hash: str) -> Write:
        """Remove it; refused with ChallengeSpent when it is not there (any more)."""


class LinkStore(Protocol):
    """Mailed tokens, by their hashes."""

    def link(self, token_hash: str) -> Link | None: ...
    def put_link(self, token_hash: str, link: Link) -> Write: ...

    def spend_link(self, token_hash: str) -> Write:
        """Remove it; refused with LinkInvalid when it is not there (any more)."""


class RecoveryStore(Protocol):
    """The one recovery that an account may have under way."""

    def recovery(self, account_id: str) -> Recovery | None: ...

    def begin_recovery(self, recovery: Recovery, former: Recovery | None) -> Write:
        """Store it; refused with RecoveryMoved unless `former` stands as read, or nothing does."""

    def end_recovery(self, recovery: Recovery) -> Write:
        """Remove it; refused with RecoveryMissing unless it stands as read."""

    def remember_to_remind(self, recovery: Recovery, at: datetime) -> Write: ...

    def to_remind(self, day: str) -> Sequence[tuple[str, datetime]]:
        """List accounts and moments of a day, such as 2026-11-02."""


class AddressStore(Protocol):
    """Addresses that wait for their proof, and those that were replaced within thirty days."""

    def email_change(self, account_id: str) -> EmailChange | None: ...
    def put_email_change(self, change: EmailChange) -> Write: ...

    def end_email_change(self, change: EmailChange) -> Write:
        """Remove it; refused with LinkInvalid unless it is the one that was read."""

    def former_addresses(self, account_id: str) -> list[FormerAddress]: ...
    def keep_address(self, former: FormerAddress) -> Write: ...
    def forget_address(self, former: FormerAddress) -> Write: ...


class Vault(Protocol):
    """Personal texts at rest, each under its person's own key."""

    def seal(self, person_id: str, field: str, text: str) -> str: ...
    def open(self, person_id: str, field: str, sealed: str) -> str: ...
