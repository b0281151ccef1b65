"""What a settlement books, without one."""

from datetime import datetime

from marketplace.ledger import postings
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Order


def released(order: Order, seller_minor: int, transfer_id: str, at: datetime) -> list[LedgerTransaction]:
    """Return the release of the seller's part and its transfer, where anything is left to transfer."""
    net_minor = seller_minor - postings.commission_on(order, seller_minor)
    transfer = [postings.transfer(order, net_minor, transfer_id, at)] if net_minor else []
    return [postings.release(order, seller_minor, at), *transfer]
