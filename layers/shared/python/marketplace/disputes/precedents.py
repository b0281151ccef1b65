"""How similar cases were decided: anonymous summaries of decisions, and how near each is to a case at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketplace.disputes.model import Dispute
from marketplace.kit.ids import derived_id
from marketplace.orders.model import Order

LOOKED_AT = 100  # the newest decisions of a reason and currency
SHOWN = 5
_REASON, _CATEGORY, _FULFILMENT, _AMOUNT, _ANSWERED = 40, 20, 10, 20, 10  # of 100


@dataclass(frozen=True, slots=True)
class Precedent:
    """One decision without names, ids or words of the people in it."""

    precedent_id: str  # follows from the dispute and does not tell it
    reason: str
    category: str
    fulfilment: str
    currency: str
    total_minor: int  # rounded to two figures
    answered: bool
    refund_percent: int
    clause: str
    at: datetime
    overturned: bool = False  # by an appeal; the outcome is the appeal's


@dataclass(frozen=True, slots=True)
class Match:
    """A precedent, how near it is (0 to 100), and why."""

    precedent: Precedent
    score: int
    because: tuple[str, ...]


def precedent_of(dispute: Dispute, order: Order) -> Precedent:
    """Sum up a decided dispute."""
    first, standing = dispute.decision, dispute.standing
    if first is None or standing is None:
        raise ValueError("only a decided dispute makes a precedent")
    whole = standing.refund_minor + standing.seller_minor
    return Precedent(
        precedent_id=derived_id("prc", dispute.dispute_id),
        reason=dispute.reason,
        category=order.lines[0].category,
        fulfilment=order.fulfilment,
        currency=order.currency,
        total_minor=rounded(order.total_minor),
        answered=dispute.answer is not None,
        refund_percent=standing.refund_minor * 100 // whole if whole else 0,
        clause=standing.clause,
        at=first.at,
        overturned=standing is not first and standing.refund_minor != first.refund_minor,
    )


def nearest(dispute: Dispute, order: Order, found: Iterable[Precedent]) -> list[Match]:
    """Return the precedents most like a case, the nearest and then the newest first."""
    own = derived_id("prc", dispute.dispute_id)
    matches = [_match(dispute, order, each) for each in found if each.precedent_id != own]
    return sorted(matches, key=lambda each: (-each.score, -each.precedent.at.timestamp()))[:SHOWN]


def rounded(amount_minor: int) -> int:
    """Round to two figures, so that an amount names no case."""
    unit = 10 ** max(len(str(amount_minor)) - 2, 0)
    return int((amount_minor + unit // 2) // unit * unit)


def _match(dispute: Dispute, order: Order, other: Precedent) -> Match:
    near = min(order.total_minor, other.total_minor) * _AMOUNT // max(order.total_minor, other.total_minor, 1)
    points = {
        "reason": _REASON * (other.reason == dispute.reason),
        "category": _CATEGORY * (bool(other.category) and other.category == order.lines[0].category),
        "fulfilment": _FULFILMENT * (other.fulfilment == order.fulfilment),
        "answered": _ANSWERED * (other.answered == (dispute.answer is not None)),
        "amount": near,
    }
    return Match(other, sum(points.values()), tuple(name for name, each in points.items() if each))
