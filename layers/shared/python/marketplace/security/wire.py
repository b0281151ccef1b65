"""The security area on the wire: the log, known devices, and new passwords."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

import msgspec

from marketplace.accounts.admission import Caller
from marketplace.accounts.devices import device_id, is_current
from marketplace.accounts.history import KnownDevice
from marketplace.accounts.wire import Body, Email, Password, Reply
from marketplace.kit.clock import to_text
from marketplace.security.kinds import KINDS, ROUTINE
from marketplace.security.model import Entry

TOKEN_LENGTH_MAX = 128  # characters
MailedToken = Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_LENGTH_MAX)]


class ResetRequest(Body, frozen=True):
    """Whose password is forgotten."""

    email: Email


class NewPassword(Body, frozen=True):
    """The token of the mailed link, and the password to have."""

    token: MailedToken
    password: Password


class PasswordReset(Reply, frozen=True):
    """The password is set; sign in with it, and with the second factor where there is one."""

    status: Literal["sign_in"] = "sign_in"


class PasswordChange(Body, frozen=True):
    """The present password and the one to have."""

    current: Password
    new: Password


class Disowned(Body, frozen=True):
    """The token of a notice's last link."""

    token: MailedToken


class LockedIfGood(Reply, frozen=True):
    """The same for every token: a good one has locked its account, and its owner has mail."""

    status: Literal["check_your_mail"] = "check_your_mail"


class LogLine(Reply, frozen=True):
    """One thing that concerned the account's safety."""

    entry_id: str
    kind: Annotated[str, msgspec.Meta(examples=["sign_in:new_device"])]
    title: str  # in the language asked for
    severity: Literal["routine", "notable", "alarming"]
    at: str
    network: str | None  # the address without its last part
    device: str | None
    country: str | None
    session_id: str | None
    facts: Mapping[str, str | int]

    @classmethod
    def of(cls, entry: Entry, locale: str) -> Self:
        kind = KINDS.get(entry.kind)  # an entry outlives the code that wrote it
        title = (kind.es if locale == "es" else kind.en) if kind else entry.kind
        return cls(
            entry_id=entry.entry_id,
            kind=entry.kind,
            title=title,
            severity=kind.severity if kind else ROUTINE,  # type: ignore[arg-type]
            at=to_text(entry.at),
            network=entry.network or None,
            device=entry.device or None,
            country=entry.country,
            session_id=entry.session_id,
            facts=entry.facts,
        )


class DeviceSummary(Reply, frozen=True):
    """A device that the account knows: failures of strangers do not count against it."""

    device_id: str
    first_used_at: str
    last_used_at: str
    current: bool  # named by `Aval-Device` of this request

    @classmethod
    def of(cls, device: KnownDevice, caller: Caller) -> Self:
        return cls(
            device_id=device_id(device),
            first_used_at=to_text(device.first_at),
            last_used_at=to_text(device.last_at),
            current=is_current(device, caller),
        )
