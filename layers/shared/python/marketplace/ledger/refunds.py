"""What is booked about refunds beside the refund itself (postings.refund), each fact as one balanced transaction."""

from datetime import datetime

from marketplace.ledger.model import (
    CHARGEBACK_LOSS,
    COMMISSION,
    HELD,
    LATE_PAYMENT,
    REFUND_OWED,
    STRIPE,
    STRIPE_FEES,
    UNCLAIMED,
    VAT_PAYABLE,
    LedgerTransaction,
    Posting,
    seller_account,
    seller_debt_account,
)
from marketplace.ledger.postings import commission_parts
from marketplace.orders.model import Order

PROMISED, TAKEN_BACK = "refund_promised", "refund_taken_back"
REVERSAL, NOT_REVERSED, FAILED = "transfer_reversal", "not_reversed", "refund_failed"
REGAINED = "late_payment_regained"
COST, COVERED, CLOSED = "refund_cost", "refund_overtaken", "intent_closed"


def promised(order: Order, refund_id: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book a part of the hold as owed to the buyer: nobody can award it to the seller any more."""
    legs = (Posting(HELD, amount_minor), Posting(REFUND_OWED, -amount_minor))
    return LedgerTransaction(order.order_id, f"{PROMISED}#{refund_id}", PROMISED, order.currency, legs, at)


def shares_of(order: Order, amount_minor: int) -> tuple[int, int, int]:
    """Return (seller, commission, VAT) that give back `amount_minor` of what was released; they sum to it.

    The commission is the difference between that on what the seller had left and that on what they have left then, so
    that any number of refunds give back exactly what was taken; what a bank kept of it gives back none.
    """
    before, after = order.not_given_back_minor, order.not_given_back_minor - amount_minor
    (fee_before, vat_before), (fee_after, vat_after) = commission_parts(order, before), commission_parts(order, after)
    commission, vat = fee_before - fee_after, vat_before - vat_after
    return amount_minor - commission - vat, commission, vat


def taken_back(
    order: Order, refund_id: str, amount_minor: int, *, to_reverse_minor: int, at: datetime
) -> LedgerTransaction:
    """Book released money as owed to the buyer: by the seller, less the commission and its VAT.

    `to_reverse_minor` of the seller's share is to come back from their Stripe account; the rest is their debt at once.
    """
    seller, commission, vat = shares_of(order, amount_minor)
    parts = (
        (seller_account(order.seller_id), to_reverse_minor),
        (seller_debt_account(order.seller_id), seller - to_reverse_minor),
        (COMMISSION, commission),
        (VAT_PAYABLE, vat),
    )
    legs = (*(Posting(account, minor) for account, minor in parts if minor), Posting(REFUND_OWED, -amount_minor))
    return LedgerTransaction(order.order_id, f"{TAKEN_BACK}#{refund_id}", TAKEN_BACK, order.currency, legs, at)


def reversal(order: Order, refund_id: str, amount_minor: int, reversal_id: str, at: datetime) -> LedgerTransaction:
    """Book what came back from the seller's Stripe account."""
    legs = (Posting(STRIPE, amount_minor), Posting(seller_account(order.seller_id), -amount_minor))
    key = f"{REVERSAL}#{refund_id}"
    return LedgerTransaction(order.order_id, key, REVERSAL, order.currency, legs, at, reversal_id)


def not_reversed(order: Order, refund_id: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book what could not be taken back from the seller's Stripe account as their debt."""
    debt, seller = seller_debt_account(order.seller_id), seller_account(order.seller_id)
    legs = (Posting(debt, amount_minor), Posting(seller, -amount_minor))
    return LedgerTransaction(order.order_id, f"{NOT_REVERSED}#{refund_id}", NOT_REVERSED, order.currency, legs, at)


def cost(order: Order, refund_id: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book the part of the processing fee that a refund wasted as the seller's debt, where the seller bears it."""
    legs = (Posting(seller_debt_account(order.seller_id), amount_minor), Posting(STRIPE_FEES, -amount_minor))
    return LedgerTransaction(order.order_id, f"{COST}#{refund_id}", COST, order.currency, legs, at)


def failed(
    book: str, currency: str, amount_minor: int, stripe_refund_id: str, *, owed_in: str, at: datetime
) -> LedgerTransaction:
    """Book a refund that did not reach the buyer: Stripe gave it back, and it is owed again."""
    legs = (Posting(STRIPE, amount_minor), Posting(owed_in, -amount_minor))
    return LedgerTransaction(book, f"{FAILED}#{stripe_refund_id}", FAILED, currency, legs, at, stripe_refund_id)


def overtaken(
    order: Order, intent_id: str, amount_minor: int, *, out_of: str, at: datetime, dispute_id: str | None = None
) -> LedgerTransaction:
    """Correct a lost chargeback that had paid the buyer what a refund was about to: the refund's money bears it.

    `dispute_id` says of which case: what its bank gives back later undoes this correction, and no other.
    """
    legs = (Posting(out_of, amount_minor), Posting(CHARGEBACK_LOSS, -amount_minor))
    key = "#".join(filter(None, (COVERED, intent_id, dispute_id)))
    return LedgerTransaction(order.order_id, key, COVERED, order.currency, legs, at, dispute_id)


def late_overtaken(
    payment_id: str,
    currency: str,
    intent_id: str,
    amount_minor: int,
    attempt: int,
    at: datetime,
    *,
    out_of: str = LATE_PAYMENT,
) -> LedgerTransaction:
    """Book that a bank paid a buyer back what had come too late: it is owed no more, and the bank's loss is covered.

    A negative amount books that the bank gave it back after all: then it is owed again. `attempt` is the intent's, or
    the round of what two people closed of it (`out_of` UNCLAIMED), which is counted by itself.
    """
    legs = (Posting(out_of, amount_minor), Posting(CHARGEBACK_LOSS, -amount_minor))
    kind = COVERED if amount_minor > 0 else REGAINED
    nth = f"#row#{attempt}" if out_of == UNCLAIMED else f"#{attempt}" if attempt else ""
    key = f"{kind}#{intent_id}{nth}"
    return LedgerTransaction(payment_id, key, kind, currency, legs, at)


def closed(
    book: str, currency: str, intent_id: str, amount_minor: int, *, out_of: str, at: datetime
) -> LedgerTransaction:
    """Book money that a person decided not to send as unclaimed: still owed, and to nobody known."""
    legs = (Posting(out_of, amount_minor), Posting(UNCLAIMED, -amount_minor))
    return LedgerTransaction(book, f"{CLOSED}#{intent_id}", CLOSED, currency, legs, at)
