"""Where the seller's part of an order's award is: with them, or kept apart because it could not be sent."""

from dataclasses import dataclass

from marketplace.payments.model import IntentKind, IntentState, transfer_intent_id
from marketplace.payments.ports import Payments, UnclaimedRows
from marketplace.payments.unclaimed_model import WAITS, Unclaimed


@dataclass(frozen=True, slots=True)
class SellersPart:
    """What of it has not reached them.

    Nothing where it did (reversible.py), paid what they owed, went to the buyer, or is parked: a person decides there.
    """

    waiting: Unclaimed | None = None  # for a person: a refund takes it first
    under_way: bool = False  # Stripe may be sending it at this moment


class SellersParts:
    """Follows it from decision to decision."""

    def __init__(self, *, payments: Payments, rows: UnclaimedRows) -> None:
        self._payments = payments
        self._rows = rows

    def of(self, order_id: str) -> SellersPart:
        """Return where the seller's part of an ended order is."""
        intent = self._payments.intent(transfer_intent_id(order_id))
        while intent is not None and intent.state is IntentState.CLOSED:
            row = self._rows.read(intent.intent_id)
            if row is None:
                return SellersPart()  # it paid what a chargeback had left them owing
            if row.sent_as is None:
                theirs = intent.kind is IntentKind.TRANSFER and row.stage in WAITS
                return SellersPart(waiting=row if theirs else None)
            intent = self._payments.intent(row.sent_as)
        if intent is None or intent.kind is not IntentKind.TRANSFER:
            return SellersPart()
        return SellersPart(under_way=intent.state is IntentState.OPEN)
