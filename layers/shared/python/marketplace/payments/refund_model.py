"""A refund: what is given back to a buyer of one order, beside the order's award or as all of it.

What was asked never changes; how far it has come is what its intents say, so that there is one truth about money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from marketplace.kit.errors import Conflict, Invalid, Missing, Unavailable
from marketplace.orders.model import SELLER, SYSTEM, Order
from marketplace.payments.model import Intent, IntentState, refund_intent_id, refund_leg_id, reversal_leg_id
from marketplace.payments.unclaimed_model import WAITS, Stage, Unclaimed

REFUNDS_MAX = 50  # of one order by its seller's own word; what is owed to a buyer is never counted out


class RefundState(StrEnum):
    """How far a refund has come."""

    REVERSING = "reversing"  # its part is being taken back from the seller's Stripe account
    REFUNDING = "refunding"  # it is on its way to the buyer
    UNKNOWN = "unknown"  # Stripe has not said whether it did it; it is asked again
    DONE = "done"
    PARKED = "parked"  # Stripe refused: a person decides
    FAILED = "failed"  # it came back from the buyer's bank: a person decides
    BY_BANK = "paid_by_bank"  # a chargeback paid the buyer first
    WAITING = "waiting"  # the card does not take it: people decide how it reaches the buyer
    PAID_OUTSIDE = "paid_outside"  # the owner paid the buyer beside Stripe
    CLOSED = "closed"  # a person decided not to send it


class Cause(StrEnum):
    """Why money is given back."""

    GOODWILL = "goodwill"
    FAULT = "fault"  # something was wrong with the goods
    MISSING = "missing"  # something was not in the parcel
    RETURNED = "returned"
    DECISION = "decision"  # the marketplace decided so


class RefundMissing(Missing):
    """No such refund of this order."""

    code = "refund_not_found"
    title_en = "There is no such refund."
    title_es = "No existe ese reembolso."


class RefundTooLarge(Invalid):
    """More than there is left to give back."""

    code = "refund_too_large"
    title_en = "That is more than there is left to refund."
    title_es = "Es más de lo que queda por reembolsar."


class RefundAmountInvalid(Invalid):
    """Not an amount that can be given back."""

    code = "refund_amount_invalid"
    title_en = "That is not an amount that can be refunded."
    title_es = "Ese importe no se puede reembolsar."


class ChargeDisputed(Conflict):
    """A bank has taken the payment back, and decides about it."""

    code = "charge_disputed"
    title_en = "The buyer's bank is looking at this payment; it cannot be refunded here."
    title_es = "El banco del comprador está revisando este pago; aquí no se puede reembolsar."


class DisputeDecides(Conflict):
    """A dispute is open: the money moves by its decision only."""

    code = "dispute_decides"
    title_en = "A dispute about this order is open; what is refunded is decided there."
    title_es = "Hay una disputa abierta sobre este pedido; ahí se decide qué se reembolsa."


class RefundTooEarly(Unavailable):
    """The order's money is being paid out right now."""

    code = "refund_while_settling"
    title_en = "The order is being settled right now. Try again in a minute."
    title_es = "El pedido se está liquidando ahora mismo. Inténtalo en un minuto."


class RefundNeedsPerson(Conflict):
    """Who bears it must be looked at by finance first."""

    code = "refund_needs_person"
    title_en = "This order's payout waits for a person; ask us for the refund."
    title_es = "El pago de este pedido espera a una persona; pídenos el reembolso."


class TooManyRefunds(Conflict):
    """The order has as many refunds as it may have."""

    code = "too_many_refunds"
    title_en = "This order has had too many refunds."
    title_es = "Este pedido ya tiene demasiados reembolsos."


class RefundedMeanwhile(Conflict):
    """Something went back since this was proposed: two proposals of one thing are not both carried out."""

    code = "refunded_meanwhile"
    title_en = "Another refund of this order was made since this was proposed. Propose it again."
    title_es = "Desde que se propuso se hizo otro reembolso de este pedido. Vuelve a proponerlo."


class RefundExists(Conflict):
    """This very request was made before."""

    code = "refund_exists"


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Which goods a refund is for; the amount is what counts, this explains it."""

    listing_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund as it was asked for, and how it is borne."""

    refund_id: str
    order_id: str
    amount_minor: int
    currency: str
    reason: str
    cause: str
    requested_by: str  # an account id; SYSTEM for a consequence of something else
    actor: str  # SELLER, OPERATOR or SYSTEM
    requested_at: datetime
    fingerprint: str = ""  # of the request that made it
    lines: tuple[RefundLine, ...] = ()
    whole: bool = False  # all that was left of a running order: its award pays it
    after_end: bool = False  # of money that was released before
    seller_minor: int = 0  # what the seller bears of released money
    commission_minor: int = 0  # what the marketplace gives back of its commission, with VAT
    reversal_minor: int = 0  # what of the seller's part is to come back from their Stripe account
    kept_minor: int = 0  # what of it had never reached them, and was kept apart; the rest is debt
    cost_minor: int = 0  # what Stripe keeps and the seller bears, once it was refunded
    cost_bearer: str = "platform"  # as the order says

    @property
    def by_seller_alone(self) -> bool:
        """Whether it is nothing but the seller's own word: no return, no decision, nobody of the staff."""
        return self.actor == SELLER and self.requested_by != SYSTEM

    @property
    def leg_id(self) -> str:
        """The intent that pays the buyer."""
        return refund_intent_id(self.order_id) if self.whole else refund_leg_id(self.order_id, self.refund_id)

    @property
    def reversal_id(self) -> str | None:
        """The intent that takes the seller's part back; None when there is none."""
        return reversal_leg_id(self.order_id, self.refund_id) if self.reversal_minor else None


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund with how far it has come."""

    refund: Refund
    state: RefundState
    leg: Intent | None  # the first: what was closed of it may have been sent again since
    reversal: Intent | None

    @property
    def debt_minor(self) -> int:
        """What of the seller's part became debt, as it could not be taken back."""
        unreversed = self.refund.seller_minor - self.refund.reversal_minor - self.refund.kept_minor
        refused = self.reversal is not None and self.reversal.state is IntentState.CLOSED
        return unreversed + (self.refund.reversal_minor if refused else 0)

    @property
    def cost_minor(self) -> int:
        """What it costs the seller beside the amount: nothing, where it is not sent."""
        closed = self.leg is not None and self.leg.state is IntentState.CLOSED
        return 0 if closed else self.refund.cost_minor


@dataclass(frozen=True, slots=True)
class OrderRefunds:
    """All refunds of an order, the oldest first."""

    order: Order
    refunds: Sequence[RefundView] = field(default_factory=tuple)


def view_of(refund: Refund, intents: Mapping[str, Intent], kept: Mapping[str, Unclaimed] | None = None) -> RefundView:
    """Say how far a refund has come; `kept` is what was closed and waits, or waited, for people, by its leg's name."""
    leg, reversal = intents.get(refund.leg_id), intents.get(refund.reversal_id or "")
    row = (kept or {}).get(refund.leg_id)
    state = _state(leg, reversal) if row is None else _state_of_kept(row, intents)
    return RefundView(refund, state, leg, reversal)


def _state(leg: Intent | None, reversal: Intent | None) -> RefundState:
    if leg is None or leg.state is IntentState.OPEN:
        if reversal is not None and reversal.state is IntentState.OPEN:
            return RefundState.UNKNOWN if reversal.unknown_since else RefundState.REVERSING
        return RefundState.UNKNOWN if leg and leg.unknown_since else RefundState.REFUNDING
    if leg.state is IntentState.PARKED:
        return RefundState.FAILED if leg.result_id else RefundState.PARKED
    if leg.state is IntentState.CLOSED:
        return RefundState.BY_BANK if leg.reason == "overtaken_by_chargeback" else RefundState.CLOSED
    return RefundState.DONE


def _state_of_kept(row: Unclaimed, intents: Mapping[str, Intent]) -> RefundState:
    if row.stage in WAITS:
        return RefundState.WAITING
    if row.sent_as and row.stage is Stage.SENT:
        return _state(intents.get(row.sent_as), None)
    ends = {Stage.BANK_PAID: RefundState.BY_BANK, Stage.PAID_OUTSIDE: RefundState.PAID_OUTSIDE}
    return ends.get(row.stage, RefundState.CLOSED)
