"""A stop of one order: as much as it brought the seller's balance waits too, as a hold of that amount.

It is as much as the order brought and was not taken back, also where a payout carried some of it to the bank: no row
says which cents a payout took. What the reserve keeps of the order is not kept again; see dividing.py.

What was not transferred yet has the stop as a condition of its transfer; see leave.py. What had its leave before, and
arrives under the stop, is held in the transaction that notes it, by whatever transfer it comes. One switch, and one
hold that comes and goes in the switch's own transactions.
"""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.writes import Write
from marketplace.ledger.model import seller_account
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payouts.model import Cause, Hold
from marketplace.payouts.ports import Holds, Purses
from marketplace.payouts.switch import Switches

_AT_THE_SELLER_S = frozenset({"transfer", "transfer_reversal"})  # bookings between the platform and their account


@dataclass(frozen=True, slots=True)
class Arrival:
    """What goes with an earning; `held` when it changes the seller's holds, whose version is not among the writes."""

    writes: tuple[Write, ...]
    held: bool


class OrderStops:
    """Holds and frees what an order brought."""

    def __init__(self, *, orders: Orders, ledger: Ledger, purses: Purses, holds: Holds, switches: Switches) -> None:
        self._orders = orders
        self._ledger = ledger
        self._purses = purses
        self._holds = holds
        self._switches = switches

    def parties_of(self, order_id: str) -> tuple[str, str] | None:
        """Return an order's seller and buyer; None when there is no such order."""
        order = self._orders.read(order_id)
        return (order.seller_id, order.buyer_id) if order else None

    def held(self, order_id: str, at: datetime) -> list[Write]:
        """Return the writes that hold as much as an order brought the balance.

        They are refused with PurseMoved when something came or went meanwhile.
        """
        order = self._orders.read(order_id)
        if order is None:
            return []
        purse, _ = self._purses.purse(order.seller_id, order.currency)  # first: what is booked later moves it
        as_read, amount_minor = self._purses.purse_as_read(purse), self._sent_minor(order)
        if amount_minor <= 0:
            return [as_read]
        return [as_read, *self._holds.place(order.seller_id, _hold(order, amount_minor, at))]

    def arriving(self, order: Order, amount_minor: int, at: datetime) -> Arrival:
        """Return what belongs to the transaction that notes money of an order in its seller's balance.

        It is refused with PaymentsStopped or SwitchMoved when the order was stopped, or resumed, meanwhile.
        """
        scope = f"order:{order.order_id}"
        change = self._switches.read(scope)
        if change is None or not change.stopped:
            return Arrival((self._switches.is_open(scope),), held=False)
        known = self._holds.hold(order.seller_id, Cause.KILL_SWITCH, order.order_id)
        if known is not None:
            more = [self._holds.grow(order.seller_id, known, amount_minor)]
        else:
            more = self._holds.place(order.seller_id, _hold(order, amount_minor, at), alone=False)
        return Arrival((self._switches.as_read(change), *more), held=True)

    def leaving(self, order: Order, amount_minor: int) -> Write:
        """Return what belongs to the transaction that notes what came back of an order: that much less is held.

        It is refused with HoldMoved when the order was stopped, or resumed, meanwhile.
        """
        known = self._holds.hold(order.seller_id, Cause.KILL_SWITCH, order.order_id)
        if known is None:
            return self._holds.absent(order.seller_id, Cause.KILL_SWITCH, order.order_id)
        # One from before arrivals were added to it may hold less than comes back.
        return self._holds.grow(order.seller_id, known, -min(amount_minor, max(0, known.amount_minor or 0)))

    def freed(self, order_id: str, at: datetime) -> list[Write]:
        """Return the writes that end that hold, or make sure that there is none; refused with HoldMoved."""
        parties = self.parties_of(order_id)
        if parties is None:
            return []
        held = self._holds.hold(parties[0], Cause.KILL_SWITCH, order_id)
        if held is None:
            return [self._holds.absent(parties[0], Cause.KILL_SWITCH, order_id)]
        return self._holds.end(parties[0], held, at, "system")

    def _sent_minor(self, order: Order) -> int:
        account = seller_account(order.seller_id)
        booked = self._ledger.of_book(order.order_id)
        postings = [post for each in booked if each.kind in _AT_THE_SELLER_S for post in each.postings]
        return sum(post.amount_minor for post in postings if post.account == account)


def _hold(order: Order, amount_minor: int, at: datetime) -> Hold:
    return Hold(Cause.KILL_SWITCH, order.order_id, at, None, amount_minor, order.currency, order.order_id)
