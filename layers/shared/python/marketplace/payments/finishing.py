"""An open intent, whoever began it: which part of the house brings it to its end."""

from marketplace.payments.beside import BESIDE, Beside
from marketplace.payments.clawback import DISPUTE, Clawbacks
from marketplace.payments.collecting import Collecting
from marketplace.payments.collection_model import COLLECTION
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.payments.overtaken import Overtaken
from marketplace.payments.refund_legs import RefundLegs
from marketplace.payments.service import PaymentService
from marketplace.payments.settlement import Settlement


class Finishing:
    """Knows each kind of intent's own part."""

    def __init__(
        self,
        *,
        payments: PaymentService,
        settlement: Settlement,
        legs: RefundLegs,
        beside: Beside,
        clawbacks: Clawbacks,
        collecting: Collecting,
        overtaken: Overtaken,
    ) -> None:
        self._payments = payments
        self._settlement = settlement
        self._legs = legs
        self._beside = beside
        self._clawbacks = clawbacks
        self._collecting = collecting
        self._overtaken = overtaken

    def finish(self, intent: Intent) -> None:
        """Bring an intent to its end, with what belongs to it.

        Raises: Unavailable when it stays open.
        """
        if intent.kind is IntentKind.LATE_REFUND:
            self._payments.finish_late_refund(intent.intent_id)
            self._overtaken.follow_late(intent.payment_id)  # refused, perhaps, as a bank has the money
        elif DISPUTE in intent.facts:
            self._clawbacks.finish(intent)
        elif COLLECTION in intent.facts:
            self._collecting.finish(intent)
        elif BESIDE in intent.facts:
            if self._beside.finish(intent) is IntentState.PARKED:
                self._overtaken.follow(str(intent.order_id))  # refused, perhaps, as a bank has the money
        elif "refund_id" in intent.facts:
            self._legs.advance(str(intent.order_id), intent.facts["refund_id"])
        elif intent.order_id:
            self._settlement.finish(intent)
