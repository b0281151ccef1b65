"""A return that a decision about the whole order overtook: nothing more is given back for it."""

from collections.abc import Iterable

from marketplace.orders.model import Move, Order
from marketplace.orders.rules import is_over
from marketplace.returns.model import Return

# Moves by which somebody divides all that is left of an order. A claim that was taken back divides nothing.
_DIVIDES = frozenset({"decide", "decide_appeal", "decision_overdue", "agree"})


def is_overruled(found: Return, order: Order, moves: Iterable[Move]) -> bool:
    """Say whether an ended order's money was divided by a decision that came while the return was open."""
    begun = found.log[0].at if found.log else found.requested_at
    if not is_over(order) or order.ended_at is None or begun >= order.ended_at:
        return False
    return any(move.name in _DIVIDES and move.at >= begun for move in moves)
