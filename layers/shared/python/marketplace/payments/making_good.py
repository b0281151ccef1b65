"""What the marketplace pays a seller out of its own: a decision was overturned when the buyer had the money already.

It is what the right decision would have brought them, after the commission, and counts as earned: a debt is settled
with it first, and the rest is a transfer of its own, out of the platform's balance and not of the order's charge.
"""

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.ledger import postings
from marketplace.ledger.made_good import made_good
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.payments.beside import BESIDE, OUT_OF_BALANCE, Beside
from marketplace.payments.ports import Debts

BY_APPEAL = "appeal"
NETTED_KEY = "made_good_netted"


class MakingGood:
    """Pays sellers what an appeal gave them too late to be taken back from the buyer."""

    def __init__(self, *, clock: Clock, ledger: Ledger, debts: Debts, beside: Beside) -> None:
        self._clock = clock
        self._ledger = ledger
        self._debts = debts
        self._beside = beside

    def writes(self, order: Order, before_minor: int, after_minor: int) -> list[Write]:
        """Return the writes that pay what `after_minor` of the order brings a seller more than `before_minor` did.

        An order is made good once: the second time refuses the transaction with AlreadyBooked.
        """
        now, net_minor = self._clock.now(), net_of(order, after_minor) - net_of(order, before_minor)
        if net_minor <= 0:
            return []
        writes = [self._ledger.book(made_good(order, net_minor, now))]
        netted_minor = max(0, min(net_minor, self._debts.owed_minor(order.seller_id, order.currency)))
        if netted_minor:
            writes.append(self._ledger.book(postings.netted(order, netted_minor, NETTED_KEY, now)))
            writes.append(self._debts.net(order.seller_id, order.currency, netted_minor))
        if net_minor > netted_minor:
            facts = {BESIDE: BY_APPEAL, OUT_OF_BALANCE: BY_APPEAL}
            name = made_good_intent_id(order.order_id)
            writes.append(self._beside.to_seller(order, name, net_minor - netted_minor, facts))
        return writes


def net_of(order: Order, seller_minor: int) -> int:
    """Return what a seller's part of an order leaves them after the commission."""
    return seller_minor - postings.commission_on(order, seller_minor)


def made_good_intent_id(order_id: str) -> str:
    """Name the transfer by which a seller is made good."""
    return f"transfer#{order_id}#appeal"
