"""A buyer's month, order by order, as no index knows buyers' bookings, back to where no money can move any more."""

from collections.abc import Iterator

from marketplace.kit.clock import Clock
from marketplace.kit.rows import every
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import BUYER, Order
from marketplace.orders.ports import OrderPages
from marketplace.statements.explain import ordered
from marketplace.statements.life import LIFE_MAX
from marketplace.statements.model import MonthTooLong
from marketplace.statements.monthly import Month, Statement, buyer_entries, held_by
from marketplace.statements.ports import Books
from marketplace.statements.waiting import waits_for_buyer

PAGE = 100  # orders in one read of the index
ORDERS_MAX = 2_000  # of which one answer reads the books; more are refused, and never left out


class BuyerMonths:
    """Explains what was held of somebody's money."""

    def __init__(self, *, clock: Clock, pages: OrderPages, books: Books) -> None:
        self._clock = clock
        self._pages = pages
        self._books = books

    def month_of(self, buyer_id: str, month: Month, currency: str) -> Statement:
        """Return one month in one currency.

        Raises: MonthTooLong.
        """
        booked = [each for each in self._of_books(buyer_id, month, currency) if each.booked_at < month.ends]
        before = [each for each in booked if each.booked_at < month.begins]
        entries = list(buyer_entries(ordered(each for each in booked if each.booked_at >= month.begins)))
        entries.sort(key=lambda entry: (entry.at, entry.book))
        opening, waiting = sum(map(held_by, before)), sum(map(waits_for_buyer, booked))
        closed = month.is_closed(self._clock.now())
        return Statement(month.name, BUYER, currency, opening, tuple(entries), 0, 0, closed, waiting_minor=waiting)

    def _of_books(self, buyer_id: str, month: Month, currency: str) -> Iterator[LedgerTransaction]:
        """Yield what was booked of a buyer's orders and of their payments: one that came too late has no order."""
        late: dict[str, None] = {}  # in order, and each once: several orders are paid with one payment
        for order in self._bought(buyer_id, month):
            if order.currency == currency:
                booked = self._books.of_book(order.order_id)
                yield from booked
                if not any(each.kind == "capture" for each in booked):
                    late[order.payment_id] = None
        for payment_id in late:
            yield from self._books.of_book(payment_id)

    def _bought(self, buyer_id: str, month: Month) -> Iterator[Order]:
        """Yield the buyer's orders of which money could have moved in a month.

        Raises: MonthTooLong beyond ORDERS_MAX of them.
        """
        found = 0
        for order in every(lambda cursor: self._pages.page_of_buyer(buyer_id, cursor, PAGE)):
            if order.placed_at < month.begins - LIFE_MAX:
                return
            if order.placed_at < month.ends:
                found += 1
                if found > ORDERS_MAX:
                    raise MonthTooLong(orders_max=ORDERS_MAX)
                yield order
