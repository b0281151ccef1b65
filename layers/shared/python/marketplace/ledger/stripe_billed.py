"""What Stripe took or gave by itself, with no object of ours behind it: its invoices, taxes on them, its goodwill.

The amount is always Stripe's own, and what the books say of the balance at Stripe moves by exactly that (M8). So such
an entry corrects the books, and can make nothing wrong that was right.
"""

from datetime import datetime

from marketplace.ledger.model import STRIPE, STRIPE_BILLED, STRIPE_FEES, LedgerTransaction, Posting
from marketplace.ledger.owner import is_owners
from marketplace.payments.movements import INSIDE_STRIPE, Movement

KIND = "stripe_billed"


def is_stripes_own(movement: Movement) -> bool:
    """Say whether a balance transaction is Stripe's alone: no object, order, payment or owner's money is behind it."""
    behind = movement.stripe_object != movement.transaction_id or movement.payment_id or movement.order_id
    return not (behind or movement.kind in INSIDE_STRIPE or is_owners(movement))


def billed(movement: Movement, at: datetime) -> list[LedgerTransaction]:
    """Book it as the platform's cost (or gain), in a book named after the balance transaction: so it is booked once."""
    parts = ((KIND, STRIPE_BILLED, movement.amount_minor), (f"{KIND}_fee", STRIPE_FEES, -movement.fee_minor))
    return [_booked(kind, movement, account, minor, at) for kind, account, minor in parts if minor]


def _booked(kind: str, movement: Movement, account: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    legs = (Posting(STRIPE, amount_minor), Posting(account, -amount_minor))
    name = movement.transaction_id
    return LedgerTransaction(name, kind, kind, movement.currency, legs, at, name)
