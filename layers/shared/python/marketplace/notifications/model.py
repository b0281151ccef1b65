"""Who is told what, through which channel, and what is known of each delivery."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Missing, Unavailable

INBOX, MAIL = "inbox", "mail"  # channels
BUYER, SELLER, ACCOUNT, REVIEWED = "buyer", "seller", "account", "reviewed"  # parties

INBOX_KEPT_SECONDS = 365 * 86_400
# The mail that tells a buyer of their rights proves it for as long as it counts: delivery, 14 days, and 12 months.
PROOFS_KEPT_SECONDS = {"order.paid": 730 * 86_400}
CLAIM_KEPT_SECONDS = 35 * 86_400  # longer than a message can live in a queue and its dead-letter queue together

# A claim's states. CLAIMED that never changes means: the process died between the claim and the answer.
CLAIMED, SENT, UNKNOWN, REFUSED, NOT_DUE = "claimed", "sent", "unknown", "refused", "not_due"

_NOTIFICATION_ID = re.compile(r"^ntf_[0-9a-hjkmnp-tv-z]{26}$")


class NotificationMissing(Missing):
    """No such notification in this account's inbox."""

    code = "notification_not_found"
    title_en = "There is no such notification."
    title_es = "No existe esa notificación."


class AlreadyClaimed(Exception):
    """This event was already told to this recipient through this channel, or is being told right now."""


class DeliveryDelayed(Unavailable):
    """Something surely did not go out; repeating the event sends what is missing and nothing twice."""

    code = "delivery_delayed"
    title_en = "A notice could not be sent yet."
    title_es = "Un aviso aún no se pudo enviar."


@dataclass(frozen=True, slots=True)
class Notification:
    """One line of an inbox: facts, not text, so that it reads in whatever language its owner now uses."""

    notification_id: str
    account_id: str
    event_id: str
    kind: str
    party: str  # the role in which the owner was told
    subject: str  # the id of what it is about
    data: Mapping[str, str | int] = field(default_factory=dict)
    occurred_at: datetime = field(kw_only=True)
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person, plain text. Never logged: it holds personal data and, sometimes, a token."""

    to: str = field(repr=False)
    subject: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notice in one channel."""

    party: str
    channel: str
    result: str


def is_notification_id(text: str) -> bool:
    """Say whether the text can be one of our ids, so that nothing else ever becomes part of a key."""
    return _NOTIFICATION_ID.match(text) is not None
