"""What the marketplace should do, said a second time in the simplest words (histories.py compares the two).

The model knows nothing of calls, crashes, queues or tables: a deed is done at once or refused, a deadline ends a wait.
Each version of the order process has its rules here; an order keeps those that it was placed under.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.kit.business_days import add_business_days

COMMISSION_BPS = 968  # 8 %, and 21 % VAT on it
ROUNDING_BPS = 15_000  # one and a half minor units: the commission and its VAT are each rounded once
DAY = timedelta(days=1)
TO_PAY = timedelta(minutes=15)
BUSINESS_DAYS = 3  # for the seller's answer, from the second process on
STANDS = "what was decided"  # the end that a decision names

_ON_THE_WAY = ("shipped", "delivery_unproven")
_RETURNING = ("return_asked", "return_sent", "return_over")
_IN_DISPUTE = ("disputed", "negotiating", "dispute_review")
_PAID_FOR = ("paid", *_ON_THE_WAY, "delivered", "disputed", "dispute_review")
_BANK = {
    ("charged_back", "bank_gives"): "dispute_review",
    ("charged_back", "bank_keeps"): "lost_to_chargeback",
}
_TO_DELIVERY = {
    ("awaiting_payment", "pay"): "paid",
    ("cancelled", "pay"): "cancelled",  # too late
    ("paid", "ship"): "shipped",
    ("paid", "cancel"): "refunded",
    **{(state, "attest"): "delivered" for state in _ON_THE_WAY},
    **{(state, "confirm"): "released" for state in (*_ON_THE_WAY, "delivered")},
    **{(state, "dispute"): "disputed" for state in (*_ON_THE_WAY, "delivered")},
    **{(state, "refund"): state for state in ("paid", *_ON_THE_WAY, "delivered", "released")},  # of a part
}


@dataclass(frozen=True)
class Rules:
    """What one version makes of deeds (by state and deed) and of silence (by state)."""

    moves: Mapping[tuple[str, str], str]
    waits: Mapping[str, tuple[timedelta, str]]


RULES = {
    1: Rules(
        {
            **_TO_DELIVERY,
            ("disputed", "answer"): "dispute_review",
            ("dispute_review", "decide"): STANDS,
            **{(state, "bank_takes"): "charged_back" for state in _PAID_FOR},
            **_BANK,
        },
        {
            "awaiting_payment": (TO_PAY, "cancelled"),
            "paid": (14 * DAY, "refunded"),
            "shipped": (30 * DAY, "delivery_unproven"),
            "delivery_unproven": (60 * DAY, "refunded"),
            "delivered": (14 * DAY, "released"),
            "disputed": (5 * DAY, "dispute_review"),
            "dispute_review": (60 * DAY, "refunded"),
            "charged_back": (120 * DAY, "lost_to_chargeback"),
        },
    ),
    2: Rules(
        {
            **_TO_DELIVERY,
            **{(state, "arrive"): "delivered" for state in _ON_THE_WAY},
            ("shipped", "astray"): "delivery_unproven",
            ("delivered", "return"): "return_open",
            ("return_asked", "send_back"): "return_open",
            ("return_asked", "keep"): "return_open",
            **{(state, "take_back"): "return_open" for state in ("return_asked", "return_sent")},
            **{(state, "dispute"): "disputed" for state in _RETURNING},
            ("disputed", "answer"): "negotiating",
            ("negotiating", "escalate"): "dispute_review",
            **{(state, "agree"): STANDS for state in _IN_DISPUTE},
            **{(state, "drop"): "delivered" for state in _IN_DISPUTE},  # or unproven, as it was
            ("dispute_review", "decide"): "decided",
            ("decided", "accept"): STANDS,
            ("decided", "appeal"): "appeal_review",
            ("appeal_review", "overturn"): STANDS,
            **{
                (state, "bank_takes"): "charged_back"
                for state in (*_PAID_FOR, *_RETURNING, "negotiating", "decided", "appeal_review")
            },
            **_BANK,
        },
        {
            "awaiting_payment": (TO_PAY, "cancelled"),
            "paid": ((7 + 7) * DAY, "refunded"),
            "shipped": ((10 + 20) * DAY, "delivery_unproven"),
            "delivery_unproven": (60 * DAY, "refunded"),
            "delivered": (14 * DAY, "released"),
            "disputed": (BUSINESS_DAYS * DAY, "dispute_review"),  # and the days between on which banks are closed
            "negotiating": (7 * DAY, "dispute_review"),
            "dispute_review": (60 * DAY, "refunded"),
            "decided": (7 * DAY, STANDS),
            "appeal_review": (30 * DAY, STANDS),
            "charged_back": (120 * DAY, "lost_to_chargeback"),
        },
    ),
}
DEEDS = tuple(dict.fromkeys(deed for rules in RULES.values() for _, deed in rules.moves))
RETURN_WAIT = 14 * DAY  # from the buyer's word: to send it, and for what was sent to be refunded
TO_LOOK = 14 * DAY  # at the goods, from their delivery; as long as anything can be given back
EARNING = {"released", "split"}
RETURNABLE = {"delivered", "return_open", "released", "split", "refunded", "lost_to_chargeback"}


@dataclass
class Returned:
    """One piece that is given back."""

    quoted: int
    due: datetime
    state: str = "asked"
    overruled: bool = False  # a decision divided the order's money while it was open


@dataclass
class Known:
    """An order, as far as the model cares."""

    listing_id: str
    quantity: int
    seller_id: str
    total: int
    version: int
    shared: bool = False  # its payment pays another order too
    state: str = "awaiting_payment"
    due: datetime | None = None
    award: tuple[int, int] = (0, 0)  # to the buyer, to the seller before commission
    proposed: tuple[int, int] = (0, 0)  # by a decision that waits
    banked: bool = False  # a charge can be disputed once
    given: int = 0  # given back out of the hold
    sent: bool = False  # whether the goods have left
    given_after: int = 0  # given back out of what the seller had got
    delivered_at: datetime | None = None
    dropped: bool = False  # a claim that was dropped is not made again
    returned: Returned | None = None

    @property
    def left(self) -> int:
        """What there is to divide, or what the seller still has of it."""
        if self.state in {"released", "split", "refunded"}:
            return self.award[1] - self.given_after
        return 0 if self.state == "lost_to_chargeback" else self.total - self.given

    @property
    def phase(self) -> str:
        """The state, and how far a return has come."""
        return f"return_{self.returned.state}" if self.state == "return_open" and self.returned else self.state

    @property
    def is_returning(self) -> bool:
        return self.returned is not None and self.returned.state != "over"

    @property
    def losers(self) -> tuple[str, ...]:
        """Who got less by a decision than they asked for, as the order names them."""
        refund, rest = self.proposed
        waits = self.state == "decided"
        return tuple(side for side, lost in (("buyer_id", rest), ("seller_id", refund)) if waits and lost)

    @property
    def rules(self) -> Rules:
        return RULES[self.version]

    def target(self, deed: str) -> str | None:
        """Where a deed leads now; None where it is refused."""
        if deed == "dispute" and self.dropped:
            return None
        if deed == "arrive" and not self.sent:
            return None  # no carrier knows of it: it was disputed at a bank before it left
        found = self.rules.moves.get((self.phase, deed))
        return "delivery_unproven" if deed == "drop" and found and not self.delivered_at else found


@dataclass
class Model:
    """All orders and all goods."""

    stock: dict[str, int]
    orders: dict[str, Known] = field(default_factory=dict)

    def place(self, order_id: str, order: Known, now: datetime) -> None:
        """Take the goods, and wait for the money."""
        self.orders[order_id] = order
        self.stock[order.listing_id] -= order.quantity
        self.go(order, order.state, now)

    def go(self, order: Known, state: str, now: datetime, award: tuple[int, int] | None = None) -> None:
        """Lead an order to a state; an award says how a decision divides what is left."""
        if state == "decided" and award:
            order.proposed, award = award, None
        if state == STANDS:
            award = award or order.proposed
            if order.returned:
                order.returned.overruled |= order.is_returning
            state = "split" if all(award) else "refunded" if award[0] else "released"
        order.sent = order.sent or state in {"shipped", "delivered"}  # of what nobody shipped, people may attest it
        if state == "delivered" and order.delivered_at is None:
            order.delivered_at = now
        if not order.sent and state in {"refunded", "lost_to_chargeback", "cancelled"}:
            self.stock[order.listing_id] += order.quantity
        order.award = award or {"released": (0, order.left), "refunded": (order.left, 0)}.get(state, order.award)
        order.state = state
        waits = order.rules.waits
        order.due = self._end_of(order, now) if state in waits else None

    def earned(self, seller_id: str) -> tuple[float, float]:
        """Say what is a seller's of all that was divided, in minor units, and how far rounding may lead from it."""
        theirs = [each for each in self.orders.values() if each.seller_id == seller_id and each.state in EARNING]
        gross = sum(each.award[1] - each.given_after for each in theirs)
        return gross * (10_000 - COMMISSION_BPS) / 10_000, len(theirs) * ROUNDING_BPS / 10_000

    def give_back(self, order: Known, amount: int) -> None:
        if order.state in {"released", "split", "refunded"}:
            order.given_after += amount
        else:
            order.given += amount

    def return_step(self, order: Known, deed: str, now: datetime) -> None:
        """Begin a return of one piece, send it, take it back, or let it be."""
        if deed == "return":
            order.returned = Returned(min(order.total // order.quantity, order.left), now + RETURN_WAIT)
            self.go(order, "return_open", now)
        elif order.returned and deed == "send_back":
            order.returned.state = "sent"
        elif deed == "take_back":
            self.stock[order.listing_id] += 1
            self._refund_return(order, now)
        else:
            self._let_go(order, now)

    def pass_time(self, now: datetime) -> None:
        for order in self.orders.values():
            if order.due and now >= order.due:
                self.go(order, order.rules.waits[order.state][1], now)
            made = order.returned
            if made and made.state != "over" and now >= made.due:
                if order.state in RETURNABLE and made.state == "sent":
                    self._refund_return(order, now)
                else:
                    self._let_go(order, now)
            if order.state == "return_open" and made and made.state == "over" and now >= made.due:
                self.go(order, "released", now)

    def _refund_return(self, order: Known, now: datetime) -> None:
        """Pay for what came back; all that a running order has left is its end."""
        assert order.returned
        amount = 0 if order.returned.overruled else min(order.returned.quoted, order.left)
        if order.state in {"delivered", "return_open"} and amount == order.left:
            self.go(order, "refunded", now)
        else:
            self.give_back(order, amount)
        order.returned.state, order.returned.due = "over", now

    def _let_go(self, order: Known, now: datetime) -> None:
        """A return that came to nothing leaves the buyer the whole time to look at the goods."""
        assert order.returned
        assert order.delivered_at
        order.returned.state, order.returned.due = "over", max(now, order.delivered_at + TO_LOOK)

    @staticmethod
    def _end_of(order: Known, now: datetime) -> datetime:
        length, _ = order.rules.waits[order.state]
        if order.version == 1 or order.state != "disputed":
            return now + length
        return add_business_days(now, BUSINESS_DAYS)
