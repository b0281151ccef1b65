"""Lambda handlers for queues and streams: one record is one event, and only failed records come again.

A small loop of our own: Powertools' batch processor does the same for 74 modules more at each cold start.
A record that cannot be read is reported as failed like any other, so that the queue's own limit takes it to the
dead-letter queue, and it is logged as `undecodable` each time.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools.logging import Logger

from marketplace.kit.clock import from_text
from marketplace.kit.errors import DomainError
from marketplace.outbox.model import Event
from marketplace.web.telemetry import StandardOutput, scrubbed

TIME_KEPT_MS = 8_000  # a record is not begun with less left: its slowest call, a mail, may take 6 s and must not die

S = TypeVar("S")
Handle = Callable[[Event, S], str]  # -> one word for the log
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Undecodable(Exception):
    """The record is not one of our events; no repetition will make it one."""


class BatchFailed(Exception):
    """No record of the batch could be handled."""


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    event_id: str
    kind: str
    subject: str
    occurred_at: str
    data: dict[str, str | int]


_decoder = msgspec.json.Decoder(_Message)


def event_of_message(record: Mapping[str, Any]) -> Event:
    """Read the event in an SQS record's body, as messaging/queues.py wrote it."""
    found = _decoder.decode(record["body"])
    return Event(found.event_id, found.kind, found.subject, from_text(found.occurred_at), found.data)


def queue_consumer(name: str, handle: Handle[S], *, services: Callable[[], S]) -> Handler:
    """Make the handler of an SQS queue; `services` is called on the first event.

    When every record failed it raises, so that a mapping without ReportBatchItemFailures (batch size 1) still sees it.
    """
    consume = _Consumer(name, handle, services)

    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        records = event["Records"]
        failed = [
            record["messageId"]
            for record in records
            if not consume(record, event_of_message, record["messageId"], context)
        ]
        if records and len(failed) == len(records):
            raise BatchFailed(f"{len(failed)} of {len(records)} records failed")
        return _failures(failed)

    return handler


def stream_consumer(
    name: str, decode: Callable[[Mapping[str, Any]], Event], handle: Handle[S], *, services: Callable[[], S]
) -> Handler:
    """Make the handler of a DynamoDB stream of insertions.

    It stops at the first failure and names it: Lambda goes on from there, so the order of a shard is kept.
    """
    consume = _Consumer(name, handle, services)

    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        for record in event["Records"]:
            place = record["dynamodb"]["SequenceNumber"]
            if record.get("eventName") == "INSERT" and not consume(record, decode, place, context):
                return _failures([place])
        return _failures([])

    return handler


def _read(decode: Callable[[Mapping[str, Any]], Event], record: Mapping[str, Any]) -> Event:
    try:
        return decode(record)
    except Exception as error:  # decoding reads nothing but the record: whatever it stumbles on lies there
        raise Undecodable from error


def _failures(places: list[str]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": place} for place in places]}


class _Consumer:
    """Handles single records: True when done, False when it must come again; one log line each, no personal data."""

    def __init__(self, name: str, handle: Callable[[Event, Any], str], services: Callable[[], Any]) -> None:
        self._handle = handle
        self._services = services
        self._made: Any = None
        self._logger = Logger(service=name, level="INFO", logger_handler=StandardOutput())

    def __call__(
        self, record: Mapping[str, Any], decode: Callable[[Mapping[str, Any]], Event], place: str, context: Any
    ) -> bool:
        started = time.perf_counter()
        told: dict[str, Any] = {"record": place}
        try:
            event = _read(decode, record)
            told |= {"event_id": event.event_id, "kind": event.kind, "subject": event.subject}
            _insist_on_time(context)
            told["outcome"] = self._handle(event, self._live())
        except Exception as error:  # noqa: BLE001 - one record's failure must not stop the others
            told |= _described(error)
        told["ms"] = round((time.perf_counter() - started) * 1000, 2)
        self._line(told["outcome"])("record", extra=told)
        return "error" not in told

    def _line(self, outcome: str) -> Callable[..., None]:
        if outcome in {"broken", "undecodable"}:
            return self._logger.error
        return self._logger.warning if outcome == "again" else self._logger.info

    def _live(self) -> Any:
        if self._made is None:
            self._made = self._services()
        return self._made


class _NoTime(DomainError):
    """The function is about to be stopped: the record is left for the next call."""

    code = "no_time"


def _insist_on_time(context: Any) -> None:
    if context is not None and context.get_remaining_time_in_millis() < TIME_KEPT_MS:
        raise _NoTime


def _described(error: Exception) -> dict[str, Any]:
    if isinstance(error, Undecodable):
        return {"outcome": "undecodable", "error": type(error.__cause__ or error).__name__}
    if isinstance(error, DomainError):
        return {
            "outcome": "again",
            "error": error.code,
            "facts": dict(error.facts),
            "cause": type(error.__cause__).__name__,
        }
    frames = _stack(error)
    return {"outcome": "broken", "error": type(error).__name__, "reason": scrubbed(str(error)), "stack": frames}


def _stack(error: Exception) -> list[str]:
    places, trace = [], error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places
