"""The life of a return, as one table: states, who may do what, and what silence means.

The service's guards, the deadlines, the answer to "what if nobody does anything", and the checker of the tests read it.
A return begins in `approved` when goods travel back, and in `awaiting_receipt` when there is nothing to send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.orders.model import BUYER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome

SEND_DAYS = 14  # Directive 2011/83/EU, article 14(1)
RECEIPT_DAYS = 14  # article 13: refunded within 14 days of the withdrawal, and once sending is shown
CONTEST_DAYS = 7
REVIEW_DAYS = 30


class Does(StrEnum):
    """What a transition does beside changing the state, in the same transaction."""

    REFUND = "refund"  # what was quoted, less the deduction
    LET_GO = "let_go"  # the pieces can be returned again


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


APPROVED, AWAITING, DEDUCTED, REVIEW, ENDED = "approved", "awaiting_receipt", "deducted", "review", "ended"
FIRST = (APPROVED, AWAITING)

STATES: Mapping[str, Wait | None] = {
    APPROVED: Wait(
        "send_overdue",
        SEND_DAYS,
        "Not sent back in time: the return ends and nothing is refunded for it.",
        "Sin envío de vuelta a tiempo: la devolución termina y no se reembolsa nada por ella.",
    ),
    AWAITING: Wait(
        "receipt_overdue",
        RECEIPT_DAYS,
        "The seller says nothing in time: the buyer is refunded as shown.",
        "El vendedor no dice nada a tiempo: se reembolsa al comprador lo mostrado.",
    ),
    DEDUCTED: Wait(
        "deduction_stands",
        CONTEST_DAYS,
        "The buyer does not contest the deduction in time: the rest is refunded.",
        "El comprador no impugna el descuento a tiempo: se reembolsa el resto.",
    ),
    REVIEW: Wait(
        "review_overdue",
        REVIEW_DAYS,
        "The marketplace does not decide in time: the buyer is refunded without deduction.",
        "El mercado no decide a tiempo: se reembolsa al comprador sin descuento.",
        human_queue=True,
    ),
    ENDED: None,
}

_WAITING = tuple(name for name, wait in STATES.items() if wait)

TRANSITIONS = (
    Transition("send", APPROVED, AWAITING, (BUYER,)),
    Transition("send_overdue", APPROVED, ENDED, (SYSTEM,), Does.LET_GO, Outcome.NOT_SENT),
    # Goods may come back before anybody said that they were sent.
    *(Transition("receive", each, ENDED, (SELLER,), Does.REFUND, Outcome.REFUNDED) for each in (APPROVED, AWAITING)),
    *(Transition("deduct", each, DEDUCTED, (SELLER,)) for each in (APPROVED, AWAITING)),
    Transition("receipt_overdue", AWAITING, ENDED, (SYSTEM,), Does.REFUND, Outcome.REFUNDED),
    Transition("accept_deduction", DEDUCTED, ENDED, (BUYER,), Does.REFUND, Outcome.REFUNDED),
    Transition("deduction_stands", DEDUCTED, ENDED, (SYSTEM,), Does.REFUND, Outcome.REFUNDED),
    Transition("contest", DEDUCTED, REVIEW, (BUYER,)),
    Transition("decide", REVIEW, ENDED, (OPERATOR,), Does.REFUND, Outcome.REFUNDED),
    Transition("review_overdue", REVIEW, ENDED, (SYSTEM,), Does.REFUND, Outcome.REFUNDED),
    Transition("cancel", APPROVED, ENDED, (BUYER,), Does.LET_GO, Outcome.CANCELLED),
    *(Transition("supersede", each, ENDED, (SYSTEM,), Does.LET_GO, Outcome.SUPERSEDED) for each in _WAITING),
)


def named(state: str, name: str, actor: str) -> Transition | None:
    """Return what `name` means in this state for this actor, or None where it is not allowed."""
    return next(
        (each for each in TRANSITIONS if (each.source, each.name) == (state, name) and actor in each.actors), None
    )


def allowed_actions(state: str, actor: str) -> list[str]:
    """Name what this actor may do now, in the table's order."""
    return [each.name for each in TRANSITIONS if each.source == state and actor in each.actors]


def deadline(state: str, at: datetime) -> datetime | None:
    """Return when a wait that begins at `at` is over; None in the end."""
    wait = STATES[state]
    return at + timedelta(days=wait.days) if wait else None
