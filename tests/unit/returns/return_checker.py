"""The table of returns, explored whole: every state, by every actor and timer, with its money and pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome
from marketplace.returns.process import BEGINS_IN, ENDED, STATES, TRANSITIONS, Does, Stocked, Transition

ACTORS = (BUYER, SELLER, OPERATOR, CARRIER, SYSTEM)
SENT_BACK = {"send", "send_back"}
CAME_BACK = {"receive", "deduct", "receive_swap", "arrive_back", "attest_return"}


@dataclass(frozen=True)
class Situation:
    """A return as far as its table tells."""

    kind: str
    state: str
    outcome: str | None = None
    paid: int = 0  # refunds, of whatever amount
    reserved: bool = False  # pieces are out of what is on sale
    sent: bool = False  # something was sent for the returned goods
    back: str = "buyer"  # where the returned goods are, as far as anybody said


@dataclass(frozen=True)
class Explored:
    """Everything that can happen."""

    situations: frozenset[Situation]
    edges: int
    problems: tuple[str, ...]


def explore(transitions: Sequence[Transition] = TRANSITIONS) -> Explored:
    """Follow every transition by every actor from every beginning, to the fixed point."""
    todo = [Situation(str(kind), first) for kind, firsts in BEGINS_IN.items() for first in firsts]
    seen, edges = set(todo), 0
    while todo:
        here = todo.pop()
        for each in _leaving(here, transitions):
            edges += len(each.actors)
            there = _after(here, each)
            if there not in seen:
                seen.add(there)
                todo.append(there)
    found = [problem for each in seen for problem in _wrong(each, transitions)]
    missing = set(STATES) - {each.state for each in seen}
    return Explored(frozenset(seen), edges, (*sorted(set(found)), *(f"{each} is never reached" for each in missing)))


def _leaving(here: Situation, transitions: Sequence[Transition]) -> Iterator[Transition]:
    return (each for each in transitions if each.source == here.state)


def _after(here: Situation, each: Transition) -> Situation:
    reserved = {Stocked.RESERVE: True, Stocked.FREE: False}.get(each.stock, here.reserved)  # type: ignore[arg-type]
    back = "travelling" if each.name in SENT_BACK else "seller" if each.name in CAME_BACK else here.back
    return replace(
        here,
        state=each.target,
        outcome=each.outcome and str(each.outcome),
        paid=here.paid + (each.does is Does.REFUND),
        reserved=reserved,
        sent=here.sent or each.name == "send_replacement",
        back=back,
    )


def _wrong(here: Situation, transitions: Sequence[Transition]) -> Iterator[str]:
    if here.state == ENDED:
        yield from _wrong_end(here)
        return
    wait = STATES[here.state]
    if wait is None or not (wait.en and wait.es and wait.en != wait.es):
        yield f"{here.state}: silence has no text"
        return
    if here.paid:
        yield f"{here.state}: paid, and not over"
    ends = _by_time(here, transitions)
    if ends is None:
        yield f"{here.state}: time alone does not end it"
    elif ends.outcome == Outcome.REPLACED:
        yield f"{here.state}: silence says that something arrived"


def _wrong_end(here: Situation) -> Iterator[str]:
    paid = here.outcome in {Outcome.REFUNDED, Outcome.REDUCED}
    if here.outcome is None or here.paid != paid:
        yield f"ended {here.outcome} with {here.paid} refunds"
    if here.reserved and not here.sent:
        yield f"ended {here.outcome} with pieces reserved for nothing"
    if here.outcome == Outcome.REPLACED and not here.sent:
        yield "replaced by nothing"
    gone = here.back == "seller" and not here.sent
    if gone and here.outcome not in {Outcome.REFUNDED, Outcome.SUPERSEDED}:
        yield f"ended {here.outcome}: the goods are the seller's again, and so is the money"


def _by_time(here: Situation, transitions: Sequence[Transition]) -> Situation | None:
    """Let nobody act, to the end; None when it is never reached."""
    for _step in STATES:
        wait = STATES[here.state]
        if wait is None:
            return here
        fired = [e for e in _leaving(here, transitions) if e.name == wait.transition and SYSTEM in e.actors]
        if len(fired) != 1:
            return None
        here = _after(here, fired[0])
    return here if here.state == ENDED else None


def longest(first: str) -> int:
    """Return the days that the longest way from `first` to the end takes, every wait used to its last day."""

    def days(state: str, on: tuple[str, ...] = ()) -> int:
        wait = STATES[state]
        if wait is None or state in on:
            return 0
        return wait.days + max(days(each.target, (*on, state)) for each in TRANSITIONS if each.source == state)

    return days(first)
