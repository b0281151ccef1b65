"""What the life of a return is made of: waits, transitions, and what they do beside changing the state."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.returns.model import Outcome


class Does(StrEnum):
    """What a transition does to money and pieces, in the same transaction."""

    REFUND = "refund"  # what was quoted, less the deduction; or the reduction that was agreed or decided
    LET_GO = "let_go"  # the pieces can be returned again


class Stocked(StrEnum):
    """What a transition does to the pieces that replace the returned ones, in the same transaction."""

    RESERVE = "reserve"  # taken from what is on sale
    FREE = "free"  # on sale again


@dataclass(frozen=True, slots=True)
class Wait:
    """What happens in a state at the end of its time."""

    transition: str
    days: int
    en: str
    es: str
    human_queue: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed change of state."""

    name: str
    source: str
    target: str
    actors: tuple[str, ...]
    does: Does | None = None
    outcome: Outcome | None = None  # of one that ends it
    stock: Stocked | None = None
    hastens: bool = False  # its wait ends no later than the one before would have
