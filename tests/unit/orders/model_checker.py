"""Explore every reachable situation of a process version to a fixed point, and name what is wrong with it.

A situation is (state, risk hold or not, how the money is awarded). It is written against the table alone, on purpose:
nothing of rules.py is used, so that a mistake there and a mistake here would have to agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from marketplace.orders.model import SYSTEM
from marketplace.orders.process import Effect, Guard, Kind, Process, Transition

HELD, NOWHERE, WITH_BANK, GONE = "held", "nowhere", "with the bank", "gone"
AWARDS = {Effect.AWARD_SELLER: "seller", Effect.AWARD_BUYER: "buyer"}
NEEDS = {"seller": Guard.ALL_TO_SELLER, "buyer": Guard.ALL_TO_BUYER, "both": Guard.SHARED}


@dataclass(frozen=True)
class Situation:
    state: str
    risky: bool
    award: str | None
    money: str
    proposed: str | None = None  # decided, and not carried out yet
    proven: bool = False  # delivery


@dataclass(frozen=True)
class Explored:
    situations: frozenset[Situation]
    edges: tuple[tuple[Situation, Transition, Situation], ...]
    problems: tuple[str, ...]


def explore(process: Process) -> Explored:
    """Walk from the first state through everything anybody may do, and the risk hold coming at any time."""
    start = Situation(process.first, risky=False, award=None, money=NOWHERE)
    seen, todo, edges, problems = {start}, [start], [], []
    while todo:
        here = todo.pop()
        for transition, there in _steps(process, here, problems):
            edges.append((here, transition, there))
            if there not in seen:
                seen.add(there)
                todo.append(there)
        if process.states[here.state].kind is not Kind.END and here.award is None:
            risky = replace(here, risky=True)
            if risky not in seen:
                seen.add(risky)
                todo.append(risky)
    problems += _static(process)
    problems += _dead_ends(process, seen, edges)
    problems += _stranded(process, seen)
    return Explored(frozenset(seen), tuple(edges), tuple(dict.fromkeys(problems)))


def _steps(process: Process, here: Situation, problems: list[str]) -> Iterator[tuple[Transition, Situation]]:
    # A bank may take back everything, or less; what is sold is pinned at placement, and any of it may stand here.
    # A return may be open beside any dispute: then that counts, and not whether it arrived.
    stands = (Guard.PROVEN if here.proven else Guard.UNPROVEN, Guard.RETURNING)
    for taken, sold, arrived in product(
        (Guard.WHOLE, Guard.IN_PART), (Guard.GOODS, Guard.SERVICE, Guard.DIGITAL), stands
    ):
        facts = {taken, sold, Guard.RISKY if here.risky else Guard.CLEAR, arrived}
        facts |= {NEEDS[here.award]} if here.award else set()
        yield from _steps_given(process, here, facts, problems)


def _steps_given(
    process: Process, here: Situation, facts: set[Guard], problems: list[str]
) -> Iterator[tuple[Transition, Situation]]:
    names = {row.name for row in process.transitions if row.source == here.state}
    for name in sorted(names):
        rows = [row for row in process.transitions if row.source == here.state and row.name == name]
        fitting = [row for row in rows if row.guard is None or row.guard in facts]
        if len(fitting) > 1:
            problems.append(f"{here}: {name} is ambiguous")
        for row in fitting:
            money = _money_after(row, here, problems)
            proven = here.proven or row.target == "delivered"
            for award, proposed in product(_awards(row, here), _proposals(row, here)):
                yield row, Situation(row.target, _risk_after(row, here), award, money, proposed, proven)


def _awards(row: Transition, here: Situation) -> list[str | None]:
    if Effect.AWARD_DECIDED in row.effects:
        return ["seller", "buyer", "both"]
    if Effect.AWARD_STANDS in row.effects:
        return [here.proposed]
    given = [AWARDS[effect] for effect in row.effects if effect in AWARDS]
    if given and here.award:
        return [*given]  # shown as a second award by _money_after
    return [given[0] if given else here.award]


def _proposals(row: Transition, here: Situation) -> list[str | None]:
    if Effect.AWARD_PROPOSED in row.effects:
        return ["seller", "buyer", "both"]
    over = {Effect.AWARD_STANDS, Effect.AWARD_DECIDED, Effect.WITHDRAWN}
    return [None if over & set(row.effects) else here.proposed]


def _risk_after(row: Transition, here: Situation) -> bool:
    return here.risky and row.name != "clear"


def _money_after(row: Transition, here: Situation, problems: list[str]) -> str:
    money = here.money
    needs = {
        Effect.CAPTURE: (NOWHERE, HELD),
        Effect.WITHDRAWN: (HELD, WITH_BANK),
        Effect.REINSTATED: (WITH_BANK, HELD),
        Effect.LOST: (WITH_BANK, GONE),
        Effect.LOST_IN_PART: (WITH_BANK, HELD),
    }
    for effect in row.effects:
        if effect in needs:
            expected, after = needs[effect]
            if money != expected:
                problems.append(f"{here}: {row.name} needs money {expected}")
            money = after
        if effect is Effect.AWARD_STANDS and not here.proposed:
            problems.append(f"{here}: {row.name} carries out what nobody decided")
        if effect in {*AWARDS, Effect.AWARD_DECIDED, Effect.AWARD_STANDS} and (money != HELD or here.award):
            problems.append(f"{here}: {row.name} awards money that is {money}, award {here.award}")
    if row.name == "settle":
        if money != HELD or not here.award:
            problems.append(f"{here}: settles without held money or award")
        money = GONE
    return money


def _static(process: Process) -> Iterator[str]:
    for state in process.states.values():
        if state.kind is Kind.WAITING:
            if state.timer is None:
                yield f"{state.name} waits without a timer"
                continue
            rows = [row for row in process.leaving(state.name) if row.name == state.timer.transition]
            if not rows or any(SYSTEM not in row.actors for row in rows):
                yield f"{state.name}: the timer fires {state.timer.transition}, which the system may not do"
            guards = {row.guard for row in rows}
            if guards not in ({None}, {Guard.CLEAR, Guard.RISKY}, {Guard.WHOLE, Guard.IN_PART}):
                yield f"{state.name}: the timer's transitions do not cover every fact"
            if state.timer.transition not in process.silences:
                yield f"{state.name}: no policy says what silence leads to"
        if state.kind is Kind.END and process.leaving(state.name):
            yield f"{state.name} is an end and goes on"
    for row in process.transitions:
        if {row.source, row.target} - set(process.states):
            yield f"{row.name} names an unknown state"


def _dead_ends(process: Process, seen: set[Situation], edges: list) -> Iterator[str]:
    """Every situation must reach an end by what the system does alone: no exit may depend on an optional act."""
    reaches = {here for here in seen if process.states[here.state].kind is Kind.END}
    grown = True
    while grown:
        by_system = {here for here, row, there in edges if SYSTEM in row.actors and there in reaches}
        grown = not by_system <= reaches
        reaches |= by_system
    yield from (f"{here} never ends when nobody acts" for here in seen - reaches)


def _stranded(process: Process, seen: set[Situation]) -> Iterator[str]:
    for here in seen:
        if process.states[here.state].kind is Kind.END and here.money not in {GONE, NOWHERE}:
            yield f"{here} ends with money {here.money}"
        if process.states[here.state].kind is Kind.END and here.proposed:
            yield f"{here} ends with a decision that was never carried out"
        if here.state == "released" and here.award != "seller":
            yield f"{here}: released, but awarded to {here.award}"
