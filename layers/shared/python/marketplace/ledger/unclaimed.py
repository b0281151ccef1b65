"""Money that waited for a person, booked as owed to whom a person found it to be: then it is sent like any other."""

from datetime import datetime

from marketplace.ledger.model import (
    LATE_PAYMENT,
    REFUND_OWED,
    UNCLAIMED,
    LedgerTransaction,
    Posting,
    seller_account,
)

# What was the buyer's, or a seller's, or a bank gave back too late -> what it is found to be.
TO_BUYER, SELLERS_TO_BUYER, REGAINED_TO_BUYER = "unclaimed_to_buyer", "sellers_to_buyer", "regained_to_buyer"
TO_SELLER, REGAINED_TO_SELLER = "unclaimed_to_seller", "regained_to_seller"
LATE_AGAIN = "unclaimed_to_payer"  # a payment that came too late: it has no order


def claimed_by_buyer(
    book: str, kind: str, currency: str, amount_minor: int, key: str, at: datetime, *, out_of: str = UNCLAIMED
) -> LedgerTransaction:
    """Book what waited as owed to the buyer; the key is that of the refund that sends it."""
    owed_in = LATE_PAYMENT if kind == LATE_AGAIN else REFUND_OWED
    return _found(book, kind, currency, amount_minor, out_of, owed_in, key, at)


def claimed_by_seller(
    book: str,
    kind: str,
    currency: str,
    amount_minor: int,
    seller_id: str,
    key: str,
    at: datetime,
    *,
    out_of: str = UNCLAIMED,
) -> LedgerTransaction:
    """Book what waited as owed to the seller; the key is that of the transfer that sends it."""
    return _found(book, kind, currency, amount_minor, out_of, seller_account(seller_id), key, at)


def _found(
    book: str, kind: str, currency: str, amount_minor: int, out_of: str, owed_in: str, key: str, at: datetime
) -> LedgerTransaction:
    legs = (Posting(out_of, amount_minor), Posting(owed_in, -amount_minor))
    return LedgerTransaction(book, f"{kind}#{key}", kind, currency, legs, at)
