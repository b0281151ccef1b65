"""The promise about what an order froze at its placement.

E9 price, fee, currency, parties and terms stay as they were placed, and agree with the payment opened for them
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from marketplace.audit.view import View, Violation
from marketplace.orders.model import Order
from marketplace.payments.model import Payment

Predicate = Callable[[View], Iterator[Violation]]
FROZEN = (
    "payment_id",
    "buyer_id",
    "seller_id",
    "seller_kind",
    "currency",
    "lines",
    "total_minor",
    "commission_minor",
    "commission_vat_minor",
    "vat_bps",
    "vat_reason",
    "line_fees",
    "fee_version",
    "refund_cost_bearer",
    "process_version",
    "placed_at",
    "fulfilment",
    "handling_days",
    "delivery_days",
    "milestone",
)
_frozen = attrgetter(*FROZEN)


def placements_agree(view: View) -> Iterator[Violation]:
    """E9: an order's price is its lines', its commission its fees', and its payment's amount that of all its orders."""
    of_payment: defaultdict[str, list[Order]] = defaultdict(list)
    for order in view.orders:
        of_payment[order.payment_id].append(order)
        fees_minor = sum(fee.commission_minor for fee in order.line_fees)
        if order.total_minor != sum(line.total_minor for line in order.lines):
            yield Violation("E9", order.order_id, f"costs {order.total_minor}, and its lines do not")
        if order.line_fees and order.commission_minor != fees_minor:
            yield Violation("E9", order.order_id, f"a commission of {order.commission_minor}, of fees of {fees_minor}")
    for payment in view.payments:
        orders = of_payment[payment.payment_id]
        if not _is_of(payment, orders):
            yield Violation("E9", payment.payment_id, f"is not what {[each.order_id for each in orders]} cost")


def placements_stand(before: Sequence[Order], after: Sequence[Order]) -> Iterator[Violation]:
    """E9: every order that was there is there, and nothing of it changed that its placement froze."""
    now = {each.order_id: each for each in after}
    for each in before:
        found = now.get(each.order_id)
        if found is None:
            yield Violation("E9", each.order_id, "gone")
        elif found is not each and _frozen(found) != _frozen(each):
            changed = [name for name in FROZEN if getattr(found, name) != getattr(each, name)]
            yield Violation("E9", each.order_id, f"{', '.join(changed)} changed after the placement")


PLACEMENTS: Sequence[Predicate] = (placements_agree,)


def _is_of(payment: Payment, orders: Sequence[Order]) -> bool:
    asked = (payment.buyer_id, payment.currency)
    return (
        {each.order_id for each in orders} == set(payment.order_ids)
        and all((each.buyer_id, each.currency) == asked for each in orders)
        and sum(each.total_minor for each in orders) == payment.amount_minor
    )
