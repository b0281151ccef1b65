"""Version 1 of the life of an order: goods, with a decision that is carried out at once.

Orders that were placed under it end under it; nothing here changes any more.
"""

from marketplace.orders.model import BUYER, OPERATOR, SELLER, STRIPE, SYSTEM
from marketplace.orders.process_table import Effect, Guard, Kind, Process, Silence, State, Timer, Transition, on_each

_ACCEPT = (
    Transition("confirm", "", "settling", (BUYER,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("confirm", "", "held", (BUYER,), (), Guard.RISKY),
)
_PAID_FOR = ("paid", "shipped", "delivery_unproven", "delivered", "held", "disputed", "dispute_review")

_STATES = (
    State("awaiting_payment", Kind.WAITING, Timer("expire", "unpaid"), clocked_by="sweep"),
    State("paid", Kind.WAITING, Timer("ship_overdue", "unshipped"), usual="shipped"),
    State("shipped", Kind.WAITING, Timer("delivery_overdue", "undelivered"), usual="delivered"),
    State("delivery_unproven", Kind.WAITING, Timer("proof_overdue", "unproven"), human_queue=True, usual="settling"),
    State(
        "delivered", Kind.WAITING, Timer("inspection_over", "inspection_trader", "inspection_private"), usual="settling"
    ),
    State("held", Kind.WAITING, Timer("hold_overdue", "hold"), human_queue=True, usual="settling"),
    State("disputed", Kind.WAITING, Timer("answer_overdue", "dispute_answer"), usual="dispute_review"),
    State(
        "dispute_review",
        Kind.WAITING,
        Timer("decision_overdue", "dispute_decision"),
        human_queue=True,
        usual="settling",
    ),
    State("charged_back", Kind.WAITING, Timer("chargeback_overdue", "chargeback"), usual="dispute_review"),
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
    *on_each(
        ("shipped", "delivery_unproven"),
        Transition("attest_delivery", "", "delivered", (OPERATOR,)),
        *_ACCEPT,
    ),
    Transition("delivery_overdue", "shipped", "delivery_unproven", (SYSTEM,)),
    Transition("proof_overdue", "delivery_unproven", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *on_each(("delivered",), *_ACCEPT),
    Transition("inspection_over", "delivered", "settling", (SYSTEM,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("inspection_over", "delivered", "held", (SYSTEM,), (), Guard.RISKY),
    Transition("clear", "held", "settling", (OPERATOR,), (Effect.AWARD_SELLER,)),
    # All that is left goes back by the seller's will or the marketplace's; before shipment that is a cancellation.
    *on_each(
        ("shipped", "delivery_unproven", "delivered", "held"),
        Transition("refund", "", "settling", (SELLER, OPERATOR), (Effect.AWARD_BUYER,)),
    ),
    Transition("refuse", "paid", "settling", (OPERATOR,), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    *on_each(
        ("shipped", "delivery_unproven", "delivered", "held"),
        Transition("refuse", "", "settling", (OPERATOR,), (Effect.AWARD_BUYER,)),
    ),
    Transition("hold_overdue", "held", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *on_each(
        ("shipped", "delivery_unproven", "delivered", "held"),
        Transition("open_dispute", "", "disputed", (BUYER,)),
    ),
    Transition("answer", "disputed", "dispute_review", (SELLER,)),
    Transition("answer_overdue", "disputed", "dispute_review", (SYSTEM,)),
    Transition("decide", "dispute_review", "settling", (OPERATOR,), (Effect.AWARD_DECIDED,)),
    Transition("decision_overdue", "dispute_review", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    *on_each(_PAID_FOR, Transition("charge_back", "", "charged_back", (STRIPE,), (Effect.WITHDRAWN,))),
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

PROCESS = Process(1, "awaiting_payment", {state.name: state for state in _STATES}, _TRANSITIONS, _SILENCES)
