"""Receipts, earnings and statements as use cases. Only somebody's own; reading changes nothing but closes months."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.ledger.model import LedgerTransaction, seller_account, seller_debt_account
from marketplace.orders.model import BUYER, SELLER, Order, OrderMissing
from marketplace.orders.ports import OrderPages
from marketplace.orders.service import OrderService, OrderView
from marketplace.statements.explain import held_of, of_buyer, of_seller, promised_of
from marketplace.statements.invoices import Invoice, NumberTaken
from marketplace.statements.monthly import (
    AlreadyClosed,
    Closing,
    Month,
    Statement,
    buyer_entries,
    commission_in,
    held_by,
    month_of,
    seller_entries,
)
from marketplace.statements.ports import Books, StatementStore
from marketplace.statements.sheets import OrderBook, Sheet

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)  # no book is older than the software
LIFE_MAX = timedelta(days=400)  # of an order whose money can still move: deadlines, chargebacks and their appeals
PAGE = 100  # orders in one read of the index
NUMBER_ATTEMPTS_MAX = 5
RETRY_AFTER_SECONDS = 2
T = TypeVar("T")


class Statements:
    """Explains money to the people whose it is."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: OrderService,
        pages: OrderPages,
        books: Books,
        store: StatementStore,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._pages = pages
        self._books = books
        self._store = store

    def receipt(self, order_id: str, buyer_id: str) -> Sheet:
        """Explain what a buyer paid for an order and got back.

        Raises: OrderMissing for anybody else.
        """
        return self._sheet(order_id, buyer_id, BUYER)

    def earning(self, order_id: str, seller_id: str) -> Sheet:
        """Explain what a seller earned with an order.

        Raises: OrderMissing for anybody else.
        """
        return self._sheet(order_id, seller_id, SELLER)

    def statement(self, account_id: str, role: str, month_name: str, currency: str) -> Statement:
        """Return somebody's month in one currency, as seller or as buyer.

        Raises: BadMonth; Unavailable while an index has not caught up with the books.
        """
        month = month_of(month_name, self._clock.now())
        made = self._of_seller if role == SELLER else self._of_buyer
        return made(account_id, month, currency)

    def invoice(self, seller_id: str, month_name: str, currency: str) -> Invoice | None:
        """Return the invoice for a closed month's commission, giving it a number if it has none.

        None while the month is open, or when there was no commission.

        Raises: BadMonth; Unavailable.
        """
        known = self._store.invoice(seller_id, month_name, currency)
        if known is not None:
            return known
        statement = self.statement(seller_id, SELLER, month_name, currency)
        if not statement.is_closed or not (statement.commission_minor or statement.commission_vat_minor):
            return None
        for _attempt in range(NUMBER_ATTEMPTS_MAX):
            with suppress(NumberTaken):
                return self._issue(seller_id, statement)
            known = self._store.invoice(seller_id, month_name, currency)
            if known is not None:
                return known
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)

    def _issue(self, seller_id: str, statement: Statement) -> Invoice:
        last = self._store.last_invoice(statement.month)
        invoice = Invoice(
            seller_id,
            statement.month,
            statement.currency,
            last.count + 1,
            statement.commission_minor,
            statement.commission_vat_minor,
            self._clock.now(),
        )
        self._tx.commit(self._store.issue(invoice, last))
        return invoice

    def _sheet(self, order_id: str, account_id: str, role: str) -> Sheet:
        view = self._orders.view(order_id, account_id)
        if view.role != role:
            raise OrderMissing
        found = self._book_of(view)
        account = of_buyer(found) if role == BUYER else of_seller(found)
        silence, now = tuple(view.silence), self._clock.now()
        return Sheet(view.order, role, account, held_of(found), promised_of(found), silence, now, view.outlook)

    def _book_of(self, view: OrderView) -> OrderBook:
        booked = self._books.of_book(view.order.order_id)
        if view.role == BUYER:  # a payment that came too late is booked as one, for all of its orders
            booked += [each for each in self._books.of_book(view.order.payment_id) if each.kind.startswith("late_")]
        return OrderBook(view.order, tuple(booked), tuple(view.moves))

    def _of_seller(self, seller_id: str, month: Month, currency: str) -> Statement:
        last = self._store.closing(seller_id, currency, month.name)
        begins = Month(last.month).ends if last else BEGINNING
        opening = last.balance_minor if last else 0
        before = self._booked(seller_id, currency, begins, month.begins)
        opening += sum(entry.amount_minor for entry in seller_entries(seller_id, before))
        booked = self._booked(seller_id, currency, max(begins, month.begins), month.ends)
        self._check(seller_id, booked, month)
        now = self._clock.now()
        statement = Statement(
            month.name,
            SELLER,
            currency,
            opening,
            tuple(seller_entries(seller_id, booked)),
            *commission_in(booked),
            month.is_closed(now),
        )
        if statement.is_closed:
            self._close(Closing(seller_id, currency, month.name, statement.closing_minor, now))
        return statement

    def _booked(self, seller_id: str, currency: str, since: datetime, until: datetime) -> list[LedgerTransaction]:
        if since >= until:
            return []
        found = _all(lambda cursor: self._books.of_seller(seller_id, since, until, cursor))
        return [each for each in found if each.currency == currency]

    def _check(self, seller_id: str, booked: Iterable[LedgerTransaction], month: Month) -> None:
        """Hold what an index said of a month against the books themselves, order by order.

        Raises: Unavailable when the index lags behind.
        """
        by_book: defaultdict[str, set[str]] = defaultdict(set)
        for each in booked:
            by_book[each.book].add(each.key)
        for book, keys in by_book.items():
            whole = [each for each in self._books.of_book(book) if month.begins <= each.booked_at < month.ends]
            concerning = {each.key for each in whole if _concerns(seller_id, each)}
            if keys != concerning:
                raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)

    def _close(self, closing: Closing) -> None:
        with suppress(AlreadyClosed):  # somebody read this month before; it ended as it ended
            self._tx.commit([self._store.close(closing)])

    def _of_buyer(self, buyer_id: str, month: Month, currency: str) -> Statement:
        opening, entries = 0, []
        for order in self._bought(buyer_id, month):
            booked = self._books.of_book(order.order_id) if order.currency == currency else []
            opening += sum(held_by(each) for each in booked if each.booked_at < month.begins)
            entries += list(buyer_entries(each for each in booked if month.begins <= each.booked_at < month.ends))
        entries.sort(key=lambda entry: (entry.at, entry.book))
        closed = month.is_closed(self._clock.now())
        return Statement(month.name, BUYER, currency, opening, tuple(entries), 0, 0, closed)

    def _bought(self, buyer_id: str, month: Month) -> Iterator[Order]:
        """Yield the buyer's orders of which money could have moved in a month."""
        for order in _all(lambda cursor: self._pages.page_of_buyer(buyer_id, cursor, PAGE)):
            if order.placed_at < month.begins - LIFE_MAX:
                return
            if order.placed_at < month.ends:
                yield order


def _concerns(seller_id: str, transaction: LedgerTransaction) -> bool:
    own = {seller_account(seller_id), seller_debt_account(seller_id)}
    return any(posting.account in own for posting in transaction.postings)


def _all(read: Callable[[str | None], Rows[T]]) -> Iterator[T]:
    """Yield the items of every page."""
    cursor: str | None = None
    while True:
        rows = read(cursor)
        yield from rows.items
        if rows.cursor is None:
            return
        cursor = rows.cursor
