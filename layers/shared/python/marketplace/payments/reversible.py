"""What of an order's transfers nothing has taken back yet: of its release, and of all that its seller got beside that.

Each reversal is an intent that names its transfer. One that is open or parked may have been made, so it counts; one
that was closed took nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.ledger import collected
from marketplace.ledger.model import LedgerTransaction, seller_account
from marketplace.ledger.postings import TRANSFER
from marketplace.orders.model import Order
from marketplace.payments.model import Intent, IntentState, reversal_leg_id
from marketplace.payments.ports import Payments
from marketplace.payments.refund_model import Refund

READ_MAX = 100  # intents in one round trip


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one transfer; "" and 0 where there is none."""

    transfer_id: str = ""
    amount_minor: int = 0


def largest_left(
    order: Order, refunds: Sequence[Refund], book: Sequence[LedgerTransaction], payments: Payments
) -> Left:
    """Return the transfer of an order of which most is left; a reversal takes of one only.

    `refunds` and `book` are all that the order has of each, read consistently.
    """
    left = dict(_brought(order, book))
    if left:
        for intent in _reversals(order, refunds, book, payments):
            transfer_id = intent.facts["transfer_id"]
            if intent.state is not IntentState.CLOSED and transfer_id in left:
                left[transfer_id] -= intent.amount_minor
    found = max(left, key=lambda each: left[each], default="")
    return Left(found, left[found]) if found and left[found] > 0 else Left()


def _brought(order: Order, book: Iterable[LedgerTransaction]) -> Iterable[tuple[str, int]]:
    """Yield each transfer that is booked, with its amount."""
    account = seller_account(order.seller_id)
    for each in book:
        if each.kind == TRANSFER and each.stripe_object:
            yield each.stripe_object, sum(leg.amount_minor for leg in each.postings if leg.account == account)


def _reversals(
    order: Order, refunds: Iterable[Refund], book: Iterable[LedgerTransaction], payments: Payments
) -> list[Intent]:
    names = [each.reversal_id for each in refunds if each.reversal_id]
    for each in book:
        if each.kind == "chargeback_lost" and each.stripe_object:
            names.append(reversal_leg_id(order.order_id, each.stripe_object))
        if each.kind == collected.COLLECTED:
            names.append(reversal_leg_id(order.order_id, collected.named(each)))
    wanted = list(dict.fromkeys(names))
    parts = [wanted[first : first + READ_MAX] for first in range(0, len(wanted), READ_MAX)]
    return [intent for part in parts for intent in payments.intents(part).values()]
