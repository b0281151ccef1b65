"""The owner's own money: what they put into the platform's balance at Stripe, and what they take out of it.

Stripe says what moved: a top-up comes in, a payout of the platform's own account goes out, and either may be taken
back. Each of its balance transactions is one entry against `owner_capital` (equity: a credit is the owner's claim), in
a book named after the object that moved it. So it is booked once, whoever tells of it and however often.
"""

from collections.abc import Mapping
from datetime import datetime

from marketplace.ledger.model import OWNER_CAPITAL, STRIPE, STRIPE_FEES, LedgerTransaction, Posting
from marketplace.payments.movements import Movement

# Stripe's type of a balance transaction -> what is booked. Source: Stripe, "Balance transaction types".
OWNER_KINDS: Mapping[str, str] = {
    "topup": "capital_in",
    "topup_reversal": "capital_in_reversed",
    "payout": "capital_out",
    "payout_cancel": "capital_out_returned",
    "payout_failure": "capital_out_returned",
}


def is_owners(movement: Movement) -> bool:
    """Say whether a balance transaction of the platform moves its owner's own money."""
    return movement.kind in OWNER_KINDS


def moved(movement: Movement, at: datetime) -> list[LedgerTransaction]:
    """Book what a balance transaction of the owner moved, and what Stripe kept of it."""
    kind = OWNER_KINDS[movement.kind]
    whole = _booked(kind, movement, OWNER_CAPITAL, -movement.amount_minor, at)
    kept = [_booked(f"{kind}_fee", movement, STRIPE_FEES, movement.fee_minor, at)] if movement.fee_minor else []
    return [whole, *kept]


def _booked(kind: str, movement: Movement, account: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    legs = (Posting(STRIPE, -amount_minor), Posting(account, amount_minor))
    key = f"{kind}#{movement.transaction_id}"
    book = movement.stripe_object
    return LedgerTransaction(book, key, kind, movement.currency, legs, at, movement.stripe_object)
