"""What the platform pays out of its own pocket, as a balanced transaction."""

from datetime import datetime

from marketplace.ledger.model import MADE_GOOD, LedgerTransaction, Posting, seller_account
from marketplace.orders.model import Order

KIND = "made_good"


def made_good(order: Order, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book what a seller is owed although the buyer has the money: the platform bears it. `amount_minor` > 0."""
    legs = (Posting(MADE_GOOD, amount_minor), Posting(seller_account(order.seller_id), -amount_minor))
    return LedgerTransaction(order.order_id, KIND, KIND, order.currency, legs, at)
