"""The life of a return, as one table: states, who may do what, and what silence means.

The service's guards, the deadlines, the answer to "what if nobody does anything", and the checker of the tests read it.
A return begins in `approved` when goods travel back, and in `awaiting_receipt` when there is nothing to send; an
exchange in `exchange_asked` (process_swaps.py); a claim in `claimed`, or `claimed_late` once the buyer must prove the
lack (process_claims.py). Each of them can become a return, and all of them end in one place.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome, ReturnKind
from marketplace.returns.process_claims import CLAIMED, CLAIMED_LATE, claims
from marketplace.returns.process_claims import STATES as CLAIM_STATES
from marketplace.returns.process_swaps import ASKED, swaps
from marketplace.returns.process_swaps import STATES as SWAP_STATES
from marketplace.returns.process_table import Does, Stocked, Transition, Wait

SEND_DAYS = 14  # Directive 2011/83/EU, article 14(1)
RECEIPT_DAYS = 14  # article 13: refunded within 14 days of the withdrawal, and once sending is shown
LOOK_DAYS = 5  # after a carrier delivered it to the seller; never later than the days above
CONTEST_DAYS = 7
REVIEW_DAYS = 30

APPROVED, AWAITING, ARRIVED = "approved", "awaiting_receipt", "arrived_back"
DEDUCTED, REVIEW, ENDED = "deducted", "review", "ended"
FIRST = (APPROVED, AWAITING, ASKED, CLAIMED, CLAIMED_LATE)
BEGINS_IN: Mapping[str, tuple[str, ...]] = {
    ReturnKind.RETURN: (APPROVED, AWAITING),
    ReturnKind.WITHDRAWAL: (APPROVED, AWAITING),
    ReturnKind.EXCHANGE: (ASKED,),
    ReturnKind.CLAIM: (CLAIMED, CLAIMED_LATE),
    ReturnKind.AGREED: (APPROVED,),
}

_RETURN_STATES: Mapping[str, Wait] = {
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
    ARRIVED: Wait(
        "look_overdue",
        LOOK_DAYS,
        "The carrier brought it back, and the seller says nothing in time: the buyer is refunded as shown.",
        "El transportista lo entregó de vuelta y el vendedor no dice nada a tiempo: se reembolsa lo mostrado.",
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
}
STATES: Mapping[str, Wait | None] = {**_RETURN_STATES, **SWAP_STATES, **CLAIM_STATES, ENDED: None}

_GOODS_BACK = (APPROVED, AWAITING, ARRIVED)  # goods may come back before anybody said that they were sent
_BACK = (Does.REFUND, Outcome.REFUNDED)

TRANSITIONS = (
    Transition("send", APPROVED, AWAITING, (BUYER,)),
    Transition("send_overdue", APPROVED, ENDED, (SYSTEM,), Does.LET_GO, Outcome.NOT_SENT),
    *(Transition("receive", each, ENDED, (SELLER,), *_BACK) for each in _GOODS_BACK),
    *(Transition("deduct", each, DEDUCTED, (SELLER,)) for each in _GOODS_BACK),
    Transition("receipt_overdue", AWAITING, ENDED, (SYSTEM,), *_BACK),
    Transition("arrive_back", AWAITING, ARRIVED, (CARRIER,), hastens=True),
    Transition("look_overdue", ARRIVED, ENDED, (SYSTEM,), *_BACK),
    Transition("accept_deduction", DEDUCTED, ENDED, (BUYER,), *_BACK),
    Transition("deduction_stands", DEDUCTED, ENDED, (SYSTEM,), *_BACK),
    Transition("contest", DEDUCTED, REVIEW, (BUYER,)),
    Transition("decide", REVIEW, ENDED, (OPERATOR,), *_BACK),
    Transition("review_overdue", REVIEW, ENDED, (SYSTEM,), *_BACK),
    Transition("cancel", APPROVED, ENDED, (BUYER,), Does.LET_GO, Outcome.CANCELLED),
    *(Transition("supersede", each, ENDED, (SYSTEM,), Does.LET_GO, Outcome.SUPERSEDED) for each in _RETURN_STATES),
    *swaps(APPROVED, ENDED),
    *claims(APPROVED, ENDED),
)

__all__ = ["BEGINS_IN", "FIRST", "STATES", "TRANSITIONS", "Does", "Stocked", "Transition", "Wait"]


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


def due_at(kind: str, state: str, declared_at: datetime, at: datetime) -> datetime | None:
    """Return when the wait of a return of this kind is over; None in the end.

    The money of a withdrawal is back within the days of the law from its statement, whenever the goods were sent; only
    until it is shown that they were, a trader may hold it. Source: Directive 2011/83/EU, article 13(1) and (3).
    """
    usual = deadline(state, at)
    if usual is None or kind != ReturnKind.WITHDRAWAL or state != AWAITING:
        return usual
    return max(at, min(usual, declared_at + timedelta(days=RECEIPT_DAYS)))


def refund_days(kind: str, *, travels: bool) -> int:
    """Return how many days pass at most from asking for a return to its money, a contested deduction aside."""
    if not travels:
        return RECEIPT_DAYS
    return max(SEND_DAYS, RECEIPT_DAYS) if kind == ReturnKind.WITHDRAWAL else SEND_DAYS + RECEIPT_DAYS
