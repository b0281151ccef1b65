"""A return as it stands, and what all returns of one order have taken together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

RETURNS_MAX = 20  # of one order, ended ones included
WITHDRAWN_MAX = 100  # where it is the law's right, which other tries must not spend; what one read takes
REASON_LENGTH_MAX = 1_000  # characters
LABEL_LENGTH_MAX = 500  # characters


class ReturnKind(StrEnum):
    """On what ground something is given back."""

    WITHDRAWAL = "withdrawal"  # the law's right of a trader's buyer
    RETURN = "return"  # the listing's own terms
    EXCHANGE = "exchange"  # the same again, instead of the money
    CLAIM = "claim"  # the goods are not what was agreed: the legal guarantee
    AGREED = "agreed"  # what both sides of a dispute settled on


class Remedy(StrEnum):
    """What makes up for a lack of conformity. Directive (EU) 2019/771, article 13(1)."""

    REPAIR = "repair"
    REPLACE = "replace"
    PRICE_REDUCTION = "price_reduction"
    TERMINATE = "terminate"


class Outcome(StrEnum):
    """How a return ended."""

    REFUNDED = "refunded"
    NOT_SENT = "not_sent"  # the goods were not sent back in time
    CANCELLED = "cancelled"  # by the buyer
    SUPERSEDED = "superseded"  # a dispute or a bank decides about the order's money now
    NOTHING_LEFT = "nothing_left"  # the buyer had everything back before
    REPLACED = "replaced"  # the buyer has the goods again, new or mended
    REDUCED = "reduced"  # the buyer keeps the goods, and had a part of the price back
    REJECTED = "rejected"  # a claim that was refused, or decided against


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many pieces of one line somebody wants to give back."""

    listing_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """How many pieces of one line, and what they cost."""

    listing_id: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a return's log."""

    name: str
    state: str  # where it led
    actor: str
    at: datetime
    member_id: str = ""  # of the seller's team who acted


@dataclass(frozen=True, slots=True)
class Lack:
    """What a claim says, and on which rule of the legal guarantee it stands; pinned when it is made."""

    wanted: str  # a Remedy
    ground: str = ""  # why not repair or replacement first; see conformity.py
    wanted_minor: int = 0  # of a price reduction
    offered: str = ""  # the remedy that the seller offers instead
    offered_minor: int = 0  # of a price reduction
    rule_id: str = ""
    liable_until: datetime | None = None
    presumed_until: datetime | None = None  # until then the seller must show that nothing lacked
    evidence: tuple[str, ...] = ()  # ids of files that the buyer had uploaded by then


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods on their way; `arrived_by` is the provenance of the moment: carrier, buyer, seller or operator."""

    carrier: str
    tracking_number: str
    sent_at: datetime
    arrived_at: datetime | None = None
    arrived_by: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """One return. `quoted_minor` was shown before it was asked for, and is what is refunded, less a deduction."""

    return_id: str
    order_id: str
    buyer_id: str
    seller_id: str
    kind: str
    lines: tuple[ReturnLine, ...]
    quoted_minor: int
    currency: str
    return_cost: str  # "buyer" or "seller": who pays for sending it back
    reason: str
    state: str
    step: int
    requested_at: datetime
    entered_at: datetime
    due_at: datetime | None
    log: tuple[Step, ...] = ()
    carrier: str | None = None
    tracking_number: str | None = None
    label_url: str | None = None
    deduction_minor: int = 0
    deduction_reasons: str = ""
    restocked: bool = False
    outcome: str | None = None
    refund_id: str | None = None
    refund_minor: int = 0
    fingerprint: str = ""
    returned_at: datetime | None = None  # when the goods were back
    returned_by: str | None = None  # on whose word: "carrier", "seller" or "operator"
    lack: Lack | None = None  # of a claim
    answer: str = ""  # what the seller says to an exchange or a claim
    reduction_minor: int = 0  # of the price, offered or decided
    reserved: bool = False  # pieces were taken from what is on sale, to be sent for these
    replacement: Parcel | None = None
    proposal_id: str = ""  # a decision above the limit of one person waits for the second one here

    @property
    def is_over(self) -> bool:
        return self.outcome is not None

    @property
    def payable_minor(self) -> int:
        """What is refunded when nothing else was given back meanwhile."""
        return self.reduction_minor or self.quoted_minor - self.deduction_minor


@dataclass(frozen=True, slots=True)
class Head:
    """What an order's returns have taken together: the guard that no piece is returned twice."""

    order_id: str
    revision: int = 0  # 0: there is none yet
    open_count: int = 0
    open_minor: int = 0  # quoted by open returns, and not refunded yet
    taken: Mapping[str, int] = field(default_factory=dict)  # pieces by listing, of open returns and finished ones
    return_ids: tuple[str, ...] = ()
    reduced: Mapping[str, int] = field(default_factory=dict)  # of the price, in minor units, by listing
    due_at: datetime | None = None  # when the sweep lets the order go on
    rejected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # claims decided against, by listing
