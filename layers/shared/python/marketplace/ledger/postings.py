"""The facts that the marketplace books, each as one balanced transaction."""

from datetime import datetime

from marketplace.kit.money import split
from marketplace.ledger.model import (
    CHARGEBACK_LOSS,
    COMMISSION,
    HELD,
    LATE_PAYMENT,
    STRIPE,
    STRIPE_FEES,
    WITH_BANK,
    LedgerTransaction,
    Posting,
    seller_account,
    seller_debt_account,
)
from marketplace.orders.model import Order

CAPTURE, RELEASE, TRANSFER, REFUND = "capture", "release", "transfer", "refund"


def capture(order: Order, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book the buyer's money as held for this order."""
    legs = _pair(STRIPE, HELD, order.total_minor)
    return LedgerTransaction(order.order_id, CAPTURE, CAPTURE, order.currency, legs, at, charge_id)


def processing_fee(payment_id: str, currency: str, fee_minor: int, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book the fee that Stripe kept; the platform bears it. `fee_minor` > 0."""
    legs = _pair(STRIPE_FEES, STRIPE, fee_minor)
    return LedgerTransaction(payment_id, "processing_fee", "processing_fee", currency, legs, at, charge_id)


def commission_on(order: Order, seller_minor: int) -> int:
    """Return the commission on the part that goes to the seller, from the one frozen at placement."""
    return split(order.commission_minor, [seller_minor, order.total_minor - seller_minor])[0]


def release(order: Order, seller_minor: int, transfer_id: str, at: datetime) -> list[LedgerTransaction]:
    """Book the seller's part out of the hold: commission to the platform, the rest to the seller's Stripe account."""
    commission = commission_on(order, seller_minor)
    net = seller_minor - commission
    earned = [Posting(HELD, seller_minor)]
    earned += [Posting(COMMISSION, -commission)] if commission else []
    earned += [Posting(seller_account(order.seller_id), -net)] if net else []
    paid = _pair(seller_account(order.seller_id), STRIPE, net) if net else ()
    booked = [LedgerTransaction(order.order_id, RELEASE, RELEASE, order.currency, tuple(earned), at, transfer_id)]
    if paid:
        booked.append(LedgerTransaction(order.order_id, TRANSFER, TRANSFER, order.currency, paid, at, transfer_id))
    return booked


def refund(order: Order, amount_minor: int, refund_id: str, intent_id: str, at: datetime) -> LedgerTransaction:
    """Book held money back to the buyer; the key is the refund's own intent."""
    legs = _pair(HELD, STRIPE, amount_minor)
    return LedgerTransaction(order.order_id, f"{REFUND}#{intent_id}", REFUND, order.currency, legs, at, refund_id)


def late_payment(payment_id: str, currency: str, amount_minor: int, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book money that came for orders which no longer stand; it is owed back at once."""
    legs = _pair(STRIPE, LATE_PAYMENT, amount_minor)
    return LedgerTransaction(payment_id, "late_payment", "late_payment", currency, legs, at, charge_id)


def late_refund(payment_id: str, currency: str, amount_minor: int, refund_id: str, at: datetime) -> LedgerTransaction:
    """Book a late payment back to the buyer."""
    legs = _pair(LATE_PAYMENT, STRIPE, amount_minor)
    return LedgerTransaction(payment_id, "late_refund", "late_refund", currency, legs, at, refund_id)


def chargeback_withdrawn(order: Order, amount_minor: int, dispute_id: str, at: datetime) -> LedgerTransaction:
    """Book what the bank took while it looks at the case."""
    return _of_chargeback(order, "withdrawn", WITH_BANK, STRIPE, amount_minor, dispute_id, at)


def chargeback_reinstated(
    order: Order, amount_minor: int, lost: LedgerTransaction | None, dispute_id: str, at: datetime
) -> LedgerTransaction:
    """Book what the bank gave back.

    What had counted as `lost` comes back to whoever bore it, except the hold: its order has ended, so that a person
    must say whose the money is.
    """
    if lost is None:
        return _of_chargeback(order, "reinstated", STRIPE, WITH_BANK, amount_minor, dispute_id, at)
    bore = ((leg.account, leg.amount_minor) for leg in lost.postings if leg.account != WITH_BANK)
    back = tuple(Posting(LATE_PAYMENT if account == HELD else account, -minor) for account, minor in bore)
    legs = (Posting(STRIPE, -sum(leg.amount_minor for leg in back)), *back)
    kind = "chargeback_reinstated"
    return LedgerTransaction(order.order_id, f"{kind}#{dispute_id}", kind, order.currency, legs, at, dispute_id)


def chargeback_lost(
    order: Order, amount_minor: int, held_minor: int, dispute_id: str, at: datetime
) -> LedgerTransaction:
    """Book what the bank kept: the hold bears it first, then the seller who was paid, then the platform.

    `held_minor` is what the order still holds; the seller's share is bounded by what was released to them.
    """
    from_hold = min(amount_minor, held_minor)
    released = order.award.seller_minor if order.award and not held_minor else 0
    from_seller = min(amount_minor - from_hold, released)
    rest = amount_minor - from_hold - from_seller
    shares = ((HELD, from_hold), (seller_debt_account(order.seller_id), from_seller), (CHARGEBACK_LOSS, rest))
    legs = (*(Posting(account, minor) for account, minor in shares if minor), Posting(WITH_BANK, -amount_minor))
    key = f"chargeback_lost#{dispute_id}"
    return LedgerTransaction(order.order_id, key, "chargeback_lost", order.currency, legs, at, dispute_id)


def chargeback_fee(
    payment_id: str, currency: str, known_minor: int, fee_minor: int, dispute_id: str, at: datetime
) -> LedgerTransaction:
    """Book by how much Stripe's fee for the case differs from what is booked; the platform bears it."""
    key = f"chargeback_fee#{dispute_id}" + (f"#{fee_minor}" if known_minor else "")
    legs = _pair(STRIPE_FEES, STRIPE, fee_minor - known_minor)
    return LedgerTransaction(payment_id, key, "chargeback_fee", currency, legs, at, dispute_id)


def _of_chargeback(
    order: Order, step: str, debit: str, credit: str, amount_minor: int, dispute_id: str, at: datetime
) -> LedgerTransaction:
    kind = f"chargeback_{step}"
    legs = _pair(debit, credit, amount_minor)
    return LedgerTransaction(order.order_id, f"{kind}#{dispute_id}", kind, order.currency, legs, at, dispute_id)


def _pair(debit: str, credit: str, amount_minor: int) -> tuple[Posting, Posting]:
    return Posting(debit, amount_minor), Posting(credit, -amount_minor)
