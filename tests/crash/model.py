"""What the marketplace should do, said a second time in the simplest words (histories.py compares the two).

The model knows nothing of calls, crashes, queues or tables: a deed is done at once or refused, a deadline ends a wait.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

COMMISSION_BPS = 968  # 8 %, and 21 % VAT on it
ROUNDING_BPS = 15_000  # one and a half minor units: the commission and its VAT are each rounded once
DAY = timedelta(days=1)

_ON_THE_WAY = ("shipped", "delivery_unproven")
_PAID_FOR = ("paid", *_ON_THE_WAY, "delivered", "disputed", "dispute_review")
MOVES = {
    ("paid", "ship"): "shipped",
    ("paid", "cancel"): "refunded",
    **{(state, "attest"): "delivered" for state in _ON_THE_WAY},
    **{(state, "confirm"): "released" for state in (*_ON_THE_WAY, "delivered")},
    **{(state, "dispute"): "disputed" for state in (*_ON_THE_WAY, "delivered")},
    ("disputed", "answer"): "dispute_review",
    ("dispute_review", "decide"): "split",
    **{(state, "bank_takes"): "charged_back" for state in _PAID_FOR},
    ("charged_back", "bank_gives"): "dispute_review",
    ("charged_back", "bank_keeps"): "lost_to_chargeback",
    **{(state, "refund"): state for state in ("paid", *_ON_THE_WAY, "delivered", "released")},  # of a part
}
WAITS = {
    "paid": (14 * DAY, "refunded"),
    "shipped": (30 * DAY, "delivery_unproven"),
    "delivery_unproven": (60 * DAY, "refunded"),
    "delivered": (14 * DAY, "released"),
    "disputed": (5 * DAY, "dispute_review"),
    "dispute_review": (60 * DAY, "refunded"),
    "charged_back": (120 * DAY, "lost_to_chargeback"),
}


@dataclass
class Known:
    """An order, as far as the model cares."""

    listing_id: str
    quantity: int
    total: int
    state: str = "paid"
    due: datetime | None = None
    award: tuple[int, int] = (0, 0)  # to the buyer, to the seller before commission
    banked: bool = False  # a charge can be disputed once
    given: int = 0  # given back out of the hold
    sent: bool = False  # whether the goods have left
    given_after: int = 0  # given back out of what the seller had got

    @property
    def left(self) -> int:
        """What there is to divide."""
        return self.total - self.given


@dataclass
class Model:
    """All orders and all goods."""

    stock: dict[str, int]
    orders: dict[str, Known] = field(default_factory=dict)

    def go(self, order: Known, state: str, now: datetime, award: tuple[int, int] | None = None) -> None:
        order.sent = order.sent or state == "shipped"
        if not order.sent and state in {"refunded", "lost_to_chargeback"}:
            self.stock[order.listing_id] += order.quantity
        order.award = award or {"released": (0, order.left), "refunded": (order.left, 0)}.get(state, order.award)
        order.state = state
        order.due = now + WAITS[state][0] if state in WAITS else None

    def give_back(self, order: Known, amount: int) -> None:
        if order.state == "released":
            order.given_after += amount
        else:
            order.given += amount

    def pass_time(self, now: datetime) -> None:
        for order in self.orders.values():
            if order.due and now >= order.due:
                self.go(order, WAITS[order.state][1], now)
