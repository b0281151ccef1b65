"""What buyer, seller and staff write to each other about a dispute, each to an audience.

Contact and payment details are refused, so that the parties stay where their payment is protected. Card numbers never
come this far: the API refuses them in any text.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.disputes.desk import Desk
from marketplace.disputes.errors import AudienceRefused, DisputeMoved, MessageRefused, MessagesFull
from marketplace.disputes.model import Dispute
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

MESSAGE_LENGTH_MAX = 2_000  # characters
MESSAGES_MAX = 200  # of one side in one dispute: nobody fills it for the others, and staff always answers
MESSAGE_NUMBER_MAX = 9_999  # what the store has digits for
BOTH, ONLY_STAFF = "both", "staff"  # the other audiences are one party and the staff: BUYER, SELLER
AUDIENCES = (BOTH, ONLY_STAFF, BUYER, SELLER)

_CONTACTS = {
    "email": re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?(?:\.|\(dot\)|\[dot\])\s?[a-z]{2,}", re.IGNORECASE),
    "phone": re.compile(
        r"(?<![\w/#-])(?:\+|00)\d[\d .()-]{7,}\d|(?<![\w/#-])[6789]\d{2}[ .-]?\d{3}[ .-]?\d{3}(?![\w-])"
    ),
    "iban": re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"),
    "messenger": re.compile(r"\b(?:whatsapp|telegram|bizum|paypal\.me|wa\.me|t\.me)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `number` counts from 1 within its dispute."""

    dispute_id: str
    number: int
    by: str  # BUYER, SELLER or OPERATOR
    author_id: str
    audience: str
    text: str
    at: datetime

    def is_for(self, role: str) -> bool:
        return role == OPERATOR or self.audience in {BOTH, role}


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages that a reader may see, and how far each side has read."""

    messages: list[Message]
    read: dict[str, int]


class MessageRows(Protocol):
    """Where messages lie."""

    def messages(self, dispute_id: str) -> list[Message]:
        """Return a dispute's messages, the oldest first, consistently."""

    def add_message(self, message: Message) -> Write:
        """Store a message under its number; refused with DisputeMoved when the number is taken."""

    def reads(self, dispute_id: str) -> dict[str, int]:
        """Return the number up to which each side has read."""

    def read_up_to(self, dispute_id: str, role: str, number: int) -> Write:
        """Store how far a side has read."""


class Conversations:
    """Messages of disputes."""

    def __init__(
        self, *, clock: Clock, transactions: Transactions, rows: MessageRows, desk: Desk, outbox: Outbox
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._desk = desk
        self._outbox = outbox

    def write(
        self, dispute_id: str, account_id: str, text: str, audience: str, *, operator: bool = False, by: str = ""
    ) -> Message:
        """Write to an audience, as a party or as somebody of the staff.

        Raises: DisputeMissing, AudienceRefused, MessageRefused, MessagesFull, DisputeMoved.
        """
        dispute, role = self._desk.case(dispute_id, account_id, operator=operator, by=by)
        if role != OPERATOR and audience not in {BOTH, role}:
            raise AudienceRefused
        check_text(text)
        earlier = self._rows.messages(dispute_id)
        if role != OPERATOR and sum(each.by == role for each in earlier) >= MESSAGES_MAX:
            raise MessagesFull
        now = self._clock.now()
        made = Message(dispute_id, len(earlier) + 1, role, by or account_id, audience, text, now)
        self._tx.commit([self._rows.add_message(made), *self._told(dispute, made)])
        return made

    def read(self, dispute_id: str, account_id: str, *, operator: bool = False, by: str = "") -> Thread:
        """Return what this reader may see of the conversation.

        Raises: DisputeMissing.
        """
        _, role = self._desk.case(dispute_id, account_id, operator=operator, by=by)
        shown = [each for each in self._rows.messages(dispute_id) if each.is_for(role)]
        return Thread(shown, self._rows.reads(dispute_id))

    def mark_read(self, dispute_id: str, account_id: str, number: int, *, by: str = "") -> Thread:
        """Note that a side has read up to a message; a mark never goes back, nor beyond the last message.

        Raises: DisputeMissing.
        """
        _, role = self._desk.case(dispute_id, account_id, by=by)
        reads, last = self._rows.reads(dispute_id), len(self._rows.messages(dispute_id))
        wanted = min(number, last)
        if wanted > reads.get(role, 0):
            self._tx.commit([self._rows.read_up_to(dispute_id, role, wanted)])
        return self.read(dispute_id, account_id, by=by)

    def _told(self, dispute: Dispute, made: Message) -> list[Write]:
        others = {"buyer_id": (BUYER, dispute.buyer_id), "seller_id": (SELLER, dispute.seller_id)}
        told = {name: each for name, (side, each) in others.items() if side != made.by and made.is_for(side)}
        if not told:
            return []
        facts = {"order_id": dispute.order_id, **told}
        return [
            self._outbox.publish(event("dispute.message", dispute.dispute_id, made.at, once=str(made.number), **facts))
        ]


def check_text(text: str) -> None:
    """Refuse what would take the parties away from the protected payment.

    Raises: MessageRefused.
    """
    found = [kind for kind, pattern in _CONTACTS.items() if pattern.search(text)]
    if found:
        raise MessageRefused(fields={"text": "holds:" + ",".join(found)})


__all__ = ["AUDIENCES", "Conversations", "DisputeMoved", "Message", "Thread"]
