"""What a version of the life of an order is made of: states, timers, transitions, and what silence means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an order does in a state."""

    WAITING = "waiting"  # for somebody, until a timer
    WORKING = "working"  # the system is moving money; the sweep repeats it until it is done
    END = "end"


class Guard(StrEnum):
    """A fact that picks between transitions of one name."""

    CLEAR = "clear"  # no risk hold
    RISKY = "risky"  # a risk hold that no operator has cleared
    ALL_TO_SELLER = "all_to_seller"
    ALL_TO_BUYER = "all_to_buyer"
    SHARED = "shared"
    WHOLE = "whole"  # a chargeback of everything that is held
    IN_PART = "in_part"  # or of less
    GOODS = "goods"  # what is sold, pinned at placement
    SERVICE = "service"
    DIGITAL = "digital"
    PROVEN = "proven"  # something shows that it arrived
    UNPROVEN = "unproven"
    RETURNING = "returning"  # something of it is on its way back


class Effect(StrEnum):
    """What a transition does beside changing the state, in the same transaction."""

    CAPTURE = "capture"  # book the payment as held
    RESTOCK = "restock"  # give the reserved stock back
    AWARD_SELLER = "award_seller"  # the whole amount
    AWARD_BUYER = "award_buyer"
    AWARD_DECIDED = "award_decided"  # as an operator decided, or as both sides agreed
    AWARD_PROPOSED = "award_proposed"  # decided, and not carried out before it can be appealed
    AWARD_STANDS = "award_stands"  # what was proposed is carried out
    WITHDRAWN = "withdrawn"  # the bank took the money while it looks at a chargeback
    REINSTATED = "reinstated"  # and gave it back
    LOST = "lost"  # or kept it
    LOST_IN_PART = "lost_in_part"  # or kept it, and the rest is still to be divided


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens at the end of a wait: `transition` fires, after a named duration (timers.py).

    `private_length` replaces `length` when the seller is a private person. With a `promise`, the listing's own promise
    counts: its days, and `length` as the grace after them. `business_days` counts `length` in days on which banks work.
    """

    transition: str
    length: str
    private_length: str | None = None
    promise: str | None = None  # "handling" or "delivery"
    business_days: bool = False

    def length_for(self, seller_kind: str) -> str:
        return self.private_length if self.private_length and seller_kind == "private" else self.length


@dataclass(frozen=True, slots=True)
class Reminder:
    """A notice to one side before a wait ends; it is dropped when the order moves first."""

    party: str  # BUYER or SELLER
    before: str  # a named duration, counted back from the deadline


@dataclass(frozen=True, slots=True)
class State:
    """One place in the life of an order."""

    name: str
    kind: Kind
    timer: Timer | None = None
    reminders: tuple[Reminder, ...] = ()
    human_queue: bool = False  # an operator is asked to act
    clocked_by: str = "execution"  # "sweep" before there is an execution
    usual: str | None = None  # where a waiting order usually goes next; a wrong guess costs its execution transitions


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed change of state."""

    name: str
    source: str
    target: str
    actors: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """What the policy says when nobody acts; shown before paying and on every order."""

    en: str
    es: str


@dataclass(frozen=True)
class Process:
    """One version of the life of an order."""

    version: int
    first: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    silences: Mapping[str, Silence]  # by the transition that the timer fires

    def leaving(self, state: str) -> tuple[Transition, ...]:
        return tuple(each for each in self.transitions if each.source == state)

    def named(self, state: str, name: str, facts: frozenset[Guard] = frozenset()) -> Transition | None:
        """Return the transition of that name which the state and the facts allow, or None."""
        fitting = (each for each in self.leaving(state) if each.name == name)
        return next((each for each in fitting if each.guard is None or each.guard in facts), None)


def on_each(sources: tuple[str, ...], *rows: Transition) -> tuple[Transition, ...]:
    """Repeat rows, which name no source themselves, for each of several sources.

    Raises: ValueError.
    """
    if any(row.source for row in rows):
        raise ValueError("a row that is repeated names no source itself")
    return tuple(
        Transition(row.name, source, row.target, row.actors, row.effects, row.guard)
        for source in sources
        for row in rows
    )
