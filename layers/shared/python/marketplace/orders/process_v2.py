"""Version 2 of the life of an order: goods, services and digital delivery; returns, offers and appeals.

What is sold picks the way to `delivered`: goods travel, a service is reported done, a file is made available. From
there on all orders are alike. A decision waits before it is carried out, so that an appeal finds the money still there.
"""

from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, STRIPE, SYSTEM
from marketplace.orders.process_table import Effect, Guard, Kind, Process, Reminder, State, Timer, Transition, on_each
from marketplace.orders.process_v2_silences import SILENCES

_ON_THE_WAY = ("shipped", "reported_done", "delivery_unproven")
_IN_DISPUTE = ("disputed", "negotiating", "dispute_review")
_PAID_FOR = (*("paid", "return_open", "delivered", "held", "decided", "appeal_review"), *_ON_THE_WAY, *_IN_DISPUTE)

_ACCEPT = (
    Transition("confirm", "", "settling", (BUYER,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("confirm", "", "held", (BUYER,), (), Guard.RISKY),
)

_STATES = (
    State("awaiting_payment", Kind.WAITING, Timer("expire", "unpaid"), clocked_by="sweep"),
    State(
        "paid",
        Kind.WAITING,
        Timer("ship_overdue", "handling_grace", promise="handling"),
        (Reminder(SELLER, "ship_reminder"),),
        usual="shipped",
    ),
    State("shipped", Kind.WAITING, Timer("delivery_overdue", "delivery_grace", promise="delivery"), usual="delivered"),
    State(
        "reported_done",
        Kind.WAITING,
        Timer("delivery_overdue", "unconfirmed"),
        (Reminder(BUYER, "inspection_reminder"),),
        usual="settling",
    ),
    State("delivery_unproven", Kind.WAITING, Timer("proof_overdue", "unproven"), human_queue=True, usual="settling"),
    State(
        "delivered",
        Kind.WAITING,
        Timer("inspection_over", "inspection_trader", "inspection_private"),
        (Reminder(BUYER, "inspection_reminder"),),
        usual="settling",
    ),
    State("return_open", Kind.WAITING, Timer("return_overdue", "return"), usual="settling"),
    State("held", Kind.WAITING, Timer("hold_overdue", "hold"), human_queue=True, usual="settling"),
    State(
        "disputed",
        Kind.WAITING,
        Timer("answer_overdue", "answer_business_days", business_days=True),
        (Reminder(SELLER, "answer_reminder"),),
        usual="negotiating",
    ),
    State(
        "negotiating",
        Kind.WAITING,
        Timer("talk_over", "negotiation"),
        (Reminder(BUYER, "talk_reminder"), Reminder(SELLER, "talk_reminder")),
        usual="dispute_review",
    ),
    State(
        "dispute_review",
        Kind.WAITING,
        Timer("decision_overdue", "dispute_decision"),
        human_queue=True,
        usual="decided",
    ),
    State("decided", Kind.WAITING, Timer("decision_stands", "appeal_wait"), usual="settling"),
    State(
        "appeal_review",
        Kind.WAITING,
        Timer("appeal_overdue", "appeal_decision"),
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

_TO_DELIVERY = (
    Transition("pay", "awaiting_payment", "paid", (STRIPE,), (Effect.CAPTURE,)),
    Transition("expire", "awaiting_payment", "cancelled", (SYSTEM,), (Effect.RESTOCK,)),
    Transition("ship", "paid", "shipped", (SELLER,), (), Guard.GOODS),
    Transition("report_done", "paid", "reported_done", (SELLER,), (), Guard.SERVICE),
    Transition("make_available", "paid", "delivered", (SELLER,), (), Guard.DIGITAL),
    Transition("cancel", "paid", "settling", (BUYER, SELLER), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    Transition("ship_overdue", "paid", "settling", (SYSTEM,), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    Transition("go_astray", "shipped", "delivery_unproven", (CARRIER,)),
    *on_each(("shipped", "delivery_unproven"), Transition("arrive", "", "delivered", (CARRIER,))),
    *on_each(_ON_THE_WAY, Transition("attest_delivery", "", "delivered", (OPERATOR,)), *_ACCEPT),
    *on_each(("shipped", "reported_done"), Transition("delivery_overdue", "", "delivery_unproven", (SYSTEM,))),
    Transition("proof_overdue", "delivery_unproven", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
)

_AFTER_DELIVERY = (
    *on_each(("delivered",), *_ACCEPT),
    Transition("inspection_over", "delivered", "settling", (SYSTEM,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("inspection_over", "delivered", "held", (SYSTEM,), (), Guard.RISKY),
    Transition("clear", "held", "settling", (OPERATOR,), (Effect.AWARD_SELLER,)),
    # All that is left goes back by the seller's will or the marketplace's; before shipment that is a cancellation.
    *on_each(
        (*_ON_THE_WAY, "delivered", "held", "return_open"),
        Transition("refund", "", "settling", (SELLER, OPERATOR), (Effect.AWARD_BUYER,)),
    ),
    Transition("refuse", "paid", "settling", (OPERATOR,), (Effect.AWARD_BUYER, Effect.RESTOCK)),
    *on_each(
        (*_ON_THE_WAY, "delivered", "held", "return_open"),
        Transition("refuse", "", "settling", (OPERATOR,), (Effect.AWARD_BUYER,)),
    ),
    Transition("hold_overdue", "held", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    # A hold keeps the money from the seller, not the goods with the buyer: it holds again when the returns have ended.
    Transition("open_return", "delivered", "return_open", (BUYER,)),
    Transition("open_return", "held", "return_open", (BUYER,), (), Guard.PROVEN),
    Transition("returns_done", "return_open", "settling", (SYSTEM,), (Effect.AWARD_SELLER,), Guard.CLEAR),
    Transition("returns_done", "return_open", "held", (SYSTEM,), (), Guard.RISKY),
    Transition("return_overdue", "return_open", "dispute_review", (SYSTEM,)),
)

_DISPUTES = (
    *on_each((*_ON_THE_WAY, "delivered", "held", "return_open"), Transition("open_dispute", "", "disputed", (BUYER,))),
    Transition("answer", "disputed", "negotiating", (SELLER,)),
    Transition("answer_overdue", "disputed", "dispute_review", (SYSTEM,)),
    Transition("escalate", "negotiating", "dispute_review", (BUYER, SELLER)),
    Transition("talk_over", "negotiating", "dispute_review", (SYSTEM,)),
    *on_each(
        _IN_DISPUTE,
        Transition("agree", "", "settling", (BUYER, SELLER), (Effect.AWARD_DECIDED,), Guard.CLEAR),
        # Two who are one would agree past a hold: until a person has looked, they agree on everything back, or wait.
        Transition("agree", "", "settling", (BUYER, SELLER), (Effect.AWARD_BUYER,), Guard.RISKY),
        Transition("agree_return", "", "return_open", (BUYER, SELLER)),  # what was agreed on is refunded on receipt
        Transition("drop", "", "return_open", (BUYER,), (), Guard.RETURNING),
        Transition("drop", "", "delivered", (BUYER,), (), Guard.PROVEN),
        Transition("drop", "", "delivery_unproven", (BUYER,), (), Guard.UNPROVEN),
    ),
    Transition("decide", "dispute_review", "decided", (OPERATOR,), (Effect.AWARD_PROPOSED,)),
    Transition("decision_overdue", "dispute_review", "settling", (SYSTEM,), (Effect.AWARD_BUYER,)),
    Transition("accept_decision", "decided", "settling", (BUYER, SELLER), (Effect.AWARD_STANDS,)),
    Transition("decision_stands", "decided", "settling", (SYSTEM,), (Effect.AWARD_STANDS,)),
    Transition("appeal", "decided", "appeal_review", (BUYER, SELLER)),
    Transition("decide_appeal", "appeal_review", "settling", (OPERATOR,), (Effect.AWARD_DECIDED,)),
    Transition("appeal_overdue", "appeal_review", "settling", (SYSTEM,), (Effect.AWARD_STANDS,)),
)

_BANKS = (
    *on_each(_PAID_FOR, Transition("charge_back", "", "charged_back", (STRIPE,), (Effect.WITHDRAWN,))),
    Transition("chargeback_won", "charged_back", "dispute_review", (STRIPE,), (Effect.REINSTATED,)),
    Transition("chargeback_lost", "charged_back", "lost_to_chargeback", (STRIPE,), (Effect.LOST,), Guard.WHOLE),
    Transition("chargeback_lost", "charged_back", "dispute_review", (STRIPE,), (Effect.LOST_IN_PART,), Guard.IN_PART),
    Transition("chargeback_overdue", "charged_back", "lost_to_chargeback", (SYSTEM,), (Effect.LOST,), Guard.WHOLE),
    Transition(
        "chargeback_overdue", "charged_back", "dispute_review", (SYSTEM,), (Effect.LOST_IN_PART,), Guard.IN_PART
    ),
)

_ENDS = (
    Transition("settle", "settling", "released", (SYSTEM,), (), Guard.ALL_TO_SELLER),
    Transition("settle", "settling", "refunded", (SYSTEM,), (), Guard.ALL_TO_BUYER),
    Transition("settle", "settling", "split", (SYSTEM,), (), Guard.SHARED),
)

PROCESS = Process(
    2,
    "awaiting_payment",
    {state.name: state for state in _STATES},
    (*_TO_DELIVERY, *_AFTER_DELIVERY, *_DISPUTES, *_BANKS, *_ENDS),
    SILENCES,
)
