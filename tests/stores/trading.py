"""Orders, payments and intents as values, for the stores' tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace.orders.model import Line, Move, Order
from marketplace.payments.model import Intent, IntentKind, Payment, PaymentStatus

NOW = datetime(2026, 11, 2, 9, 30, 0, 250_000, tzinfo=UTC)


def order(order_id: str = "ord_1", **said: Any) -> Order:
    plain = Order(
        order_id=order_id,
        payment_id="pay_1",
        buyer_id="acc_buyer",
        seller_id="acc_seller",
        seller_kind="trader",
        currency="eur",
        lines=(Line("lst_1", "Ñandú 🚲", 2, 5_000),),
        total_minor=10_000,
        commission_minor=800,
        fee_version="2026-11",
        process_version=1,
        placed_at=NOW,
        state="awaiting_payment",
        step=0,
        entered_at=NOW,
        due_at=NOW + timedelta(minutes=15),
    )
    return replace(plain, **said)


def move(found: Order, name: str = "place", came_from: str = "") -> Move:
    return Move(found.order_id, found.step, name, came_from, found.state, "system", NOW, {"reason": "ok", "count": 3})


def moved(before: Order, state: str, **said: Any) -> Order:
    return replace(before, state=state, step=before.step + 1, **said)


def payment(payment_id: str = "pay_1", **said: Any) -> Payment:
    plain = Payment(
        payment_id,
        "acc_buyer",
        ("ord_1", "ord_2"),
        10_000,
        "eur",
        PaymentStatus.AWAITING,
        "print",
        NOW,
        NOW + timedelta(minutes=15),
    )
    return replace(plain, **said)


def intent(intent_id: str = "transfer#ord_1", **said: Any) -> Intent:
    plain = Intent(intent_id, IntentKind.TRANSFER, "pay_1", "ord_1", 9_200, "eur", NOW, facts={"charge_id": "ch_1"})
    return replace(plain, **said)
