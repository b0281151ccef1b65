"""What somebody is told whose payment came too late: that it came, and what becomes of it. Pure.

Nobody else would tell them: their order was cancelled before, and "nothing was charged" was said of it then. Each event
is committed with its fact, so that there is one for each; `once` tells apart the facts of one payment.
"""

from datetime import datetime

from marketplace.outbox.model import Event, event
from marketplace.payments.model import Payment

CAME = "refund.late_payment"  # and is being given back
SENT = "refund.late_done"
STOPPED = "refund.late_failed"  # refused, or sent back by their bank: people look at it
KEPT = "refund.late_waits"  # closed unsent, or what a bank left of it: kept for them
BANK_PAID = "refund.late_bank_paid"  # their bank kept it for them
PAID_OTHERWISE = "refund.late_paid_outside"


def news_of(
    kind: str, payment: Payment, amount_minor: int, at: datetime, *, once: str = "", receipt_id: str = ""
) -> Event:
    """Return what its payer is told; a payment of several orders is named after the first."""
    return event(
        kind,
        payment.payment_id,
        at,
        once=once,
        order_id=payment.order_ids[0],
        buyer_id=payment.buyer_id,
        refund_minor=amount_minor,
        currency=payment.currency,
        receipt_id=receipt_id,
    )
