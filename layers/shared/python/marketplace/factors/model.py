"""Factors as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.kit.ids import derived_id
from marketplace.kit.writes import Write

PASSKEY = "psk"
PASSKEYS_MAX = 10
PASSKEY_NAME_LENGTH_MAX = 60  # characters
CHALLENGE_BYTES = 32
CHALLENGE_KEPT = timedelta(minutes=5)
RECOVERY, EMAIL_CHANGE = "rcv", "emc"
REGISTRATION, SIGN_IN, STEP_UP = "registration", "sign_in", "step_up"  # what a challenge is for

RECOVERY_DELAY = timedelta(hours=72)
RECOVERY_REMINDED_BEFORE = timedelta(hours=24)  # its end
RECOVERY_OPEN = timedelta(days=7)  # after the delay, before it is void
LINK_KEPT = timedelta(hours=24)
BEGIN, CANCEL, FINISH, PROVE = "begin", "cancel", "finish", "prove"  # what a mailed link is for
FORMER_ADDRESS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs; shown this once."""

    secret: str  # base 32
    address: str  # otpauth://
    picture: str  # the address as a QR code, an <svg> to put into a page


@dataclass(frozen=True, slots=True)
class Proof:
    """A shown factor that is not spent yet: it counts when its writes are committed."""

    step: int | None = None  # goes into the account's own write
    writes: Sequence[Write] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential of somebody's device: its public key, and how often it says it was used."""

    account_id: str
    credential_id: str  # base 64 for addresses, as all three
    public_key: str
    name: str
    created_at: datetime
    sign_count: int = 0
    last_used_at: datetime | None = None
    suspended_at: datetime | None = None

    @property
    def passkey_id(self) -> str:
        return passkey_id(self.credential_id)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that was put to a device: it is answered once, for one use, by whom it was put to."""

    challenge_hash: str
    purpose: str  # REGISTRATION, SIGN_IN or STEP_UP
    expires_at: datetime
    account_id: str = ""  # "" when nobody is signed in yet
    session_id: str = ""

    def fits(self, purpose: str, account_id: str, session_id: str, now: datetime) -> bool:
        """Tell whether it was put for this use to this session of this account, lately enough."""
        return (self.purpose, self.account_id, self.session_id) == (purpose, account_id, session_id) and (
            now < self.expires_at
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """What a verified registration says."""

    credential_id: str
    public_key: str
    sign_count: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """What somebody sent as a passkey's answer, as far as it can be read without verifying anything."""

    credential_id: str
    challenge: str  # base 64 for addresses
    account_id: str | None  # of the user handle
    credential: str  # the whole answer, JSON


@dataclass(frozen=True, slots=True)
class Recovery:
    """A way back for somebody who lost everything but the mailbox: waited for, then finished, cancelled or void."""

    account_id: str
    recovery_id: str
    due_at: datetime  # from when on it can be finished

    @property
    def ends_at(self) -> datetime:
        """When it is void, finished or not."""
        return self.due_at + RECOVERY_OPEN


@dataclass(frozen=True, slots=True)
class Link:
    """A mailed token: what for, of which account, until when."""

    purpose: str
    account_id: str
    expires_at: datetime
    subject: str = ""  # what it is about: a recovery's or a change's id
    email_mark: str = ""  # the account's address when it was mailed, where a later one must spend it


@dataclass(frozen=True, slots=True)
class EmailChange:
    """An address that waits for its proof."""

    account_id: str
    change_id: str
    email: str  # sealed, wherever it is stored
    session_id: str  # that asked, and lives on


@dataclass(frozen=True, slots=True)
class FormerAddress:
    """Where an account was reached until lately."""

    account_id: str
    change_id: str  # that replaced it
    email: str  # sealed
    expires_at: datetime


def passkey_id(credential_id: str) -> str:
    """Name a passkey by its credential: the same for everybody, and of a length that fits a path."""
    return derived_id(PASSKEY, credential_id)
