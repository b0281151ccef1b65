"""What the books say about banks' cases. Pure."""

from collections.abc import Iterable

from marketplace.ledger import postings
from marketplace.ledger.model import HELD, STRIPE_FEES, LedgerTransaction
from marketplace.ledger.refunds import FAILED, REVERSAL


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


def taken_in(book: Iterable[LedgerTransaction], dispute_id: str) -> int:
    """Return what the book says the bank took in this case; 0 when it says nothing yet."""
    key = f"chargeback_withdrawn#{dispute_id}"
    return sum(max(leg.amount_minor for leg in each.postings) for each in book if each.key == key)


def open_cases(book: Iterable[LedgerTransaction]) -> set[str]:
    """Return the cases that no bank has decided yet: only the last one lets the money of its order go."""
    by_step: dict[str, set[str]] = {"withdrawn": set(), "reinstated": set(), "lost": set()}
    for each in book:
        step = each.kind.removeprefix("chargeback_")
        if step != each.kind and step in by_step:
            by_step[step].add(str(each.stripe_object))
    return by_step["withdrawn"] - by_step["reinstated"] - by_step["lost"]


def kept_of_hold(book: Iterable[LedgerTransaction]) -> int:
    """Return what banks kept of an order's hold, over all its cases."""
    lost = (each for each in book if each.kind == "chargeback_lost")
    return sum(leg.amount_minor for each in lost for leg in each.postings if leg.account == HELD)


def refunded(book: Iterable[LedgerTransaction]) -> int:
    """Return what reached the buyer, as far as anybody knows."""
    signs = {postings.REFUND: 1, FAILED: -1}
    moved = ((signs[each.kind], each.postings) for each in book if each.kind in signs)
    return sum(sign * max(leg.amount_minor for leg in legs) for sign, legs in moved)
