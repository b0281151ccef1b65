"""A transfer that no bank account of its seller takes: it is tried again and again, and not for ever.

Stripe would convert it, so it is not sent. The seller is told what is missing and until when; while it waits it counts
as overdue, for whoever watches. After a published term it is parked: people try again once there is an account, or
close it, so that the order goes on and its buyer can return, claim and be refunded meanwhile.
"""

from contextlib import suppress
from datetime import timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Transactions
from marketplace.orders.model import Order
from marketplace.payments.model import Intent, IntentState
from marketplace.payments.ports import Payments
from marketplace.payouts.ports import Gate

CURRENCY_LOOK_EVERY = timedelta(hours=6)
# An account is added at Stripe in minutes; far less than the 14 days in which a buyer may withdraw.
CURRENCY_WAITS_MAX = timedelta(days=3)
NO_BANK_ACCOUNT = "no_bank_account_in_currency"  # why it is parked


def wait(
    order: Order, intent: Intent, *, clock: Clock, transactions: Transactions, payments: Payments, gate: Gate
) -> IntentState:
    """Come back to it later and tell the seller, or park it when its term has ended; return how it is left."""
    now, until = clock.now(), (intent.attempted_at or intent.created_at) + CURRENCY_WAITS_MAX
    if now >= until:
        with suppress(Conflict):  # somebody else brought it on
            transactions.commit([payments.park_intent(intent, NO_BANK_ACCOUNT, now)])
            return IntentState.PARKED
        return IntentState.OPEN
    with suppress(Conflict):
        transactions.commit([payments.postpone(intent, min(now + CURRENCY_LOOK_EVERY, until))])
    gate.tell_waiting(order, intent.amount_minor, until)
    return IntentState.OPEN
