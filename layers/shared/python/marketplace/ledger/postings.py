"""The facts that the marketplace books, each as one balanced transaction."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.kit.money import split
from marketplace.ledger.model import (
    BAD_DEBT,
    CHARGEBACK_LOSS,
    COMMISSION,
    HELD,
    LATE_PAYMENT,
    REFUND_OWED,
    STRIPE,
    STRIPE_FEES,
    UNCLAIMED,
    VAT_PAYABLE,
    WITH_BANK,
    LedgerTransaction,
    Posting,
    seller_account,
    seller_debt_account,
)
from marketplace.orders.model import Order

CAPTURE, RELEASE, TRANSFER, REFUND, NETTED = "capture", "release", "transfer", "refund", "netted"


def capture(order: Order, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book the buyer's money as held for this order."""
    legs = _pair(STRIPE, HELD, order.total_minor)
    return LedgerTransaction(order.order_id, CAPTURE, CAPTURE, order.currency, legs, at, charge_id)


def processing_fee(payment_id: str, currency: str, fee_minor: int, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book the fee that Stripe kept; the platform bears it. `fee_minor` > 0."""
    legs = _pair(STRIPE_FEES, STRIPE, fee_minor)
    return LedgerTransaction(payment_id, "processing_fee", "processing_fee", currency, legs, at, charge_id)


def commission_on(order: Order, seller_minor: int) -> int:
    """Return the commission with its VAT on the part that goes to the seller, from the ones frozen at placement.

    It never decreases as the part grows, and never exceeds it: what a refund gives back of it is the difference
    between two parts, and any number of refunds give back exactly the whole.
    """
    whole_minor = order.commission_minor + order.commission_vat_minor
    return split(whole_minor, [seller_minor, order.total_minor - seller_minor])[0]


def commission_parts(order: Order, seller_minor: int) -> tuple[int, int]:
    """Return (commission without VAT, VAT on it) on the part that goes to the seller; they sum to `commission_on`."""
    taken_minor = commission_on(order, seller_minor)
    if not taken_minor:
        return 0, 0
    net_minor, vat_minor = split(taken_minor, [order.commission_minor, order.commission_vat_minor])
    return net_minor, vat_minor


def release(order: Order, seller_minor: int, at: datetime) -> LedgerTransaction:
    """Book the seller's part out of the hold: commission and its VAT to the platform, the rest owed to the seller."""
    commission, vat = commission_parts(order, seller_minor)
    net = seller_minor - commission - vat
    shares = ((COMMISSION, commission), (VAT_PAYABLE, vat), (seller_account(order.seller_id), net))
    legs = (Posting(HELD, seller_minor), *(Posting(account, -minor) for account, minor in shares if minor))
    return LedgerTransaction(order.order_id, RELEASE, RELEASE, order.currency, legs, at)


def netted(order: Order, amount_minor: int, key: str, at: datetime) -> LedgerTransaction:
    """Book what a seller earned against what they owe: it is paid by not being transferred."""
    legs = _pair(seller_account(order.seller_id), seller_debt_account(order.seller_id), amount_minor)
    return LedgerTransaction(order.order_id, key, NETTED, order.currency, legs, at)


def transfer(order: Order, amount_minor: int, transfer_id: str, at: datetime) -> LedgerTransaction:
    """Book what the seller earned as paid to their Stripe account."""
    legs = _pair(seller_account(order.seller_id), STRIPE, amount_minor)
    return LedgerTransaction(order.order_id, TRANSFER, TRANSFER, order.currency, legs, at, transfer_id)


def transfer_beside(order: Order, amount_minor: int, transfer_id: str, key: str, at: datetime) -> LedgerTransaction:
    """Book what a seller got of an order beside its release; the key is the transfer's own."""
    legs = _pair(seller_account(order.seller_id), STRIPE, amount_minor)
    return LedgerTransaction(order.order_id, f"{TRANSFER}#{key}", TRANSFER, order.currency, legs, at, transfer_id)


def refund(
    order: Order, amount_minor: int, refund_id: str, key: str, at: datetime, *, out_of: str = HELD
) -> LedgerTransaction:
    """Book money back to the buyer, out of the hold or of what was promised to them; the key is the refund's own."""
    legs = _pair(out_of, STRIPE, amount_minor)
    return LedgerTransaction(order.order_id, f"{REFUND}#{key}", REFUND, order.currency, legs, at, refund_id)


def late_payment(payment_id: str, currency: str, amount_minor: int, charge_id: str, at: datetime) -> LedgerTransaction:
    """Book money that came for orders which no longer stand; it is owed back at once."""
    legs = _pair(STRIPE, LATE_PAYMENT, amount_minor)
    return LedgerTransaction(payment_id, "late_payment", "late_payment", currency, legs, at, charge_id)


def late_refund(
    payment_id: str,
    currency: str,
    amount_minor: int,
    refund_id: str,
    at: datetime,
    *,
    attempt: int = 0,
    again: str = "",
) -> LedgerTransaction:
    """Book a late payment back to the buyer; a later attempt is a fact of its own, as the first one failed.

    `again` names the intent of one that people decided to send once more.
    """
    key = "#".join(["late_refund", *filter(None, [again, str(attempt or "")])])
    legs = _pair(LATE_PAYMENT, STRIPE, amount_minor)
    return LedgerTransaction(payment_id, key, "late_refund", currency, legs, at, refund_id)


def chargeback_withdrawn(order: Order, amount_minor: int, dispute_id: str, at: datetime) -> LedgerTransaction:
    """Book what the bank took while it looks at the case."""
    return _of_chargeback(order, "withdrawn", WITH_BANK, STRIPE, amount_minor, dispute_id, at)


def chargeback_reinstated(
    order: Order,
    amount_minor: int,
    lost: Sequence[LedgerTransaction],
    dispute_id: str,
    at: datetime,
    *,
    owed_minor: int = 0,
    forgiven_minor: int = 0,
) -> LedgerTransaction:
    """Book what the bank gave back.

    What had counted as `lost`, with its corrections, comes back to whoever bore it, except to the hold and to a refund
    that the bank had paid: the order has ended, so that a person must say whose the money is. The seller's part
    lessens their debt as far as they still owe it (`owed_minor`); beyond that it makes up for what two people forgave
    them since (`forgiven_minor`), as they never paid that; the rest is owed to them.
    """
    if not lost:
        return _of_chargeback(order, "reinstated", STRIPE, WITH_BANK, amount_minor, dispute_id, at)
    bore = _borne(lost)
    debt, seller = seller_debt_account(order.seller_id), seller_account(order.seller_id)
    paid_minor = max(0, bore.get(debt, 0) - owed_minor)
    made_up_minor = min(paid_minor, forgiven_minor)
    bore[debt], bore[BAD_DEBT] = bore.get(debt, 0) - paid_minor, made_up_minor
    bore[seller] = bore.get(seller, 0) + paid_minor - made_up_minor
    back = tuple(Posting(account, -minor) for account, minor in bore.items() if minor)
    legs = (Posting(STRIPE, -sum(leg.amount_minor for leg in back)), *back)
    kind = "chargeback_reinstated"
    return LedgerTransaction(order.order_id, f"{kind}#{dispute_id}", kind, order.currency, legs, at, dispute_id)


def _borne(lost: Sequence[LedgerTransaction]) -> dict[str, int]:
    """Return by account what a chargeback cost whom."""
    bore: dict[str, int] = {}
    for leg in (leg for each in lost for leg in each.postings if leg.account != WITH_BANK):
        place = LATE_PAYMENT if leg.account in {HELD, REFUND_OWED, UNCLAIMED} else leg.account
        bore[place] = bore.get(place, 0) + leg.amount_minor
    return bore


def chargeback_shares(
    order: Order, amount_minor: int, held_minor: int, *, set_off_minor: int = 0
) -> tuple[int, int, int]:
    """Return what of a lost chargeback the hold, the seller and the platform bear; they sum to it.

    The seller's share is bounded by what they have left of what was released to them, which earlier cases have lessened
    (Order.lost_after_minor). Up to `set_off_minor` pays refunds that the buyer has not got: it is neither's, and with
    the platform until those refunds' money bears it (refunds.overtaken).
    """
    loss_minor = amount_minor - min(amount_minor, set_off_minor)
    from_hold = min(loss_minor, held_minor)
    from_seller = 0 if held_minor else min(loss_minor, order.seller_left_minor)
    return from_hold, from_seller, amount_minor - from_hold - from_seller


def chargeback_lost(
    order: Order,
    amount_minor: int,
    held_minor: int,
    dispute_id: str,
    at: datetime,
    *,
    to_reverse_minor: int = 0,
    set_off_minor: int = 0,
) -> LedgerTransaction:
    """Book what the bank kept: the hold bears it first, then the seller who was paid, then the platform.

    `held_minor` is what the order still holds. `to_reverse_minor` of the seller's share is to come back from their
    Stripe account; the rest of it is their debt at once. `set_off_minor` as in chargeback_shares.
    """
    from_hold, from_seller, rest = chargeback_shares(order, amount_minor, held_minor, set_off_minor=set_off_minor)
    shares = (
        (HELD, from_hold),
        (seller_account(order.seller_id), to_reverse_minor),
        (seller_debt_account(order.seller_id), from_seller - to_reverse_minor),
        (CHARGEBACK_LOSS, rest),
    )
    legs = (*(Posting(account, minor) for account, minor in shares if minor), Posting(WITH_BANK, -amount_minor))
    key = f"chargeback_lost#{dispute_id}"
    return LedgerTransaction(order.order_id, key, "chargeback_lost", order.currency, legs, at, dispute_id)


def chargeback_fee(
    payment_id: str, currency: str, known_minor: int, fee_minor: int, dispute_id: str, at: datetime, *, nth: int = 0
) -> LedgerTransaction:
    """Book by how much Stripe's fee for the case differs from what is booked; the platform bears it.

    `nth` counts the changes before this one: a fee may come back to what it was, and is a new fact then.
    """
    key = f"chargeback_fee#{dispute_id}" + (f"#{nth}#{fee_minor}" if nth else "")
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
