"""What the books say about banks' cases. Pure."""

from collections.abc import Iterable

from marketplace.ledger import postings
from marketplace.ledger.model import STRIPE_FEES, LedgerTransaction
from marketplace.ledger.refunds import REVERSAL


def fees(book: Iterable[LedgerTransaction], dispute_id: str) -> tuple[int, int]:
    """Return what is booked of a case's fee, and in how many steps."""
    of_case = [each for each in book if each.kind == "chargeback_fee" and each.stripe_object == dispute_id]
    legs = (leg for each in of_case for leg in each.postings)
    return sum(leg.amount_minor for leg in legs if leg.account == STRIPE_FEES), len(of_case)


def transferred(book: Iterable[LedgerTransaction]) -> int:
    """Return what is at the seller's Stripe account of an order, as far as anybody knows."""
    signs = {postings.TRANSFER: 1, REVERSAL: -1}
    moved = ((signs[each.kind], each.postings) for each in book if each.kind in signs)
    return sum(sign * max(leg.amount_minor for leg in legs) for sign, legs in moved)
