"""The promises about returns.

W1 no piece is returned more often than it was bought, and an order's counters are what its returns say
W2 a return refunds once, what was quoted less the deduction, or less where others had given back before
W3 while a return is open, its order is not on the way to its release
W4 the price of what was bought is given back once at most, and pieces that were reserved are sent or on sale again
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from marketplace.audit.view import View, Violation
from marketplace.returns.model import Outcome, Return

Predicate = Callable[[View], Iterator[Violation]]
_PAID = frozenset({Outcome.REFUNDED, Outcome.REDUCED})
_CAUSES = frozenset({"returned", "fault"})  # of a refund that nobody asked for but a return
_SENT = frozenset({Outcome.REPLACED, Outcome.REFUNDED, Outcome.NOTHING_LEFT, Outcome.SUPERSEDED})
FREEZES_FROM = 2  # the first version of the order process in which a return freezes its order


def pieces_are_returned_once(view: View) -> Iterator[Violation]:
    """W1."""
    of_order: defaultdict[str, list[Return]] = defaultdict(list)
    for each in view.returns:
        of_order[each.order_id].append(each)
    orders = {order.order_id: order for order in view.orders}
    heads = {head.order_id: head for head in view.return_heads}
    for order_id, found in of_order.items():
        head, taken = heads.get(order_id), _taken(found)
        waiting = [each for each in found if not each.is_over]
        counted = (len(waiting), sum(each.quoted_minor for each in waiting), taken)
        stored = (head.open_count, head.open_minor, Counter(head.taken)) if head else None
        if stored != counted:
            yield Violation("W1", order_id, f"counted {stored}, seen {counted}")
        bought = {line.listing_id: line.quantity for line in orders[order_id].lines}
        more = {name: count for name, count in taken.items() if count > bought.get(name, 0)}
        if more:
            yield Violation("W1", order_id, f"{more} returned of {bought}")


def refunds_are_what_was_quoted(view: View) -> Iterator[Violation]:
    """W2."""
    refunds = {each.refund_id: each for each in view.refunds}
    named = Counter(each.refund_id for each in view.returns if each.refund_id)
    for each in view.returns:
        refund = refunds.get(each.refund_id or "")
        booked_minor = refund.amount_minor if refund else None
        if each.refund_id and booked_minor != each.refund_minor:
            yield Violation("W2", each.return_id, f"refunds {each.refund_minor}, booked {booked_minor}")
        if each.refund_minor > each.payable_minor or (each.refund_minor and each.outcome not in _PAID):
            yield Violation("W2", each.return_id, f"{each.refund_minor} for {each.payable_minor}, {each.outcome}")
    for refund in view.refunds:
        if refund.requested_by == "system" and refund.cause in _CAUSES and named[refund.refund_id] != 1:
            yield Violation("W2", refund.refund_id, f"of {named[refund.refund_id]} returns")


def open_returns_freeze(view: View) -> Iterator[Violation]:
    """W3; a dispute that was dropped gives the order its own clock back."""
    dropped = {move.order_id for move in view.moves if move.name == "drop"}
    waiting = {each.order_id for each in view.returns if not each.is_over}
    for order in view.orders:
        running = order.process_version >= FREEZES_FROM and order.state == "delivered"
        if running and order.order_id in waiting - dropped:
            yield Violation("W3", order.order_id, "a return is open, and the order's clock runs")


def prices_come_back_once(view: View) -> Iterator[Violation]:
    """W4."""
    bought = {(order.order_id, line.listing_id): line.total_minor for order in view.orders for line in order.lines}
    back: Counter[tuple[str, str]] = Counter()
    for each in view.returns:
        if each.outcome in _PAID:
            of_lines = {line.listing_id: line.amount_minor for line in each.lines}
            paid = {each.lines[0].listing_id: each.refund_minor} if each.outcome == Outcome.REDUCED else of_lines
            back.update({(each.order_id, listing_id): minor for listing_id, minor in paid.items()})
        if each.reserved and each.is_over and (each.outcome not in _SENT or each.replacement is None):
            yield Violation("W4", each.return_id, f"reserved for nothing: {each.outcome}")
    more = {line: minor for line, minor in back.items() if minor > bought[line]}
    yield from (Violation("W4", order_id, f"{minor} for {listing}") for (order_id, listing), minor in more.items())


def _taken(found: list[Return]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in found:
        if not each.is_over or each.outcome in {Outcome.REFUNDED, Outcome.NOTHING_LEFT}:
            counts.update({line.listing_id: line.quantity for line in each.lines})
    return counts


RETURNS: tuple[Predicate, ...] = (
    pieces_are_returned_once,
    refunds_are_what_was_quoted,
    open_returns_freeze,
    prices_come_back_once,
)
