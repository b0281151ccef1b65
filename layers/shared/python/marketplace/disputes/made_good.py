"""What a seller is made good for once a late appeal proves them right: goods that came back meanwhile stay returned."""

from collections.abc import Iterable

from marketplace.disputes.model import Decision
from marketplace.orders.model import Order
from marketplace.returns.model import Outcome, Return

_GOODS_BACK = frozenset({Outcome.REFUNDED, Outcome.NOTHING_LEFT})


def seller_parts(order: Order, decided: Decision, returns: Iterable[Return]) -> tuple[int, int]:
    """Return what a seller has of an ended order now, and what the right decision would have left them, minor units.

    A return that ended since would have given back the whole price of its goods, and not only what the first decision
    had left of it; what else was refunded since would have been refunded all the same.
    """
    since = [each for each in returns if each.is_over and order.ended_at and each.entered_at >= order.ended_at]
    by_returns_minor = sum(each.refund_minor for each in since)
    others_minor = max(0, order.refunded_after_minor - by_returns_minor)
    would_have_minor = decided.seller_minor - others_minor - sum(_price_of(each) for each in since)
    return order.not_given_back_minor, max(0, would_have_minor)  # what a bank took since it would have taken as well


def _price_of(made: Return) -> int:
    if made.outcome not in _GOODS_BACK or made.reduction_minor:
        return made.refund_minor
    return max(made.refund_minor, sum(line.amount_minor for line in made.lines) - made.deduction_minor)
