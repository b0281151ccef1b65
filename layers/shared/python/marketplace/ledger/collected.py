"""What is booked when a debt is collected from money that lies at Stripe for its seller."""

from datetime import datetime

from marketplace.ledger.model import LedgerTransaction, Posting, seller_account, seller_debt_account
from marketplace.orders.model import Order

COLLECTED = "debt_collected"


def taken(order: Order, collection: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book a part of a debt as taken out of what an order brought; its reversal books that it arrived.

    If Stripe refuses and people give it up, refunds.not_reversed makes it debt again.
    """
    account, debt = seller_account(order.seller_id), seller_debt_account(order.seller_id)
    legs = (Posting(account, amount_minor), Posting(debt, -amount_minor))
    return LedgerTransaction(order.order_id, f"{COLLECTED}#{collection}", COLLECTED, order.currency, legs, at)


def named(transaction: LedgerTransaction) -> str:
    """Return the collection that a booking of `taken` names."""
    return transaction.key.removeprefix(f"{COLLECTED}#")
