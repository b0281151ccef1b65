"""A parked reversal that two people decided not to make: which part of the house books what it did not bring."""

from marketplace.kit.writes import Write
from marketplace.payments.clawback import DISPUTE, Clawbacks
from marketplace.payments.collecting import Collecting
from marketplace.payments.collection_model import COLLECTION
from marketplace.payments.model import Intent
from marketplace.payments.refund_legs import RefundLegs


class Reversals:
    """Knows each kind of reversal's own part."""

    def __init__(self, *, legs: RefundLegs, clawbacks: Clawbacks, collecting: Collecting) -> None:
        self._legs = legs
        self._clawbacks = clawbacks
        self._collecting = collecting

    def given_up(self, reversal: Intent, reason: str) -> list[Write]:
        """Return the writes that close it: the seller owes what it did not bring.

        Raises: OrderMissing.
        """
        if DISPUTE in reversal.facts:
            return self._clawbacks.given_up(reversal, reason)
        if COLLECTION in reversal.facts:
            return self._collecting.given_up(reversal, reason)
        return self._legs.given_up(reversal, reason)
