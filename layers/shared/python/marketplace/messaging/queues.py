"""SQS: one message is one event, as JSON."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.aws import session
from marketplace.kit.clock import to_text
from marketplace.kit.errors import Unavailable
from marketplace.outbox.model import Event

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 3.0
ATTEMPTS_MAX = 3  # a message sent twice is harmless: consumers apply an event once


@cache
def sqs_client() -> Any:
    """Make the process's one SQS client."""
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
    )
    return session().create_client("sqs", config=config)


def message_of(event: Event) -> str:
    """Write an event as the body of a message; web/consumers.py reads it."""
    return json.dumps(
        {
            "event_id": event.event_id,
            "kind": event.kind,
            "subject": event.subject,
            "occurred_at": to_text(event.occurred_at),
            "data": dict(event.data),
        },
        separators=(",", ":"),
    )


class SqsQueues:
    """Sends events to queues by name."""

    def __init__(self, urls: Mapping[str, str], client_factory: Callable[[], Any] = sqs_client) -> None:
        self._urls = urls
        self._client_factory = client_factory

    def send(self, queue: str, event: Event) -> None:
        url = self._urls[queue]  # a queue this function was not given is our own mistake
        try:
            self._client_factory().send_message(QueueUrl=url, MessageBody=message_of(event))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(retry_after_seconds=1) from error
