"""Messages in a dispute as JSON."""

from typing import Annotated, Literal

import msgspec

from marketplace.disputes.messages import MESSAGE_LENGTH_MAX, MESSAGE_NUMBER_MAX, Message, Thread
from marketplace.disputes.steps.wire import Moment
from marketplace.kit.clock import to_text

Audience = Literal["both", "staff", "buyer", "seller"]


class NewMessage(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is said, and to whom: "both" sides, one's own side and the staff ("buyer", "seller"), or staff alone."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MESSAGE_LENGTH_MAX)]
    audience: Audience = "both"


class ReadMark(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Up to which message one has read."""

    number: Annotated[int, msgspec.Meta(ge=1, le=MESSAGE_NUMBER_MAX)]


class DisputeMessage(msgspec.Struct):
    """One message; staff are shown by their part, never by name."""

    number: int
    by: str
    audience: str
    text: str
    at: Moment


class Conversation(msgspec.Struct):
    """The messages that the reader may see, and how far each side has read."""

    messages: list[DisputeMessage]
    read: dict[str, int]


def message_to_wire(message: Message) -> DisputeMessage:
    """Show one message."""
    return DisputeMessage(message.number, message.by, message.audience, message.text, to_text(message.at))


def conversation_to_wire(thread: Thread) -> Conversation:
    """Show a conversation."""
    return Conversation([message_to_wire(each) for each in thread.messages], thread.read)
