"""Writes docs/performance.md from one run's figures."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import ascii_lowercase

from bench import cold, peers, prices
from bench.cold import BARE, ColdStarts
from bench.counted import NOTHING, Count, Operation
from bench.minima import MINIMA, REASONS, Parts, Reason, excess, least
from bench.story import CHECKOUT, CONFIRM, HAPPY_ORDER, PAY, RELEASE, REVIEW, REVIEW_BACK, SHIP
from bench.timed import ROUNDS, Timing

PAGE = Path("docs/performance.md")
MOVING = (CHECKOUT, PAY, SHIP, CONFIRM, RELEASE, REVIEW, REVIEW_BACK)  # from checkout to the reviews


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one run measured."""

    operations: Mapping[str, Operation]
    timings: Mapping[str, Timing]
    by_function: Mapping[str, Timing]
    cold_starts: ColdStarts
    bill: prices.Bill
    on: date


def write(figures: Figures) -> None:
    """Replace the page."""
    parts = (
        _head(figures.on),
        _counted(figures.operations),
        _beside_the_least(figures.operations),
        _timed(figures.timings, figures.by_function),
        _cold(figures.cold_starts),
        _price(figures.bill),
        _compared(figures.operations),
    )
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(on: date) -> str:
    return f"""# Performance

Written by `make bench` on {on.isoformat()}; nothing here is typed by hand.
Machine: {machine()}.

How to read it:

- **Counted** figures are exact and the same on every machine. `bench/budgets.json` holds them, and `make test` fails
  when an operation takes more than its budget, or scans a table.
- **Timed** figures are CPU times of this machine, which may have been busy with other things: trust the ratios, which
  compare two measurements taken moments apart in one process, and not the milliseconds.
- No figure contains network time. DynamoDB and Stripe are stand-ins in the process; their own time is taken out.
- *Request* is what somebody waits for, or a schedule's run; *afterwards* is what follows by itself: webhooks, the
  outbox relay, queue consumers and the workflow, one queue message an invocation, all run through the deployed
  handlers."""


def machine() -> str:
    """Describe what the run was made on."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    cores = sum(line.startswith("processor") for line in lines) or 1
    return f"{cores} x {model or platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def _counted(operations: Mapping[str, Operation]) -> str:
    rows = []
    for operation in operations.values():
        parts = {"request": operation.request, "afterwards": operation.afterwards}
        rows += [
            [operation.name if part == "request" or not operation.request.invocations else "", part, *_cells(taken)]
            for part, taken in parts.items()
            if taken.invocations
        ]
    header = (
        "operation", "part", "invocations", "DynamoDB round trips", "read units", "write units", "Stripe calls",
        "messages", "state transitions", "mails",
    )  # fmt: skip
    return "## Per operation, counted\n\nUnits include those of indexes.\n\n" + _table(header, rows)


def _beside_the_least(operations: Mapping[str, Operation]) -> str:
    letters = dict(zip(REASONS.values(), ascii_lowercase, strict=False))
    rows = [_beside(name, operations[name].whole, parts, letters) for name, parts in MINIMA.items()]
    header = (
        "flow of money", "round trips, least", "taken", "write units, least", "taken", "beyond: trips (and units)",
    )  # fmt: skip
    reasons = [
        f"- **{letter}** {reason.text}{' (a saving not taken)' if reason.saving else ''}."
        for reason, letter in letters.items()
    ]
    legend = "\n".join(reasons)
    return f"""## Beside the least that the access pattern allows

The least is derived, not measured: which rows must be read, in how many steps that depend on each other, and which rows
must change, in how many transactions. `bench/minima` says it row by row with the rules that it follows, and a test
holds that the least, with what is named as beyond it, is exactly what is measured: of the request and of all that
follows, together.

{_table(header, rows)}

What is beyond:

{legend}"""


def _beside(name: str, taken: Count, parts: Parts, letters: Mapping[Reason, str]) -> list[str]:
    trips, units = least(parts)
    beyond = [
        f"{letters[reason]} {more_trips}{f' ({more_units})' if more_units else ''}"
        for reason, (more_trips, more_units) in excess(parts).items()
    ]
    return [name, f"{trips}", f"{taken.round_trips}", f"{units}", f"{taken.write_units:g}", ", ".join(beyond)]


def _cells(taken: Count) -> list[str]:
    figures = (
        taken.invocations, taken.round_trips, taken.read_units, taken.write_units, taken.stripe_calls, taken.messages,
        taken.transitions, taken.mails,
    )  # fmt: skip
    return [f"{figure:g}" if figure else "" for figure in figures]


def _timed(timings: Mapping[str, Timing], by_function: Mapping[str, Timing]) -> str:
    header = ("", "invocations", "handler CPU / bare botocore", "handler CPU ms", "bare calls ms", "password hash ms")
    return f"""## Handler CPU

Medians of {ROUNDS} rounds, garbage collector stopped. *Handler* is the whole handler, with routing, checks, pynamodb,
botocore and Stripe's library; *bare* is the same DynamoDB calls with the same parameters on a plain botocore client
with validation off, played back against the recorded answers. The password hash (argon2id) is counted apart.

{_table(header, _timing_rows(timings))}

The same, by function and invocation:

{_table(header, _timing_rows(by_function))}"""


def _timing_rows(timings: Mapping[str, Timing]) -> list[list[str]]:
    return [
        [
            name,
            str(timing.invocations),
            f"{timing.ratio:.2f}" if timing.ratio else "no call",
            f"{timing.handler_ms:.2f}",
            f"{timing.bare_ms:.2f}",
            f"{timing.hashing_ms:.1f}" if timing.hashing_ms else "",
        ]
        for name, timing in timings.items()
    ]


def _cold(found: ColdStarts) -> str:
    rows = [
        [name, str(each.modules), f"{each.least_ratio:.2f}", f"{each.median_ratio:.2f}", f"{each.least_ms:.0f}"]
        for name, each in found.functions.items()
    ]
    heavy = [[each.package, f"{each.median_ms:.1f}", str(each.functions)] for each in found.heaviest]
    return f"""## Cold starts

A fresh interpreter imports the handler, makes the services which the handler names, and the clients which its role is
for (and Stripe's library where its layer is attached). {cold.ROUNDS} interleaved rounds; CPU time without the
interpreter's own start; byte code at hand. As multiples of a process that only makes a botocore DynamoDB client.

{_table(("function", "modules", f"x {BARE}, least", "x, median", "least CPU ms"), rows)}

Without byte code every start compiles what it imports: the {BARE} then takes {found.uncompiled_bare:.1f} times
as long, and `{cold.UNCOMPILED}` {found.uncompiled_function:.1f} times: what a layer packed without it costs each start.

The five heaviest packages over all functions, by the import time of their own modules:

{_table(("package", "ms", "functions that import it"), heavy)}"""


def _price(bill: prices.Bill) -> str:
    order = ", ".join(f"{times} x {name}" if times > 1 else name for name, times in HAPPY_ORDER.items())
    counted = bill.counted
    rows = [
        ["DynamoDB", f"{counted.write_units:g} write and {counted.read_units:g} read units", _usd(bill.dynamodb)],
        ["Lambda", f"{counted.invocations} invocations, {bill.lambda_gb_seconds:.2f} GB-s", _usd(bill.lambda_)],
        ["API Gateway", "requests, Stripe's webhooks included", _usd(bill.api_gateway)],
        ["SQS", f"{counted.messages} messages, three requests each", _usd(bill.queues)],
        ["Step Functions", f"{counted.transitions} state transitions", _usd(bill.workflow)],
        ["SES", f"{counted.mails} mails", _usd(bill.mails)],
        ["**all**", "", f"**{_usd(bill.total)}**"],
    ]
    waits = (
        f"{prices.WAIT_DYNAMODB_MS} ms for each DynamoDB call, {prices.WAIT_STRIPE_MS} ms for each call of Stripe, "
        f"{prices.WAIT_QUEUE_MS} ms for each message and {prices.WAIT_MAIL_MS} ms for each mail"
    )
    sources = [[what, price, source] for what, price, source in prices.SOURCES]
    return f"""## What one happy order costs on AWS

{order}.

{_table(("service", "counted", "USD per 1,000 orders"), rows)}

Assumptions: list prices of {prices.REGION} as of {prices.AS_OF}, first tier, no free tier:

{_table(("unit", "USD", "source"), sources)}

Lambda bills waiting too, and nothing here waits. Duration is the measured CPU time of each function, stretched by
{prices.FULL_CPU_MB} MB / its memory, plus {waits}: assumed, not measured.
Left out: Stripe's own fees, storage, logs, alarms, data transfer, the sweep (one invocation a minute, whatever the
trade) and polling of empty queues."""


def _usd(each: float) -> str:
    return f"{each * 1_000:.3f}"


def _compared(operations: Mapping[str, Operation]) -> str:
    rows = [[each.what, each.ours, *map(str, each.peers)] for each in peers.compare(operations)]
    happy = moved_on(operations)
    calls, runs = happy.round_trips, happy.invocations
    return f"""## Beside other back ends

Datastore calls per operation. The peers' figures were measured elsewhere, on another machine, in their own test set-up
(Vendure 3.7.3, Medusa 2.21.2, Saleor 3.24.0-a.0; PostgreSQL 15, catalogue of 1,000, statements without transaction
control); only the counts are comparable. They have no sellers and no protected payment, and what follows an order there
(mail, search index, webhooks) is not in their figures, while it is in ours.

{_table(("operation", "Aval, DynamoDB round trips", *(f"{peer}, SQL statements" for peer in peers.PEERS)), rows)}

The AWS serverless e-commerce sample (git 3b9ef36, read and not run) takes 19 to 20 DynamoDB calls and 20 to 21 Lambda
invocations for an order until delivered and charged; here the operations that move a happy order on, from checkout to
the reviews, take {calls} calls and {runs} invocations, with stock reserved, ledger, escrow, screening and notices."""


def moved_on(operations: Mapping[str, Operation]) -> Count:
    """Add up what moves a happy order on: what anybody does to it, and not who looks at it."""
    return sum((operations[name].whole for name in MOVING), NOTHING)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
