"""What one happy order costs on AWS: counted figures times list prices, with every assumption in sight."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.counted import NOTHING, Count, Operation
from bench.meter import Invocation
from bench.story import HAPPY_ORDER
from bench.template import deployed
from bench.timed import Timing

REGION = "US East (N. Virginia)"
AS_OF = "2025 (DynamoDB's since November 2024)"
MILLION = 1_000_000
# USD. Each is the first tier of the service's public price page, without the free tier.
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000133334  # arm64
API_REQUEST = 3.50 / MILLION  # REST API
QUEUE_REQUEST = 0.40 / MILLION  # standard queue
TRANSITION = 0.025 / 1_000  # standard workflow
MAIL = 0.10 / 1_000
SOURCES = (
    ("DynamoDB on demand, write and read request unit", "0.625 and 0.125 a million", "aws.amazon.com/dynamodb/pricing"),
    (
        "Lambda arm64, GB-second and request",
        "0.0000133334, and 0.20 a million",
        "aws.amazon.com/lambda/pricing",
    ),
    ("API Gateway REST API, request", "3.50 a million", "aws.amazon.com/api-gateway/pricing"),
    ("SQS standard, request", "0.40 a million", "aws.amazon.com/sqs/pricing"),
    ("Step Functions standard, state transition", "0.025 a thousand", "aws.amazon.com/step-functions/pricing"),
    ("SES, mail", "0.10 a thousand", "aws.amazon.com/ses/pricing"),
)
QUEUE_REQUESTS_A_MESSAGE = 3  # sent, received, deleted
# Lambda bills waiting too, and there is no network here: these stand in for it.
WAIT_DYNAMODB_MS, WAIT_STRIPE_MS, WAIT_QUEUE_MS, WAIT_MAIL_MS = 5, 300, 10, 60
FULL_CPU_MB = 1_769  # memory at which Lambda gives one whole CPU; below it, a proportional share
MS = 1_000


@dataclass(frozen=True, slots=True)
class Bill:
    """USD per happy order, by service, and what was counted."""

    dynamodb: float
    lambda_: float
    api_gateway: float
    queues: float
    workflow: float
    mails: float
    counted: Count
    lambda_gb_seconds: float

    @property
    def total(self) -> float:
        return self.dynamodb + self.lambda_ + self.api_gateway + self.queues + self.workflow + self.mails


def bill(operations: Mapping[str, Operation], timings: Mapping[str, Timing]) -> Bill:
    """Price one happy order; `timings` are those of one invocation, by function."""
    counted, gb_seconds, api_requests = NOTHING, 0.0, 0
    for name, times in HAPPY_ORDER.items():
        operation = operations[name]
        counted += operation.whole.times(times)
        invocations = (*operation.done.request, *operation.done.afterwards)
        gb_seconds += times * sum(_gb_seconds(one, timings[one.function]) for one in invocations)
        api_requests += times * sum(one.trigger == "api" for one in invocations)
    return Bill(
        dynamodb=counted.write_units * WRITE_UNIT + counted.read_units * READ_UNIT,
        lambda_=gb_seconds * LAMBDA_GB_SECOND + counted.invocations * LAMBDA_REQUEST,
        api_gateway=api_requests * API_REQUEST,
        queues=counted.messages * QUEUE_REQUESTS_A_MESSAGE * QUEUE_REQUEST,
        workflow=counted.transitions * TRANSITION,
        mails=counted.mails * MAIL,
        counted=counted,
        lambda_gb_seconds=gb_seconds,
    )


def _gb_seconds(one: Invocation, timing: Timing) -> float:
    memory_mb = deployed()[one.function].memory_mb
    computing_ms = (timing.handler_ms + timing.hashing_ms) * max(1, FULL_CPU_MB / memory_mb)
    waiting_ms = (
        len(one.calls) * WAIT_DYNAMODB_MS
        + one.stripe_calls * WAIT_STRIPE_MS
        + one.messages * WAIT_QUEUE_MS
        + one.mails * WAIT_MAIL_MS
    )
    return memory_mb / 1_024 * (computing_ms + waiting_ms) / MS
