"""What can be refused to whoever exchanges or claims, by what they do."""

from marketplace.disputes.errors import (
    ClaimNeedsEvidence,
    DecisionProposed,
    ReasonUnfit,
    SecondPersonNeeded,
)
from marketplace.disputes.model import DisputeExists
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.orders.model import OrderMissing, TransitionRefused
from marketplace.payments.refund_model import (
    ChargeDisputed,
    DisputeDecides,
    RefundNeedsPerson,
    RefundTooEarly,
    TooManyRefunds,
)
from marketplace.returns.errors import (
    AlreadyReturned,
    ClaimNotAllowed,
    PaidByBank,
    RemedyInvalid,
    ReplacementOutOfStock,
    ReturnLinesInvalid,
    ReturnMissing,
    ReturnNotAllowed,
    ReturnRefused,
    ReturnsMoved,
    TooManyReturns,
)

OPEN = (OrderMissing, TransitionRefused, PaidByBank, ReturnLinesInvalid, AlreadyReturned, ReturnNotAllowed)
TWO = (SecondPersonNeeded, DecisionProposed)
CLAIM = (*OPEN, ClaimNotAllowed)
ASK = (TooManyReturns, ReturnsMoved, IdempotencyKeyReused)
MOVE = (ReturnMissing, ReturnRefused, ReturnsMoved)
MONEY = (TransitionRefused, ChargeDisputed, DisputeDecides, RefundTooEarly, RefundNeedsPerson, TooManyRefunds)
REMEDY = (*MOVE, *MONEY, RemedyInvalid, ReplacementOutOfStock)
DISPUTE = (DisputeExists, ReasonUnfit, ClaimNeedsEvidence)
