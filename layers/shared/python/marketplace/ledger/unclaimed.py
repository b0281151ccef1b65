"""Money that waited for a person, booked as owed to whom a person found it to be: then it is sent like any other."""

from datetime import datetime

from marketplace.ledger.model import (
    COMMISSION,
    LATE_PAYMENT,
    OWNER_CAPITAL,
    REFUND_OWED,
    UNCLAIMED,
    VAT_PAYABLE,
    LedgerTransaction,
    Posting,
    seller_account,
)

# What was the buyer's, or a seller's, or a bank gave back too late -> what it is found to be.
TO_BUYER, SELLERS_TO_BUYER, REGAINED_TO_BUYER = "unclaimed_to_buyer", "sellers_to_buyer", "regained_to_buyer"
TO_SELLER, REGAINED_TO_SELLER = "unclaimed_to_seller", "regained_to_seller"
BUYERS_TO_SELLER = "buyers_to_seller"
FOR_REFUND = "unclaimed_to_refund"  # a seller's, which they never got: it pays what is refunded of their order
PAID_OUTSIDE = "paid_outside"  # a buyer's, which the owner paid them from an account of their own
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


def for_refund(
    book: str, currency: str, amount_minor: int, seller_id: str, key: str, at: datetime
) -> LedgerTransaction:
    """Book what a seller had not got as theirs, for the refund that takes it from them; the key is the refund's."""
    return _found(book, FOR_REFUND, currency, amount_minor, UNCLAIMED, seller_account(seller_id), key, at)


def sellers_to_buyer(
    book: str, currency: str, shares: tuple[int, int, int], seller_id: str, key: str, at: datetime
) -> LedgerTransaction:
    """Book as owed to the buyer what was the seller's, with the commission on it and its VAT, which go back too.

    `shares` are the seller's part, the commission and the VAT.
    """
    legs = _shared(shares, seller_id)
    owed = Posting(REFUND_OWED, -sum(shares))
    return LedgerTransaction(book, f"{SELLERS_TO_BUYER}#{key}", SELLERS_TO_BUYER, currency, (*legs, owed), at)


def buyers_to_seller(
    book: str, currency: str, shares: tuple[int, int, int], seller_id: str, key: str, at: datetime
) -> LedgerTransaction:
    """Book as the seller's what was given to the buyer and never reached them; the commission on it is due again."""
    legs = (Posting(leg.account, -leg.amount_minor) for leg in _shared(shares, seller_id))
    taken = Posting(UNCLAIMED, sum(shares))
    return LedgerTransaction(book, f"{BUYERS_TO_SELLER}#{key}", BUYERS_TO_SELLER, currency, (taken, *legs), at)


def paid_outside(book: str, currency: str, amount_minor: int, key: str, at: datetime) -> LedgerTransaction:
    """Book what waited for a buyer as paid to them by the owner: nothing moves at Stripe, and the owner put it in."""
    return _found(book, PAID_OUTSIDE, currency, amount_minor, UNCLAIMED, OWNER_CAPITAL, key, at)


def _shared(shares: tuple[int, int, int], seller_id: str) -> list[Posting]:
    accounts = (seller_account(seller_id), COMMISSION, VAT_PAYABLE)
    return [Posting(account, minor) for account, minor in zip(accounts, shares, strict=True) if minor]


def _found(
    book: str, kind: str, currency: str, amount_minor: int, out_of: str, owed_in: str, key: str, at: datetime
) -> LedgerTransaction:
    legs = (Posting(out_of, amount_minor), Posting(owed_in, -amount_minor))
    return LedgerTransaction(book, f"{kind}#{key}", kind, currency, legs, at)
