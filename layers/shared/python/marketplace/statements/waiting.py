"""Money that could not be sent, and whose it is all along: it waits for a person to solve it. Pure.

The books keep it in one account for everybody. Whose it is follows from the booking: one that names a seller moves
that seller's, but for what is found to be theirs, which waited for the buyer until then.
"""

from marketplace.ledger.model import HELD, LATE_PAYMENT, REFUND_OWED, UNCLAIMED, LedgerTransaction
from marketplace.ledger.unclaimed import BUYERS_TO_SELLER, REGAINED_TO_BUYER, REGAINED_TO_SELLER

WAITING = "waiting"  # the fact of an amount that begins to wait, or waits no more
# An order's book keeps under `late_payment` what a bank gave back when nobody was owed it any more.
_NOBODYS = frozenset({"chargeback_reinstated", REGAINED_TO_BUYER, REGAINED_TO_SELLER})


def owed_to_buyer(each: LedgerTransaction) -> int:
    """Return by how much a booking raises what is held of a buyer's money, or on its way back to them."""
    late_minor = 0 if each.kind in _NOBODYS else on(each, LATE_PAYMENT)
    return -on(each, HELD) - on(each, REFUND_OWED) - late_minor


def waits_for_buyer(each: LedgerTransaction) -> int:
    """Return by how much a booking raises what waits to be paid to the buyer."""
    return 0 if _is_sellers(each) else -on(each, UNCLAIMED)


def waits_for_seller(each: LedgerTransaction) -> int:
    """Return by how much a booking raises what waits to be paid to the seller."""
    return -on(each, UNCLAIMED) if _is_sellers(each) else 0


def on(transaction: LedgerTransaction, account: str) -> int:
    """Sum what a booking posts to an account."""
    return sum(posting.amount_minor for posting in transaction.postings if posting.account == account)


def _is_sellers(each: LedgerTransaction) -> bool:
    return each.seller_id is not None and each.kind != BUYERS_TO_SELLER
