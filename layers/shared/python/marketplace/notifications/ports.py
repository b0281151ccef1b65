"""What telling people needs from outside."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.notifications.model import Mail, Notification


class MailNotSent(Exception):
    """The mail surely did not leave, and trying again may help: throttled, unreachable, sending paused."""


class MailRefused(Exception):
    """The mail surely did not leave, and trying again cannot help: the service refuses this message or address."""


class MailOutcomeUnknown(Exception):
    """The service gave no answer: the mail may have left."""


class Mailer(Protocol):
    """Sends mail, one attempt per call."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over.

        Raises: MailNotSent; MailRefused; MailOutcomeUnknown.
        """


class Contact(Protocol):
    """How to reach a person."""

    @property
    def account_id(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def locale(self) -> str: ...

    @property
    def display_name(self) -> str: ...


class Contacts(Protocol):
    """The accounts, as far as telling people needs them."""

    def contact(self, account_id: str) -> Contact | None:
        """Return where to reach the account; None when it is gone.

        Raises: Unavailable.
        """


# Mints a fresh e-mail verification token; None when there is nothing left to verify.
# It is called here, after the event travelled, so that a token is never stored in an event or a queue.
VerificationMinter = Callable[[str], str | None]

# Mints any other token for an account and the address that the mail goes to; by the name in the template.
# "not_me" is the one behind the last link of a notice that can be disowned.
Minter = Callable[[str, str], str | None]
NOT_ME = "not_me"


class Inboxes(Protocol):
    """Where notifications and delivery claims live."""

    def store(self, notification: Notification, at: datetime) -> list[Write]:
        """Put the notification and the claim of its inbox channel; refused with AlreadyClaimed."""

    def claim(self, account_id: str, event_id: str, channel: str, attempt: str, at: datetime) -> Write:
        """Claim one delivery, once for ever, in the name of one attempt; refused with AlreadyClaimed."""

    def settle(
        self, account_id: str, event_id: str, channel: str, state: str, at: datetime, *, kept_seconds: int = 0
    ) -> Write:
        """Record what became of a claimed delivery; with `kept_seconds`, for so long instead of the usual time."""

    def release(self, account_id: str, event_id: str, channel: str, attempt: str) -> Write:
        """Give this attempt's claim back after a delivery that surely did not happen.

        Refused with AlreadyClaimed when the claim is not this attempt's.
        """

    def page(self, account_id: str, cursor: str | None, limit: int, now: datetime) -> Rows[Notification]:
        """Return one page of an inbox, newest first, without what has expired.

        Raises: BadCursor; Unavailable.
        """

    def read(self, account_id: str, notification_id: str, now: datetime) -> Notification | None:
        """Return one unexpired notification of this account."""

    def mark_read(self, account_id: str, notification_id: str, at: datetime) -> Write:
        """Note the first reading; refused with NotificationMissing when it is not in this inbox."""
