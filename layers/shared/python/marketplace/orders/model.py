"""An order as it stands, and the facts that fixed it at placement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing

LINES_MAX = 20  # lines in one cart, so that a checkout fits one transaction
SELLERS_MAX = 8  # orders in one checkout
QUANTITY_MAX = 99
TRACKING_LENGTH_MAX = 64  # characters
REASON_LENGTH_MAX = 1_000  # characters

SYSTEM, BUYER, SELLER, OPERATOR, STRIPE = "system", "buyer", "seller", "operator", "stripe"


class OrderMissing(Missing):
    """No such order, or the caller is no party to it."""

    code = "order_not_found"
    title_en = "There is no such order."
    title_es = "No existe ese pedido."


class TransitionRefused(Conflict):
    """The order's process does not allow this in its present state."""

    code = "order_transition_refused"
    title_en = "The order does not allow this now."
    title_es = "El pedido no permite esto ahora."


class OwnCase(Forbidden):
    """Nobody decides about an order of their own."""

    code = "own_case"
    title_en = "You are a party to this order; another operator must decide."
    title_es = "Eres parte de este pedido; debe decidir otra persona."


class DeliveryUnproven(Conflict):
    """Nothing shows that the goods arrived, so no clock may release the money."""

    code = "delivery_unproven"
    title_en = "Nothing shows yet that this order arrived."
    title_es = "Todavía nada demuestra que este pedido llegó."


class ScreeningPending(Conflict):
    """The fraud rules have not looked at this order yet: money that left cannot be held any more."""

    code = "screening_pending"
    title_en = "This order is still being checked. Try again in a few seconds."
    title_es = "Este pedido aún se está comprobando. Inténtalo de nuevo en unos segundos."


class AwardDoesNotSum(Invalid):
    """What buyer and seller get must be exactly what was paid."""

    code = "award_does_not_sum"
    title_en = "The award is not between nothing and what was paid."
    title_es = "La resolución no está entre cero y lo pagado."


@dataclass(frozen=True, slots=True)
class Line:
    """One listing in an order, as it stood at placement."""

    listing_id: str
    title: str
    quantity: int
    unit_minor: int

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class Award:
    """How the money is divided when an order ends; both parts sum to what was captured less what a bank kept."""

    refund_minor: int  # to the buyer
    seller_minor: int  # to the seller, before commission


@dataclass(frozen=True, slots=True)
class Order:
    """One seller's part of one checkout."""

    order_id: str
    payment_id: str  # the checkout, and its one payment
    buyer_id: str
    seller_id: str
    seller_kind: str  # "trader" or "private", pinned at placement
    currency: str
    lines: tuple[Line, ...]
    total_minor: int  # what the buyer pays for this order
    commission_minor: int  # frozen at placement
    fee_version: str
    process_version: int
    placed_at: datetime
    state: str
    step: int  # counts transitions, from 0; every move is conditional on it
    entered_at: datetime
    due_at: datetime | None  # when the state's timer acts; None in an end state
    award: Award | None = None
    risk_receipt: str | None = None  # a decision receipt that holds the release until an operator clears it
    dispute_id: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    delivered_at: datetime | None = None
    delivered_by: str | None = None  # provenance: "buyer", "operator" or "carrier"
    ended_at: datetime | None = None
    withdrawn_minor: int = 0  # what a bank holds of it while it looks at a chargeback
    lost_minor: int = 0  # what banks kept of it, out of the hold

    @property
    def left_minor(self) -> int:
        """What there is to divide."""
        return self.total_minor - self.lost_minor

    def party(self, account_id: str) -> str | None:
        """Return BUYER or SELLER, or None for anybody else."""
        return {self.buyer_id: BUYER, self.seller_id: SELLER}.get(account_id)


@dataclass(frozen=True, slots=True)
class Move:
    """One entry of an order's log: folding the moves gives the state."""

    order_id: str
    step: int
    name: str  # the transition
    came_from: str
    went_to: str
    actor: str  # SYSTEM, BUYER, SELLER, OPERATOR or STRIPE
    at: datetime
    facts: Mapping[str, str | int] = field(default_factory=dict)
