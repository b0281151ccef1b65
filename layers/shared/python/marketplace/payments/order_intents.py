"""All intents of one order, found by the names that its refunds and its book give them.

There is no index of intents by order: each is named after the business fact that wants it, and that fact is in the same
transaction. So whoever has an order's refunds and its book can name every intent that it ever had.
"""

from collections.abc import Iterable, Iterator, Sequence

from marketplace.ledger import collected, unclaimed
from marketplace.ledger.model import LedgerTransaction
from marketplace.payments.making_good import made_good_intent_id
from marketplace.payments.model import Intent, refund_intent_id, reversal_leg_id, transfer_back_id, transfer_intent_id
from marketplace.payments.ports import Payments
from marketplace.payments.refund_model import Refund

READ_MAX = 100  # intents in one round trip
# What two people sent again is booked under the name of the intent that sends it.
_SENT_AGAIN = frozenset(
    {
        unclaimed.TO_BUYER,
        unclaimed.SELLERS_TO_BUYER,
        unclaimed.REGAINED_TO_BUYER,
        unclaimed.TO_SELLER,
        unclaimed.REGAINED_TO_SELLER,
        unclaimed.BUYERS_TO_SELLER,
    }
)


def intents_of(
    order_id: str, refunds: Iterable[Refund], book: Iterable[LedgerTransaction], payments: Payments
) -> list[Intent]:
    """Return every intent of an order, sorted by name; `refunds` and `book` are all it has of each."""
    names = sorted(set(_names(order_id, refunds, book)))
    parts = (names[first : first + READ_MAX] for first in range(0, len(names), READ_MAX))
    found = [intent for part in parts for intent in payments.intents(part).values()]
    return sorted(found, key=lambda each: each.intent_id)


def _names(order_id: str, refunds: Iterable[Refund], book: Iterable[LedgerTransaction]) -> Iterator[str]:
    yield from (transfer_intent_id(order_id), refund_intent_id(order_id), made_good_intent_id(order_id))
    for refund in refunds:
        yield refund.leg_id
        if refund.reversal_id:
            yield refund.reversal_id
    for each in book:
        yield from _named_by(order_id, each)


def _named_by(order_id: str, booked: LedgerTransaction) -> Sequence[str]:
    if booked.kind in _SENT_AGAIN:
        return [booked.key.partition("#")[2]]
    if booked.kind == collected.COLLECTED:
        return [reversal_leg_id(order_id, collected.named(booked))]
    if booked.kind.startswith("chargeback_") and booked.stripe_object:
        return [reversal_leg_id(order_id, booked.stripe_object), transfer_back_id(order_id, booked.stripe_object)]
    return []
