"""What is recorded of an order when a bank asks about it, and what that says by itself. Pure.

Nothing is taken for granted: what nobody looked up is not known, and an act of the buyer's that is not listed here
counts as something they asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.orders.model import BUYER, Move, Order


@dataclass(frozen=True, slots=True)
class Act:
    """What a buyer's move in the order's log means for what a bank is told."""

    asks: bool = True  # for money, for goods, or for somebody to decide
    signed_in: bool = False  # can only be made from the buyer's own session


# By the transition's name. A statement of withdrawal needs no session: it cancels, or opens a return, for the buyer.
BUYER_ACTS: Mapping[str, Act] = {
    "confirm": Act(asks=False, signed_in=True),
    "cancel": Act(),
    "open_return": Act(),
    "open_dispute": Act(signed_in=True),
    "escalate": Act(signed_in=True),
    "agree": Act(signed_in=True),
    "agree_return": Act(signed_in=True),
    "drop": Act(signed_in=True),
    "accept_decision": Act(signed_in=True),
    "appeal": Act(signed_in=True),
}


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that is stored about one order, as far as a bank may see it."""

    order: Order
    moves: Sequence[Move]
    marks: Sequence[str] = ()  # of the cases between buyer and seller: files by hash, moments
    asked: Sequence[str] = ()  # by what the buyer asked for something, beside the moves
    refunded_minor: int = 0  # booked as given back through Stripe, less what came back
    by_bank_minor: int = 0  # of what was promised, paid by banks that kept the payment
    due_minor: int = 0  # the buyer's by a decision or by goods that are back, and promised by nothing else
    looked_at: datetime | None = None  # when all this was read; None: only the order and its moves were

    @property
    def paid(self) -> bool:
        """Whether the payment was captured for it: what comes too late is for no order."""
        return any(move.name == "pay" for move in self.moves)

    @property
    def arrived(self) -> bool:
        return self.order.delivered_at is not None and self.order.delivered_by is not None

    @property
    def promised_minor(self) -> int:
        """What was to be given back so far, sent or not."""
        award = self.order.award.refund_minor if self.order.award else 0
        return self.order.refunded_minor + self.order.refunded_after_minor + award

    @property
    def unsent_minor(self) -> int:
        """What was promised and is not booked as given back."""
        return max(0, self.promised_minor - self.refunded_minor)

    @property
    def owed_minor(self) -> int:
        """What is the buyer's and has not gone back to them."""
        return max(0, self.unsent_minor - self.by_bank_minor) + self.due_minor

    @property
    def left_minor(self) -> int:
        """What of the payment neither went back nor stayed with a bank before."""
        return self.order.total_minor - self.refunded_minor - self.order.lost_minor - self.order.lost_after_minor

    @property
    def has_requests(self) -> bool:
        """Whether the buyer asked for anything, or somebody opened a case about the order."""
        acts = (BUYER_ACTS.get(move.name, Act()) for move in self.moves if move.actor == BUYER)
        return bool(self.asked) or self.order.dispute_id is not None or any(act.asks for act in acts)

    @property
    def is_quiet(self) -> bool:
        """Whether it is known that the buyer asked for nothing, and nothing was promised or given back."""
        return self.looked_at is not None and not (self.has_requests or self.promised_minor or self.refunded_minor)

    @property
    def speaks_for_buyer(self) -> bool:
        """Whether nothing was ever sent, or all that is left is owed to the buyer; not of what a decision gave away."""
        earned = self.order.award is not None and self.order.award.seller_minor > 0
        never_sent = self.order.shipped_at is None and not self.arrived and not earned
        return self.left_minor > 0 and (never_sent or self.owed_minor >= self.left_minor)


def answers_by_itself(records: Iterable[OrderRecord]) -> bool:
    """Say whether all was sent and arrived, and the buyer asked for nothing and is owed nothing: nobody need look."""
    kept = list(records)
    return bool(kept) and all(each.arrived and not each.has_requests and not each.owed_minor for each in kept)


def is_the_buyers(records: Iterable[OrderRecord]) -> bool:
    """Say whether of every order its own record says that the buyer is right: no answer could win."""
    kept = list(records)
    return bool(kept) and all(each.speaks_for_buyer for each in kept)
