"""What is owed to a buyer and no card can be given: their bank kept a part of the payment, so Stripe refunds no more.

Stripe refuses refunds of a charge that was charged back (`charge_disputed`; source: Stripe, "Error codes"). Whether it
would give what the bank left is not said there: it is asked each time, and its refusal decides. Then nobody has to
close the refund first: it becomes money that waits for two people of finance (unclaimed.py), under the refund's own
name, and the buyer is told at once.
"""

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.ledger import refunds as books
from marketplace.ledger.model import HELD
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.model import Intent
from marketplace.payments.ports import UnclaimedRows
from marketplace.payments.unclaimed_model import Unclaimed, Whose

CHARGE_DISPUTED = "charge_disputed"  # Stripe's code
TOLD = "refund.not_by_card"
NOTED = "not_by_card"  # the fact of a refund of whose amount the buyer was told so before


class NotByCard:
    """Keeps it for the buyer."""

    def __init__(self, *, clock: Clock, ledger: Ledger, unclaimed: UnclaimedRows, outbox: Outbox) -> None:
        self._clock = clock
        self._ledger = ledger
        self._unclaimed = unclaimed
        self._outbox = outbox

    def writes(self, order: Order, refund: Intent, amount_minor: int) -> list[Write]:
        """Return the writes that keep `amount_minor` of a refund that is closed with them for its buyer; > 0."""
        now, name = self._clock.now(), refund.intent_id
        out_of = refund.facts.get("out_of", HELD)
        facts = (order.payment_id, order.order_id, amount_minor, order.currency, now)
        told = event(
            TOLD,
            name,
            now,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            refund_minor=amount_minor,
            currency=order.currency,
        )
        return [
            self._ledger.book(books.closed(order.order_id, order.currency, name, amount_minor, out_of=out_of, at=now)),
            self._unclaimed.put(Unclaimed(name, Whose.BUYER, *facts)),
            *([] if NOTED in refund.facts else [self._outbox.publish(told)]),
        ]
