"""The life of an order, as one table. Everything that knows what may happen next is derived from it.

The API's guards and `allowed_actions`, the deadlines, the answer to "what if nobody does anything", the Step Functions
definition (asl.py), the diagrams (diagram.py) and the model checker of the tests all read PROCESSES.
A running order stays on the version it was placed under.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.orders.model import BUYER, OPERATOR, SELLER, STRIPE, SYSTEM


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


class Effect(StrEnum):
    """What a transition does beside changing the state, in the same transaction."""

    CAPTURE = "capture"  # book the payment as held
    RESTOCK = "restock"  # give the reserved stock back
    AWARD_SELLER = "award_seller"  # the whole amount
    AWARD_BUYER = "award_buyer"
    AWARD_DECIDED = "award_decided"  # as an operator decided
    WITHDRAWN = "withdrawn"  # the bank took the money while it looks at a chargeback
    REINSTATED = "reinstated"  # and gave it back
    LOST = "lost"  # or kept it
    LOST_IN_PART = "lost_in_part"  # or kept it, and the rest is still to be divided


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens at the end of a wait: `transition` fires, after a named duration (timers.py).

    `private_length` replaces `length` when the seller is a private person.
    """

    transition: str
    length: str
    private_length: str | None = None

    def length_for(self, seller_kind: str) -> str:
        return self.private_length if self.private_length and seller_kind == "private" else self.length


@dataclass(frozen=True, slots=True)
class State:
    """One place in the life of an order."""

    name: str
    kind: Kind
    timer: Timer | None = None
    human_queue: bool = False  # an operator is asked to act
    clocked_by: str = "execution"  # "sweep" before there is an execution


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


def _on_each(sources: tuple[str, ...], *rows: Transition) -> tuple[Transition, ...]:
    return tuple(
        Transition(row.name, source, row.target, row.actors, row.effects, row.guard)
        for source in sources
        for row in rows
    )


_ACCEPT = (
    Transition("confirm", "", "settling", (BUYER,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("confirm", "", "held", (BUYER,), (), Guard.RISKY),
)
_PAID_FOR = ("paid", "shipped", "delivery_unproven", "delivered", "held", "disputed", "dispute_review")

_STATES = (
    State("awaiting_payment", Kind.WAITING, Timer("expire", "unpaid"), clocked_by="sweep"),
    State("paid", Kind.WAITING, Timer("ship_overdue", "unshipped")),
    State("shipped", Kind.WAITING, Timer("delivery_overdue", "undelivered")),
    State("delivery_unproven", Kind.WAITING, Timer("proof_overdue", "unproven"), human_queue=True),
    State("delivered", Kind.WAITING, Timer("inspection_over", "inspection_trader", "inspection_private")),
    State("held", Kind.WAITING, Timer("hold_overdue", "hold"), human_queue=True),
    State("disputed", Kind.WAITING, Timer("answer_overdue", "dispute_answer")),
    State("dispute_review", Kind.WAITING, Timer("decision_overdue", "dispute_decision"), human_queue=True),
    State("charged_back", Kind.WAITING, Timer("chargeback_overdue", "chargeback")),
    State("settling", Kind.WORKING),
    State("released", Kind.END),
    State("refunded", Kind.END),
    State("split", Kind.END),
    State("cancelled", Kind.END),
    State("lost_to_chargeback", Kind.END),
)

_TRANSITIONS = (
    Transition("pay", "awaiting_payment", "paid", (STRIPE,), (Effect.CAPTURE,)),
    Transition("expire", "awaiting_payment", "cancelled", (SYSTEM,), (Effect.RESTOCK,)),
    Transition("ship", "paid", "shipped", (SELLER,)),
    Transition("cancel", "paid", "settling", (BUYER, SELLER), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    Transition("ship_overdue", "paid", "settling", (SYSTEM,), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    *_on_each(
        ("shipped", "delivery_unproven"),
        Transition("attest_delivery", "", "delivered", (OPERATOR,)),
        *_ACCEPT,
    ),
    Transition("delivery_overdue", "shipped", "delivery_unproven", (SYSTEM,)),
    Transition("proof_overdue", "delivery_unproven", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *_on_each(("delivered",), *_ACCEPT),
    Transition("inspection_over", "delivered", "settling", (SYSTEM,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("inspection_over", "delivered", "held", (SYSTEM,), (), Guard.RISKY),
    Transition("clear", "held", "settling", (OPERATOR,), (Effect.AWARD_SELLER,)),
    Transition("refuse", "paid", "settling", (OPERATOR,), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    *_on_each(
        ("shipped", "delivery_unproven", "delivered", "held"),
        Transition("refuse", "", "settling", (OPERATOR,), (Effect.AWARD_BUYER,)),
    ),
    Transition("hold_overdue", "held", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *_on_each(
        ("shipped", "delivery_unproven", "delivered", "held"),
        Transition("open_dispute", "", "disputed", (BUYER,)),
    ),
    Transition("answer", "disputed", "dispute_review", (SELLER,)),
    Transition("answer_overdue", "disputed", "dispute_review", (SYSTEM,)),
    Transition("decide", "dispute_review", "settling", (OPERATOR,), (Effect.AWARD_DECIDED,)),
    Transition("decision_overdue", "dispute_review", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *_on_each(_PAID_FOR, Transition("charge_back", "", "charged_back", (STRIPE,), (Effect.WITHDRAWN,))),
    Transition("chargeback_won", "charged_back", "dispute_review", (STRIPE,), (Effect.REINSTATED,)),
    Transition("chargeback_lost", "charged_back", "lost_to_chargeback", (STRIPE,), (Effect.LOST,), Guard.WHOLE),
    Transition("chargeback_lost", "charged_back", "dispute_review", (STRIPE,), (Effect.LOST_IN_PART,), Guard.IN_PART),
    Transition("chargeback_overdue", "charged_back", "lost_to_chargeback", (SYSTEM,), (Effect.LOST,), Guard.WHOLE),
    Transition(
        "chargeback_overdue", "charged_back", "dispute_review", (SYSTEM,), (Effect.LOST_IN_PART,), Guard.IN_PART
    ),
    Transition("settle", "settling", "released", (SYSTEM,), (), Guard.ALL_TO_SELLER),
    Transition("settle", "settling", "refunded", (SYSTEM,), (), Guard.ALL_TO_BUYER),
    Transition("settle", "settling", "split", (SYSTEM,), (), Guard.SHARED),
)

_SILENCES = {
    "expire": Silence(
        "Not paid in time: the order is cancelled and the goods go back on sale.",
        "Sin pago a tiempo: el pedido se cancela y los artículos vuelven a la venta.",
    ),
    "ship_overdue": Silence(
        "Not shipped in time: the buyer gets everything back.",
        "Sin envío a tiempo: el comprador recupera todo su dinero.",
    ),
    "delivery_overdue": Silence(
        "No proof of delivery in time: a person looks at the order, and nothing is released meanwhile.",
        "Sin prueba de entrega a tiempo: una persona revisa el pedido y mientras tanto no se libera nada.",
    ),
    "proof_overdue": Silence(
        "Delivery was never proven: the buyer gets everything back.",
        "La entrega nunca se demostró: el comprador recupera todo su dinero.",
    ),
    "inspection_over": Silence(
        "Delivered, and the buyer raised no problem in time: the seller is paid.",
        "Entregado y sin reclamaciones del comprador a tiempo: se paga al vendedor.",
    ),
    "hold_overdue": Silence(
        "A held order that nobody cleared in time: the buyer gets everything back.",
        "Un pedido retenido que nadie aprobó a tiempo: el comprador recupera todo su dinero.",
    ),
    "answer_overdue": Silence(
        "The seller did not answer in time: the marketplace decides with what the buyer showed.",
        "El vendedor no respondió a tiempo: el mercado decide con lo que mostró el comprador.",
    ),
    "decision_overdue": Silence(
        "The marketplace did not decide in time: the buyer gets everything back.",
        "El mercado no decidió a tiempo: el comprador recupera todo su dinero.",
    ),
    "chargeback_overdue": Silence(
        "The bank gave no answer in time: the chargeback counts as lost, and a later win is booked then.",
        "El banco no respondió a tiempo: el contracargo se da por perdido, y si se gana después se contabiliza.",
    ),
}

LATEST = 1
PROCESSES: Mapping[int, Process] = {
    1: Process(1, "awaiting_payment", {state.name: state for state in _STATES}, _TRANSITIONS, _SILENCES),
}
