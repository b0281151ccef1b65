"""What the books say about banks' cases. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from marketplace.kit.money import split
from marketplace.ledger import postings
from marketplace.ledger.model import HELD, STRIPE_FEES, LedgerTransaction, balances
from marketplace.ledger.refunds import COVERED, FAILED, REVERSAL
from marketplace.orders.model import Order


def changed_fees(
    book: Iterable[LedgerTransaction], dispute_id: str, told: Mapping[str, int]
) -> list[tuple[int, str, int, int]]:
    """Return each fee of a case that is not booked as `told`: its number among all steps, currency, booked, told."""
    of_case = [each for each in book if each.kind == "chargeback_fee" and each.stripe_object == dispute_id]
    known = balances(of_case)
    currencies = sorted({currency for _, currency in known} | set(told))
    pairs = [(each, known.get((STRIPE_FEES, each), 0), told.get(each, 0)) for each in currencies]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    return [(nth, *pair) for nth, pair in enumerate(changed, start=len(of_case))]


def divided(
    amount_minor: int, orders: Sequence[Order], books: Sequence[Sequence[LedgerTransaction]], dispute_id: str
) -> list[int]:
    """Divide what a bank took over the orders; what is booked stays as it was divided then."""
    left = [order.total_minor - refunded(book) for order, book in zip(orders, books, strict=True)]
    weights = left if any(left) else [order.total_minor for order in orders]
    taken = [taken_in(book, dispute_id) for book in books]
    open_weights = [0 if known else weight for known, weight in zip(taken, weights, strict=True)]
    rest_minor = amount_minor - sum(taken)
    fresh = split(rest_minor, open_weights) if any(open_weights) and rest_minor > 0 else [0] * len(orders)
    return [known + more for known, more in zip(taken, fresh, strict=True)]


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


def paid_by_banks(book: Iterable[LedgerTransaction]) -> int:
    """Return what banks paid of an order's refunds by keeping the payment; what they gave back since is owed again."""
    known = list(book)
    back = {each.stripe_object for each in known if each.kind == "chargeback_reinstated"}
    paid = (each for each in known if each.kind == COVERED and each.stripe_object not in back)
    return sum(max(leg.amount_minor for leg in each.postings) for each in paid)


def refunded_late(total_minor: int, book: Iterable[LedgerTransaction]) -> int:
    """Return an order's part of what reached the buyer of a payment that came too late for all of its orders."""
    signs = {"late_refund": 1, FAILED: -1}
    known = list(book)
    came_minor = sum(max(leg.amount_minor for leg in each.postings) for each in known if each.kind == "late_payment")
    moved = ((signs[each.kind], each.postings) for each in known if each.kind in signs)
    back_minor = sum(sign * max(leg.amount_minor for leg in legs) for sign, legs in moved)
    return total_minor * back_minor // came_minor if came_minor else 0
