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
CARRIER = "carrier"
PLATFORM = "platform"  # what it hands over itself: a file
GOODS, SERVICE, DIGITAL = "goods", "service", "digital"  # what an order is about


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
    title_en = "This is your own matter; somebody else of the staff must decide."
    title_es = "Es un asunto tuyo; debe decidir otra persona del equipo."


class DeliveryUnproven(Conflict):
    """Nothing shows that the goods arrived, so no clock may release the money."""

    code = "delivery_unproven"
    title_en = "Nothing shows yet that this order arrived."
    title_es = "Todavía nada demuestra que este pedido llegó."


class BankAsks(Conflict):
    """The buyer's bank asks about the payment: what is released to the seller could hardly be taken back."""

    code = "bank_asks"
    title_en = "The buyer's bank is asking about this payment. The release waits until it is done."
    title_es = "El banco del comprador está preguntando por este pago. La liberación espera a que termine."


SCREENING_RETRY_SECONDS = 5  # a paid order is screened within a second or two


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
    category: str = ""
    return_days: int = 0  # after delivery, without a reason
    return_cost: str = "buyer"  # or "seller": who pays for sending it back
    no_withdrawal: str | None = None  # the law's exception that applies; see catalog/promises.py
    pieces: int | None = None  # taken from the stock; None for as many as `quantity`

    @property
    def stocked(self) -> int:
        return self.quantity if self.pieces is None else self.pieces

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class LineFee:
    """The commission on one line, without VAT, and the published rule that it follows from."""

    rule_id: str
    commission_minor: int


@dataclass(frozen=True, slots=True)
class Award:
    """How the money is divided when an order ends.

    Both parts sum to what was captured, less what a bank kept and what was given back before.
    """

    refund_minor: int  # to the buyer
    seller_minor: int  # to the seller, before commission


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order sets its clock, pinned at placement; promised days are None where the listing made none."""

    seller_kind: str  # "trader" or "private"
    fulfilment: str = GOODS
    handling_days: int | None = None
    delivery_days: int | None = None


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
    commission_minor: int  # frozen at placement, without VAT
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
    delivered_by: str | None = None  # provenance: "buyer", "operator", "carrier" or "platform"
    ended_at: datetime | None = None
    withdrawn_minor: int = 0  # what a bank holds of it while it looks at a chargeback
    lost_minor: int = 0  # what banks kept of it, out of the hold
    commission_vat_minor: int = 0  # VAT on the commission, frozen at placement
    vat_bps: int = 0  # its rate, in ten-thousandths
    vat_reason: str = "not_registered"  # why that rate: see fees/vat.py
    line_fees: tuple[LineFee, ...] = ()  # in the order of `lines`; () on orders from before fee rules
    refunded_minor: int = 0  # given back, or promised, out of the hold and beside the award
    asked_until: datetime | None = None  # a bank asks about the payment: no release before, but by people
    refunded_after_minor: int = 0  # given back, or promised, after the end, out of the seller's part of the award
    fulfilment: str = GOODS
    handling_days: int | None = None  # promised by the listing, from payment to shipment
    delivery_days: int | None = None  # promised by the listing, from shipment to delivery
    milestone: tuple[int, int] | None = None  # of a service in parts: which part, of how many
    proposed: Award | None = None  # decided, and not carried out before it can be appealed
    shipped_at: datetime | None = None  # or reported done, or made available
    promised_ship_by: datetime | None = None  # pinned when it was paid
    promised_delivery_by: datetime | None = None  # pinned when goods were shipped
    hold_until: datetime | None = None  # the first hold's deadline: what interrupts a hold does not lengthen it
    lost_after_minor: int = 0  # what banks kept of it after its award, out of the seller's part
    returning: bool = False  # a return is open beside its dispute; looked up where that counts, and not stored
    refund_cost_bearer: str = "platform"  # or "seller": who bears what Stripe keeps of a refunded payment

    @property
    def left_minor(self) -> int:
        """What there is to divide."""
        return self.total_minor - self.lost_minor - self.refunded_minor

    @property
    def seller_left_minor(self) -> int:
        """What of the award's seller part, before commission, can be given back still; 0 before there is an award."""
        return self.not_given_back_minor - self.lost_after_minor

    @property
    def not_given_back_minor(self) -> int:
        """What of that part was not given back since: the commission is on it, as a bank's loss lessens none."""
        return self.award.seller_minor - self.refunded_after_minor if self.award else 0

    @property
    def terms(self) -> Terms:
        return Terms(self.seller_kind, self.fulfilment, self.handling_days, self.delivery_days)

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
