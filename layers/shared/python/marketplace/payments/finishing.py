"""An open intent, whoever began it: which part of the house brings it to its end."""

from marketplace.payments.model import Intent, IntentKind
from marketplace.payments.refund_legs import RefundLegs
from marketplace.payments.service import PaymentService
from marketplace.payments.settlement import Settlement


class Finishing:
    """Knows each kind of intent's own part."""

    def __init__(self, *, payments: PaymentService, settlement: Settlement, legs: RefundLegs) -> None:
        self._payments = payments
        self._settlement = settlement
        self._legs = legs

    def finish(self, intent: Intent) -> None:
        """Bring an intent to its end, with what belongs to it.

        Raises: Unavailable when it stays open.
        """
        if intent.kind is IntentKind.LATE_REFUND:
            self._payments.finish_late_refund(intent.intent_id)
        elif "refund_id" in intent.facts:
            self._legs.advance(str(intent.order_id), intent.facts["refund_id"])
        elif intent.order_id:
            self._settlement.finish(intent)
