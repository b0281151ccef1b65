"""Write docs/money-safety.md from what a full run did."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from tests.crash.catching import VARIANTS
from tests.crash.deadlines import WAITING
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS
from tests.crash.orders_of_arrival import STORIES
from tests.crash.races import CONTESTS

PAGE = Path("docs/money-safety.md")

TEXT = """\
<!-- Written by `make crash-full`. Change tests/crash/report.py, not this page. -->

# What is proven about money, and how

Every external call of every money flow is made to fail in every way; after it the trigger comes again as a client, a
queue or Stripe would send it, the sweep runs, and everything below must hold. A second recovery must change nothing:
no row of any table, no object and no balance at Stripe, no mail.

`make test` runs every single fault of every flow, every broken variant and a sample of the rest, and prints for each
flow how many calls failed in how many ways, and how many states that left, with their total. `make crash-full` runs
all of it in one process a core, keeps what is done, and goes on from there when it is run again on the same code; it
writes this page each time.

## What was run

Written on {on} of the code whose hash is `{code}`; `python -m tests.crash.full --hash` prints that of the tree you see
(with `PYTHONPATH=layers/shared/python:.`). The hash covers the product, the local Stripe, the in-memory tables with
their template, this suite and the pinned libraries (tests/crash/explored.py). Seed of the first random history: {seed}.
CPU seconds of one core.

| Part | What | Runs | Made | States | Whole | Violations | CPU s |
|---|---|---:|---:|---:|---|---:|---:|
{table}

"Whole" says whether everything was explored, or how many tasks (flows, contests, ranges of seeds) the time did not
allow so far. "States" are the different outsides that the faults of all those runs left; each was recovered from, and
looked at before, after, and after a second recovery. A random history is repeated by its seed; everything else is the
same in every run.

- **Flows** ({flows_count}): {flows}.
- **Faults**: {kinds}. `crash_before`: the process dies before the call. `crash_after`: the call is done and the process
  dies. `timeout_after`: the call is done, its answer is lost, the SDK repeats it. `timeout_lost`: the answers to the
  repetitions are lost as well, and the code goes on. `refuse`: in one of several ways, by the call's number: a conflict
  or throttling of one item, the whole transaction throttled, a 500; 503, 409 or 429 of Stripe; to the SDK's
  repetitions too.
- **The list of calls** is taken from a recorded run of each flow: DynamoDB, Stripe, SQS, SES, Step Functions and
  Secrets Manager. No money flow calls S3. A new call is in the list by being made.
- **Saved failures**: a 500 that Stripe repeats under its key for a day, with nothing done or with everything done;
  before the key's end nothing is paid again, after it the object is looked up and adopted, and what is not found is
  parked for a person.
- **Outages**: the recovery begins 25 hours after the fault, when Stripe has forgotten its keys.
- **Deliveries** ({stories_count} stories): {stories}.
- **Races** ({contests_count}): {contests}. A schedule decides who goes on before each call.
  Schedules that meet in one state, with each actor having heard the same answers, are gone on from once
  (`distinct_interleavings`; on small contests it comes to the same ends as every schedule).
- **States**: a process that has died keeps nothing, so what follows depends on nothing but the outside it left. Runs
  that leave everything outside alike (items, streams, queues, Stripe's objects, books, timers, saved answers and
  webhooks, executions, mails, alarms, time) share one recovery. tests/fakes/outside.py says what counts;
  tests/unit/test_outside.py changes one thing at a time, and each change is another state. A fault behind a pause
  between two deliveries is run from that pause, in a process of its own.
- **Made**: of the runs, those that were made. Where the record of a step tells what a fault must leave, and that state
  was recovered from before, the run is not made: a process that dies leaves what stood at that moment; a lost answer
  that the SDK asks for again is no fault where the call changed nothing or carries a token; an answer that stays away
  is a refusal where the call changed nothing. Each of these is first tried at the first such call of each site in each
  piece of work (queue, webhooks, execution, sweep), and relied on only where it held; tests/crash/test_exploring.py
  makes every run of some flows all the same, and compares.
- **Pairs**: the second fault hits each call of each stage of the recovery from the first, from each state once. The
  runs count every call and kind of the recoveries explored; what was explored once stands for every first fault that
  led there.
- **Deadlines** ({waiting_count}): of waiting orders, of returns, exchanges and claims, of
  offers and late appeals, of payout dates, reserves, holds and debts: {waiting}; a second before, onto, and up to 400
  days beyond.
- **Histories**: random deeds by buyers, sellers, operators, finance and banks, most of them with a fault in every
  second attempt, against a small model (tests/crash/model.py) that knows no calls. After each deed: states, refunds,
  stock, what reached each seller and what they owe, what was sent to their bank, and that nothing leaves while it is
  held or stopped; in the end, after some 280 quiet days, that all but less than the minimum was sent.

## What must hold

After every run, the invariants of marketplace/audit/ (below), the local Stripe's own double-entry books, and
(tests/crash/checks.py):

- no intent is open; what is done exists at Stripe once, with its amount;
- every move of every order left an event, every event reached each of its queues, every webhook that Stripe counts as
  taken is stored, no message waits;
- every party finds every notice in the inbox exactly once; no mail left twice, and as many left as are noted as sent;
- a seller who bears what refunds cost bears their part of Stripe's fee, once;
- at most one PaymentIntent a checkout, none payable after its checkout expired, none paid and unnoticed;
- pieces on sale and pieces sold are as many as there were;
- a bank got one answer to an inquiry and one to a chargeback, or none; what is noted as sent is there, what as
  refused is not;
- no held order is released before a person cleared it or a dispute was decided;
- the execution of an ended order has ended;
- no request, message or task died of a mistake of the code (TypeError, AttributeError, NameError, LookupError), which
  what repeats it would hide.

The invariants: M1 each ledger transaction sums to zero; M2 all accounts of a currency do; M3 an order's captured
money is somewhere, and nothing is held after its end; M4 what sellers got is covered, and went to the order's own
seller; M5 one release an order, one object an intent; M6 refunds never exceed captures, awards sum exactly; M7 the
ledger only grows, from each look to the next; M8 its Stripe account is Stripe's balance, but for exactly what objects
of open intents moved; M9 banks give back or keep what they took, debts are what the books say; M10 what is on its way
has an intent. P1-P11: sellers' balances and payouts; B1-B8: what banks take back; E1-E9: orders, with what their
placement froze; C1-C5: disputes; W1-W4: returns; S1-S5: those who run the marketplace; D1: personal data is sealed;
A1-A3: the ways into accounts; R1-R2: reviews.

At once after each fault, before any recovery, all invariants hold as well, but two: M8 (Stripe may have done what we
do not know yet) and E4 (what is overdue until the next sweep).

## What shows that the suite can fail

Each of these broken variants of the real code (tests/crash/catching.py) is caught by the rule or by the words of the
check that stand behind it; whatever else is found first counts as not caught, a mistake of the variant's own above all.
"Always" are those that do what is wrong each time; the others pass everything as long as nothing fails.

| Variant | Caught by | Wrong without a fault |
|---|---|---|
{variants}

## What is assumed, not proven

- **Stripe**: a repeated key answers as it did the first time for 24 hours (23 are relied on); a PaymentIntent that is
  cancelled cannot be paid; a list by transfer group or charge shows every object created before; events are sent until
  taken, for three days. The local Stripe keeps to this (infra/local/stripe).
- **DynamoDB**: a transaction is all or nothing; a condition is judged against the newest item; a consistent read sees
  every write that was answered before; a request token makes a repetition harmless for ten minutes; each stream record
  is delivered at least once. The in-memory twin keeps to this. Its indexes are never behind: that nothing decides by an
  index is enforced by review and by the variant that does, not by every run.
- **SQS and Step Functions** deliver at least once, and keep what was not taken. Dead-letter queues are for people.
- **Disputes at Stripe**: evidence is taken once, and counted (`submission_count`); a warning says by `actionable`
  whether its charge is still neither disputed nor refunded; an inquiry moves no money; a bank never takes more than was
  paid and not given back.
- **SES**: an unknown outcome is never repeated. A mail may be lost in a crash; its inbox entry is not.
- Calls are interleaved, instructions within a process between two calls are not: nothing outside can tell.
- Not explored here: currencies with other decimals, carts of more than two sellers, more than two actors at once, and
  several cases of banks on one payment at the same moment (they are in unit tests); in random histories: chargebacks
  after a release or on a payment that pays two sellers, stops of one order or currency, debts written off.
"""


class Part(Protocol):
    """What one kind of exploration did; see full.py."""

    name: str
    of: str
    runs: int
    states: int
    made: int
    left: int
    wrong: list[str]
    seconds: float


def write(parts: Sequence[Part], seed: int, code: str, on: date) -> None:
    """Put the numbers of a run into the page."""
    PAGE.write_text(page(parts, seed, code, on))


def page(parts: Sequence[Part], seed: int, code: str, on: date) -> str:
    """Say what is proven, with the numbers of a run, of which code, and when."""
    rows = [
        f"| {part.name} | {part.of} | {part.runs:,} | {part.made:,} | {f'{part.states:,}' if part.states else ''} "
        f"| {f'no, {part.left:,} tasks left' if part.left else 'yes'} | {len(part.wrong)} | {part.seconds:,.0f} |"
        for part in parts
    ]
    named = {"flows": FLOWS, "stories": STORIES, "contests": CONTESTS, "waiting": WAITING}
    lists = {name: ", ".join(found) for name, found in named.items()}
    counts = {f"{name}_count": len(found) for name, found in named.items()}
    caught = (f"| {name} | {each.by} | {'always' if each.always else ''} |" for name, each in VARIANTS.items())
    facts = {"seed": seed, "code": code, "on": on.isoformat(), "variants": "\n".join(caught)}
    kinds = ", ".join(f"`{kind}`" for kind in KINDS)
    return TEXT.format(table="\n".join(rows), kinds=kinds, **facts, **lists, **counts)
